import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import type { Agent, AgentStatus } from '@/api/model';
import { phoneMachine } from './machine';
import type { PhoneEffect, PhoneEvent } from './phone';

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

const reserved = agent({ status: available, activity: 'reserved', offer });
const talking = agent({ status: available, activity: 'on_contact', contact: contact('cnt_1') });
const acw = agent({
  status: available,
  activity: 'after_contact_work',
  contact: contact('cnt_1', { disconnected_at: at }),
});

/** Plays events into a new phone; what it emitted comes as short lines. */
function play(...events: PhoneEvent[]) {
  const effects: string[] = [];
  const actor = createActor(phoneMachine);
  actor.on('*', (effect: PhoneEffect) => {
    if (effect.type === 'send') effects.push(`send ${effect.request.kind}`);
    else if (effect.type !== 'setMuted') effects.push(effect.type);
    else if (effect.muted) effects.push('mute');
  });
  actor.start();
  for (const event of events) actor.send(event);
  return { effects, state: actor.getSnapshot(), send: (event: PhoneEvent) => actor.send(event), actor };
}

const says = (a: Agent): PhoneEvent => ({ type: 'server.agent', agent: a });
const mine: PhoneEvent = { type: 'owner.changed', mine: true };
const elsewhere: PhoneEvent = { type: 'owner.changed', mine: false };
const goAvailable: PhoneEvent = { type: 'GO', status: available };
const opened: PhoneEvent = { type: 'line.opened' };
const done: PhoneEvent = { type: 'request.done' };

describe('going available', () => {
  test('opens the line before it asks for the status', () => {
    const phone = play(mine, says(agent()), goAvailable);
    expect(phone.effects).toEqual(['openLine']);
    expect(phone.state.value.work).toBe('offline');
    phone.send(opened);
    expect(phone.effects).toEqual(['openLine', 'send status']);
  });

  test('keeps the line while the server still says offline', () => {
    const phone = play(
      mine,
      says(agent()),
      goAvailable,
      opened,
      says(agent({ line: { id: 'lin_1', state: 'connected' } })),
    );
    expect(phone.effects).not.toContain('closeLine');
    phone.send(says(agent({ status: available })));
    phone.send(done);
    expect(phone.actor.getSnapshot().value).toMatchObject({ line: 'open', work: 'available', request: 'idle' });
  });

  test('without a microphone nothing is asked of the server', () => {
    const phone = play(mine, says(agent()), goAvailable, { type: 'line.failed', fault: 'mic_denied' });
    expect(phone.effects).toEqual(['openLine']);
    expect(phone.state.value).toMatchObject({ line: 'failed', request: 'idle' });
    expect(phone.state.context.fault).toBe('mic_denied');
  });

  test('going to a break gives the line back', () => {
    const phone = play(mine, says(agent({ status: available })), opened, { type: 'GO', status: lunch });
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
    const phone = play(mine, says(agent({ status: available })), opened, says(agent()));
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
      says(agent({ status: available })),
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

  test('a missed contact leaves the agent missed until they choose', () => {
    const phone = play(mine, says(reserved), opened, says(agent({ status: available, activity: 'missed' })));
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

  test('another tab takes it, and it comes back with the tab', () => {
    const phone = play(mine, says(talking), opened, elsewhere);
    expect(phone.effects).toEqual(['openLine', 'closeLine']);
    phone.send(says(talking));
    expect(phone.actor.getSnapshot().value).toMatchObject({ line: 'closed', owner: 'elsewhere' });
    phone.send(mine);
    expect(phone.effects).toEqual(['openLine', 'closeLine', 'openLine']);
  });
});

describe('mute', () => {
  test('works only while talking', () => {
    expect(play(mine, says(agent({ status: available })), opened, { type: 'MUTE' }).state.context.muted).toBe(false);
    expect(play(mine, says(talking), opened, { type: 'MUTE' }).state.context.muted).toBe(true);
  });

  test('ends with its contact', () => {
    const next = agent({ status: available, activity: 'on_contact', contact: contact('cnt_2') });
    const phone = play(mine, says(talking), opened, { type: 'MUTE' }, says(acw), says(next));
    expect(phone.state.context.muted).toBe(false);
  });
});
