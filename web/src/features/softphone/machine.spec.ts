import { describe, expect, test } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import type { Agent, AgentStatus } from '@/api/model';
import { phoneMachine } from './machine';
import type { Fault, PhoneEffect, PhoneEvent, PhoneRequest } from './phone';

const available: AgentStatus = { id: 'sta_1', name: 'Available', kind: 'available' };
const lunch: AgentStatus = { id: 'sta_2', name: 'Lunch', kind: 'break' };
const offline: AgentStatus = { id: 'sta_3', name: 'Offline', kind: 'offline' };
const at = '2026-11-23T09:00:00.000Z';
const support = { id: 'que_1', name: 'Support' };

function agent(over: Partial<Agent> = {}): Agent {
  return {
    id: 'agt_1',
    name: 'maya',
    status: offline,
    next_status: null,
    activity: 'idle',
    since: at,
    offer: null,
    contact: null,
    line: null,
    server_time: at,
    ...over,
  };
}

const offer: Agent['offer'] = {
  id: 'off_1',
  contact_id: 'cnt_1',
  queue: support,
  direction: 'inbound',
  caller: '+19175550163',
  called: '+12125550142',
  waited_ms: 0,
  offered_at: at,
  expires_at: at,
  test: false,
};

const contact = (id: string, over: Partial<NonNullable<Agent['contact']>> = {}): Agent['contact'] => ({
  id,
  queue: support,
  direction: 'inbound',
  caller: null,
  called: '+12125550142',
  accepted_at: at,
  connected_at: at,
  disconnected_at: null,
  acw_expires_at: null,
  talk_ms: null,
  test: false,
  ...over,
});

const line: Agent['line'] = { id: 'lin_1', state: 'connected' };
const ready = agent({ status: available, line });
const reserved = agent({ status: available, activity: 'reserved', offer, line });
const talking = agent({ status: available, activity: 'on_contact', contact: contact('cnt_1'), line });
const acw = agent({
  status: available,
  activity: 'after_contact_work',
  contact: contact('cnt_1', { disconnected_at: at }),
  line,
});

/** Plays events into a new phone; what it emitted comes as short lines, and its clock stands until it is moved. */
function play(...events: PhoneEvent[]) {
  const effects: string[] = [];
  const clock = new SimulatedClock();
  const actor = createActor(phoneMachine, { clock });
  actor.on('*', (effect: PhoneEffect) => {
    if (effect.type === 'send') effects.push(`send ${effect.request.kind}`);
    else if (effect.type !== 'setMicrophone') effects.push(effect.type);
    else if (effect.use === 'muted') effects.push('mute');
  });
  actor.start();
  for (const event of events) actor.send(event);
  return { effects, state: actor.getSnapshot(), send: (event: PhoneEvent) => actor.send(event), actor, clock };
}

const says = (a: Agent): PhoneEvent => ({ type: 'server.agent', agent: a });
const mine: PhoneEvent = { type: 'owner.changed', mine: true };
const elsewhere: PhoneEvent = { type: 'owner.changed', mine: false };
const goAvailable: PhoneEvent = { type: 'GO', status: available };
const opened: PhoneEvent = { type: 'line.opened', lineId: 'lin_1' };
const done: PhoneEvent = { type: 'request.done' };
const failed = (fault: Fault): PhoneEvent => ({ type: 'line.failed', fault });

describe('going available', () => {
  test('opens the line before it asks for the status', () => {
    const phone = play(mine, says(agent()), goAvailable);
    expect(phone.effects).toEqual(['openLine']);
    expect(phone.state.value.work).toBe('offline');
    phone.send(opened);
    expect(phone.effects).toEqual(['openLine', 'send status']);
  });

  test('keeps the line while the server still says offline', () => {
    const phone = play(mine, says(agent()), goAvailable, opened, says(agent({ line })));
    expect(phone.effects).not.toContain('closeLine');
    phone.send(says(ready));
    phone.send(done);
    expect(phone.actor.getSnapshot().value).toMatchObject({ work: 'available', request: 'idle' });
    expect(phone.actor.getSnapshot().context.lineOpen).toBe(true);
  });

  test('without a microphone nothing is asked of the server', () => {
    const phone = play(mine, says(agent()), goAvailable, { type: 'line.failed', fault: 'mic_denied' });
    expect(phone.effects).toEqual(['openLine']);
    expect(phone.state.value).toMatchObject({ line: 'failed', request: 'idle' });
    expect(phone.state.context.fault).toBe('mic_denied');
  });

  test('in a second tab takes the phone there first', () => {
    const phone = play(elsewhere, says(agent()), goAvailable);
    expect(phone.effects).toEqual(['takePhone']);
    phone.send(mine);
    expect(phone.effects).toEqual(['takePhone', 'openLine']);
    phone.send(opened);
    expect(phone.effects).toEqual(['takePhone', 'openLine', 'send status']);
  });

  test('is forgotten when the phone goes to another tab before the line stands', () => {
    const phone = play(mine, says(agent()), goAvailable, elsewhere, opened);
    expect(phone.effects).toEqual(['openLine', 'closeLine']);
    expect(phone.state.value).toMatchObject({ line: 'closed', request: 'idle' });
  });

  test('again after a fault tries the line again', () => {
    const phone = play(
      mine,
      says(agent()),
      goAvailable,
      { type: 'line.failed', fault: 'mic_denied' },
      goAvailable,
      opened,
    );
    expect(phone.effects).toEqual(['openLine', 'openLine', 'send status']);
    expect(phone.state.context.fault).toBeNull();
  });

  test('going to a break gives the line back', () => {
    const phone = play(mine, says(ready), opened, { type: 'GO', status: lunch });
    phone.send(says(agent({ status: lunch })));
    expect(phone.effects).toEqual(['openLine', 'send status']);
    phone.send(done);
    expect(phone.effects).toEqual(['openLine', 'send status', 'closeLine']);
  });

  test('a refused status gives the line back', () => {
    const phone = play(mine, says(agent()), goAvailable, opened, { type: 'request.failed', sentence: 'No.' });
    expect(phone.effects).toEqual(['openLine', 'send status', 'closeLine']);
  });

  test('the server takes the agent off, and the line goes too', () => {
    const phone = play(mine, says(ready), opened, says(agent()));
    expect(phone.effects).toEqual(['openLine', 'closeLine']);
  });
});

describe('the server is the truth', () => {
  test('accepting is a request: the phone rings until the server says otherwise', () => {
    const phone = play(mine, says(reserved), opened, { type: 'ACCEPT' });
    expect(phone.effects).toEqual(['openLine', 'send accept']);
    expect(phone.state.value.work).toBe('incoming');
    phone.send(says(talking));
    expect(phone.actor.getSnapshot().value.work).toBe('talking');
  });

  test('a second press while a request is under way is nothing', () => {
    const phone = play(mine, says(reserved), opened, { type: 'ACCEPT' }, { type: 'ACCEPT' }, { type: 'DECLINE' });
    expect(phone.effects).toEqual(['openLine', 'send accept']);
  });

  test('a refused request leaves the work and says why', () => {
    const phone = play(
      mine,
      says(reserved),
      opened,
      { type: 'ACCEPT' },
      { type: 'request.failed', sentence: 'Too late.' },
    );
    expect(phone.state.context.refusal).toBe('Too late.');
    expect(phone.state.value).toMatchObject({ request: 'idle', work: 'incoming' });
  });

  test('there is nothing to accept, end or save without an offer or a contact', () => {
    const phone = play(
      mine,
      says(ready),
      opened,
      { type: 'ACCEPT' },
      { type: 'END' },
      { type: 'COMPLETE', dispositionId: null, notes: null },
      { type: 'EXTEND_ACW' },
    );
    expect(phone.effects).toEqual(['openLine']);
  });

  test('a contact that is over cannot be ended, only completed', () => {
    const phone = play(mine, says(acw), { type: 'END' }, { type: 'COMPLETE', dispositionId: 'dsp_1', notes: null });
    expect(phone.effects.filter((effect) => effect.startsWith('send'))).toEqual(['send complete']);
  });

  test('after-contact work can be made longer and is left by saving', () => {
    const phone = play(mine, says(acw), opened, { type: 'EXTEND_ACW' }, done, {
      type: 'COMPLETE',
      dispositionId: null,
      notes: null,
    });
    expect(phone.effects).toEqual(['openLine', 'send extend_acw', 'send complete']);
  });

  const until = (second: number) =>
    says({
      ...acw,
      contact: contact('cnt_1', { disconnected_at: at, acw_expires_at: `2026-11-23T09:00:${second}.000Z` }),
    });
  const save: PhoneEvent = { type: 'COMPLETE', dispositionId: 'dsp_1', notes: 'Wants a refund' };
  const refused: PhoneEvent = { type: 'request.failed', sentence: 'No.' };
  const sent = (...events: PhoneEvent[]) =>
    play(mine, until(20), opened, ...events).effects.filter((effect) => effect.startsWith('send'));

  test.each<[string, PhoneEvent[], string[]]>([
    ['a status change', [{ type: 'GO', status: lunch }, save, done], ['send status', 'send complete']],
    ['a refused status', [{ type: 'GO', status: lunch }, save, refused], ['send status', 'send complete']],
    ['a refused extension', [{ type: 'EXTEND_ACW' }, save, refused], ['send extend_acw', 'send complete']],
    ['an extension that holds', [{ type: 'EXTEND_ACW' }, save, until(50), done], ['send extend_acw']],
    ['a save', [save, save, done], ['send complete']],
    ['work that ends by itself', [{ type: 'GO', status: lunch }, save, says(ready), done], ['send status']],
  ])('saving beside %s is done after it if there is still something to save', (_, events, requests) => {
    expect(sent(...events)).toEqual(requests);
  });

  test('saving while the line opens waits for the status that waits for the line', () => {
    const filing = says({ ...acw, status: lunch, line: null });
    const phone = play(mine, filing, goAvailable, save, opened, says(acw), done);
    expect(phone.effects).toEqual(['openLine', 'send status', 'send complete']);
    const denied = play(mine, filing, goAvailable, save, failed('mic_denied'));
    expect(denied.effects).toEqual(['openLine', 'send complete']);
  });

  test('a status chosen with work in hand is for afterwards', () => {
    const phone = play(mine, says(talking), opened);
    const requests: PhoneRequest[] = [];
    phone.actor.on('send', ({ request }) => requests.push(request));
    phone.send({ type: 'GO', status: lunch });
    expect(requests).toEqual([{ kind: 'status', statusId: lunch.id, next: true }]);
  });

  test('a refusal goes with the next request, or when it is dismissed', () => {
    const refused = [
      mine,
      says(reserved),
      opened,
      { type: 'ACCEPT' },
      { type: 'request.failed', sentence: 'No.' },
    ] as const;
    expect(play(...refused, { type: 'ACCEPT' }).state.context.refusal).toBeNull();
    expect(play(...refused, { type: 'DISMISS' }).state.context.refusal).toBeNull();
  });

  test.each([
    ['offline', agent()],
    ['away', agent({ status: lunch })],
    ['available', ready],
    ['incoming', reserved],
    ['connecting', { ...talking, activity: 'connecting' as const }],
    ['talking', talking],
    ['acw', acw],
    ['missed', { ...ready, activity: 'missed' as const }],
    ['unreachable', { ...ready, activity: 'unreachable' as const }],
    ['faulted', { ...ready, activity: 'faulted' as const }],
  ])('%s is read off its word, from whatever came before', (work, word) => {
    expect(play(mine, says(word)).state.value.work).toBe(work);
    expect(play(mine, says(talking), says(word)).state.value.work).toBe(work);
  });

  test('a contact that was declined here is told from a missed one, until the next', () => {
    const missed = says(agent({ status: available, activity: 'missed', line }));
    const phone = play(mine, says(reserved), opened, { type: 'DECLINE' }, missed);
    expect(phone.state.context.declinedOfferId).toBe('off_1');
    const again = says({ ...reserved, offer: { ...offer, id: 'off_2' } });
    for (const between of [[says(ready)], []]) {
      const later = play(mine, says(reserved), opened, { type: 'DECLINE' }, missed, ...between, again, missed);
      expect(later.state.context.declinedOfferId).toBeNull();
    }
    const refused = play(
      mine,
      says(reserved),
      opened,
      { type: 'DECLINE' },
      { type: 'request.failed', sentence: 'No.' },
    );
    expect(refused.state.context.declinedOfferId).toBeNull();
  });

  test('a missed contact leaves the agent missed until they choose', () => {
    const phone = play(mine, says(reserved), opened, says(agent({ status: available, activity: 'missed', line })));
    expect(phone.state.value.work).toBe('missed');
    phone.send(goAvailable);
    expect(phone.effects).toEqual(['openLine', 'send status']);
  });
});

describe('the line', () => {
  test('a reload in a contact opens it again', () => {
    const phone = play(says(talking), mine);
    expect(phone.effects).toEqual(['openLine']);
  });

  test('a lost line is opened again and stays muted', () => {
    const phone = play(mine, says(talking), opened, { type: 'MUTE' }, { type: 'line.lost' }, opened);
    expect(phone.effects).toEqual(['openLine', 'mute', 'openLine', 'mute']);
  });

  test('a failed line waits for the agent', () => {
    const phone = play(mine, says(talking), { type: 'line.failed', fault: 'media_failed' }, says(talking));
    expect(phone.state.value.line).toBe('failed');
    phone.send({ type: 'RETRY_LINE' });
    expect(phone.effects).toEqual(['openLine', 'openLine']);
  });

  test('a reload while available opens it again, whoever speaks first', () => {
    const faulted = agent({ status: available, activity: 'faulted' });
    expect(play(mine, says(faulted)).effects).toEqual(['openLine']);
    expect(play(says(faulted), mine).effects).toEqual(['openLine']);
  });

  test('a reload in after-contact work of an agent on a break needs none', () => {
    const filing = { ...acw, status: lunch, line: null };
    expect(play(mine, says(filing)).effects).toEqual([]);
  });

  test('closes when it opens for an agent who went away meanwhile', () => {
    const phone = play(mine, says(ready), says(agent({ status: lunch })), opened);
    expect(phone.effects).toEqual(['openLine', 'closeLine']);
    expect(phone.state.value.line).toBe('closed');
  });

  test('outlives the break that an agent chose for after the contact', () => {
    const phone = play(mine, says(talking), opened, { type: 'GO', status: lunch }, done);
    phone.send(says({ ...talking, next_status: lunch }));
    expect(phone.effects).toEqual(['openLine', 'send status']);
    phone.send(says(agent({ status: lunch })));
    expect(phone.effects).toEqual(['openLine', 'send status', 'closeLine']);
  });

  test('opens by itself when the server that was gone speaks again', () => {
    const phone = play(mine, says(talking), { type: 'line.failed', fault: 'server_gone' });
    expect(phone.state.value.line).toBe('failed');
    phone.send(says({ ...talking, line: null }));
    expect(phone.effects).toEqual(['openLine', 'openLine']);
    expect(phone.actor.getSnapshot().context.fault).toBeNull();
  });

  test('opens anew when the server goes on saying that it holds none', () => {
    const phone = play(mine, says(ready), opened, says(agent({ status: available, activity: 'faulted' })));
    phone.clock.increment(1_999);
    expect(phone.effects).toEqual(['openLine']);
    phone.clock.increment(1);
    expect(phone.effects).toEqual(['openLine', 'openLine']);
  });

  test('stays when the server’s word was only older than the line', () => {
    const phone = play(mine, says(ready), opened, says(agent({ status: available, activity: 'faulted' })), says(ready));
    phone.clock.increment(60_000);
    expect(phone.effects).toEqual(['openLine']);
  });

  test('closes when the agent is taken off while the server holds none', () => {
    const phone = play(mine, says(ready), opened, says({ ...ready, line: null }), says(agent()));
    expect(phone.effects).toEqual(['openLine', 'closeLine']);
  });

  test('another tab takes it, and it comes back with the tab', () => {
    const phone = play(mine, says(talking), opened, elsewhere);
    expect(phone.effects).toEqual(['openLine', 'closeLine']);
    phone.send(says(talking));
    expect(phone.actor.getSnapshot().value).toMatchObject({ line: 'closed', owner: 'elsewhere' });
    phone.send(mine);
    expect(phone.effects).toEqual(['openLine', 'closeLine', 'openLine']);
  });
});

describe('another browser', () => {
  const inOther: PhoneEvent = { type: 'line.elsewhere' };
  const opening = (...events: PhoneEvent[]) => {
    const takeOvers: boolean[] = [];
    const phone = play();
    phone.actor.on('openLine', ({ takeOver }) => takeOvers.push(takeOver));
    for (const event of events) phone.send(event);
    return takeOvers;
  };

  test('has the phone: nothing rings, is accepted or opened here', () => {
    const phone = play(mine, says(ready), inOther, says(reserved), { type: 'ACCEPT' }, { type: 'DECLINE' });
    expect(phone.effects).toEqual(['openLine', 'closeLine']);
    expect(phone.state.value).toMatchObject({ line: 'closed', owner: 'elsewhere' });
    expect(phone.state.context.mine).toBe(false);
  });

  test('takes the line over, and this one does not fight back', () => {
    const phone = play(mine, says(talking), opened, { type: 'line.lost' }, inOther, says(talking), says(ready));
    phone.clock.increment(60_000);
    expect(phone.effects).toEqual(['openLine', 'openLine', 'closeLine']);
    expect(phone.actor.getSnapshot().context.fault).toBeNull();
  });

  test('is noticed by the line that the server speaks of, before ours falls silent', () => {
    const phone = play(mine, says(ready), opened, says({ ...ready, line: { id: 'lin_2', state: 'connected' } }));
    phone.clock.increment(2_000);
    expect(phone.effects).toEqual(['openLine', 'openLine']);
    phone.send(inOther);
    phone.clock.increment(60_000);
    expect(phone.effects).toEqual(['openLine', 'openLine', 'closeLine']);
  });

  test('loses it to a press here', () => {
    const phone = play(mine, says(talking), inOther, { type: 'TAKE_PHONE' });
    expect(phone.effects).toEqual(['openLine', 'closeLine', 'takePhone']);
    phone.send(mine);
    expect(phone.effects).toEqual(['openLine', 'closeLine', 'takePhone', 'openLine']);
  });

  test('forgets a status that waited for the line', () => {
    const phone = play(mine, says(agent()), goAvailable, inOther);
    expect(phone.state.value).toMatchObject({ line: 'closed', owner: 'elsewhere', request: 'idle' });
    expect(phone.state.context.wanted).toBeNull();
  });

  const lost: PhoneEvent = { type: 'line.lost' };
  const take: PhoneEvent = { type: 'TAKE_PHONE' };
  test.each<[string, PhoneEvent[], boolean[]]>([
    ['a page load', [says(talking), mine], [false]],
    ['a line that was lost', [mine, says(ready), opened, lost], [false, false]],
    ['trying again after a fault', [mine, says(ready), failed('mic_denied'), { type: 'RETRY_LINE' }], [false, false]],
    ['going available', [mine, says(agent()), goAvailable], [true]],
    ['going available in a second tab', [elsewhere, says(agent()), goAvailable, mine], [true]],
    ['using it here', [mine, says(ready), inOther, take, mine], [false, true]],
    ['using it here, then a loss', [mine, says(ready), inOther, take, mine, opened, lost], [false, true, false]],
    [
      'a press that came to nothing',
      [mine, says(ready), inOther, take, says(agent()), mine, says(ready)],
      [false, false],
    ],
    ['a tab that closed', [elsewhere, says(ready), mine], [false]],
  ])('%s takes the phone over as the agent asked for it', (_, events, takeOvers) => {
    expect(opening(...events)).toEqual(takeOvers);
  });
});

test('the microphone is heard during a contact and at no other time', () => {
  const uses: string[] = [];
  const phone = play();
  phone.actor.on('setMicrophone', ({ use }) => {
    if (uses.at(-1) !== use) uses.push(use);
  });
  const connecting = agent({ status: available, activity: 'connecting', contact: contact('cnt_1'), line });
  for (const event of [mine, says(ready), opened, says(reserved)]) phone.send(event);
  expect(uses).toEqual(['idle']);
  for (const event of [says(connecting), says(talking), { type: 'MUTE' } as const, says(acw)]) phone.send(event);
  expect(uses).toEqual(['idle', 'live', 'muted', 'idle']);
});

describe('mute', () => {
  test('works only while talking', () => {
    expect(play(mine, says(ready), opened, { type: 'MUTE' }).state.context.muted).toBe(false);
    expect(play(mine, says(talking), opened, { type: 'MUTE' }).state.context.muted).toBe(true);
  });

  test('ends with its contact', () => {
    const next = agent({ status: available, activity: 'on_contact', contact: contact('cnt_2') });
    const phone = play(mine, says(talking), opened, { type: 'MUTE' }, says(acw), says(next));
    expect(phone.state.context.muted).toBe(false);
  });
});
