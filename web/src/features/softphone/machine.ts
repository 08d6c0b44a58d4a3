import { setup, stateIn } from 'xstate';
import {
  lacksLine,
  microphoneUse,
  needsLine,
  type PhoneContext,
  type PhoneEffect,
  type PhoneEvent,
  requestFor,
  workOf,
} from './phone';

/** How long the server may say that it holds another line than ours, or none: its word may be older than the line. */
const DOUBT_MS = 2_000;

/**
 * The agent's phone. The server is the truth: `work` follows `server.agent` and nothing else; what the agent presses is a
 * request. Effects are emitted as data, so the whole machine runs in a test without a browser.
 */
const phone = setup({
  types: { context: {} as PhoneContext, events: {} as PhoneEvent, emitted: {} as PhoneEffect },
  guards: { nothingAsked: stateIn({ request: 'idle' }), talking: stateIn({ work: 'talking' }) },
});

const ask = phone.emit(({ context, event }): PhoneEffect => {
  const request = requestFor(context, event);
  if (!request) throw new Error(`${event.type} asks for nothing here`);
  return { type: 'send', request };
});
const clearRefusal = phone.assign({ refusal: null });
const rememberCompletion = phone.assign(({ context, event }) => ({ completion: requestFor(context, event) }));
const rememberDeclined = phone.assign(({ context }) => ({ declinedOfferId: context.agent?.offer?.id ?? null }));
const forgetCompletion = phone.assign({ completion: null });
const complete = phone.emit(({ context }): PhoneEffect => {
  if (!context.completion) throw new Error('no completion waits');
  return { type: 'send', request: context.completion };
});
const forgetWanted = phone.assign({ wanted: null, takesOver: false });
const takeAgent = phone.assign(({ context, event }) => {
  if (event.type !== 'server.agent') return {};
  // A mute belongs to one contact: the next one must not begin unheard.
  const sameContact = event.agent.contact?.id === context.agent?.contact?.id;
  // Who was given more time goes on writing.
  const sameAcw = sameContact && event.agent.contact?.acw_expires_at === context.agent?.contact?.acw_expires_at;
  // A missed contact has no offer any more: it is the one that came before.
  const declined = event.agent.activity === 'missed' || event.agent.offer?.id === context.declinedOfferId;
  return {
    agent: event.agent,
    muted: sameContact && context.muted,
    completion: sameAcw ? context.completion : null,
    declinedOfferId: declined ? context.declinedOfferId : null,
  };
});
const applyMicrophone = phone.emit(
  ({ context }): PhoneEffect => ({ type: 'setMicrophone', use: microphoneUse(context) }),
);
const closeLine = phone.emit({ type: 'closeLine', tellServer: true });
const dropLine = phone.emit({ type: 'closeLine', tellServer: false });
const openLine = phone.emit(({ context }): PhoneEffect => ({ type: 'openLine', takeOver: context.takesOver }));
const takePhone = phone.emit({ type: 'takePhone' });
const forgetTakingOver = phone.assign({ takesOver: false });
const takeLineId = phone.assign(({ event }) => (event.type === 'line.opened' ? { lineId: event.lineId } : {}));
const takeFault = phone.assign(({ event }) => (event.type === 'line.failed' ? { fault: event.fault } : {}));

const takeOwner = phone.assign(({ event }) => (event.type === 'owner.changed' ? { mine: event.mine } : {}));

const canAsk = ({ context, event }: { context: PhoneContext; event: PhoneEvent }) =>
  requestFor(context, event) !== null;
const wantsLine = ({ context, event }: { context: PhoneContext; event: PhoneEvent }) => {
  if (event.type === 'owner.changed') return event.mine && (context.wanted !== null || needsLine(context.agent));
  if (event.type === 'server.agent') return context.mine && needsLine(event.agent);
  return event.type === 'GO' && context.mine && event.status.kind === 'available';
};
const needsNoLine = ({ event }: { event: PhoneEvent }) => event.type === 'server.agent' && !needsLine(event.agent);

const isSpare = ({ context }: { context: PhoneContext }) => !needsLine(context.agent);
const isUnwanted = ({ context }: { context: PhoneContext }) => context.wanted === null && !needsLine(context.agent);
const saysLine = ({ context, event }: { context: PhoneContext; event: PhoneEvent }) =>
  event.type === 'server.agent' && event.agent.line !== null && event.agent.line.id === context.lineId;
const saysOtherLine = ({ context, event }: { context: PhoneContext; event: PhoneEvent }) =>
  event.type === 'server.agent' && lacksLine(event.agent, context.lineId);
const serverIsBack = (args: { context: PhoneContext; event: PhoneEvent }) =>
  args.context.fault === 'server_gone' && wantsLine(args);

const work = phone.createStateConfig({
  initial: 'unknown',
  states: {
    unknown: {},
    offline: {},
    away: {},
    available: {},
    incoming: {},
    connecting: {},
    talking: {},
    acw: {},
    missed: {},
    unreachable: {},
    faulted: {},
  },
  on: {
    'server.agent': (
      [
        'offline',
        'away',
        'available',
        'incoming',
        'connecting',
        'talking',
        'acw',
        'missed',
        'unreachable',
        'faulted',
      ] as const
    ).map((name) => ({
      guard: ({ event }: { event: PhoneEvent }) => event.type === 'server.agent' && workOf(event.agent) === name,
      target: `.${name}` as const,
      actions: [takeAgent, applyMicrophone],
    })),
  },
});

const asking = { guard: canAsk, target: 'busy', actions: [clearRefusal, ask] } as const;
/** The server ends after-contact work without the notes: a save must not be lost to the request before it. */
const saveLater = { guard: canAsk, actions: rememberCompletion } as const;
const answered = {
  'request.done': { target: 'idle', actions: forgetWanted },
  'request.failed': {
    target: 'idle',
    actions: phone.assign(({ event }) => ({
      wanted: null,
      takesOver: false,
      declinedOfferId: null,
      refusal: event.type === 'request.failed' ? event.sentence : null,
    })),
  },
} as const;

const request = phone.createStateConfig({
  initial: 'idle',
  states: {
    idle: {
      on: {
        GO: [
          {
            guard: ({ context, event }) => event.status.kind === 'available' && !context.lineOpen,
            target: 'waitingForLine',
            actions: [
              phone.assign(({ event }) =>
                event.type === 'GO' ? { wanted: event.status, refusal: null, takesOver: true } : {},
              ),
              // Who goes available here wants to talk here.
              phone.enqueueActions(({ context, enqueue }) => {
                if (!context.mine) enqueue(takePhone);
              }),
            ],
          },
          asking,
        ],
        ACCEPT: asking,
        DECLINE: { ...asking, actions: [...asking.actions, rememberDeclined] },
        END: asking,
        COMPLETE: { ...asking, target: 'completing' },
        EXTEND_ACW: asking,
      },
      always: {
        guard: ({ context }) => context.completion !== null,
        target: 'completing',
        actions: [complete, forgetCompletion],
      },
    },
    waitingForLine: {
      on: {
        COMPLETE: saveLater,
        'line.opened': { target: 'busy', actions: ask },
        'line.failed': { target: 'idle', actions: forgetWanted },
        'line.elsewhere': { target: 'idle', actions: forgetWanted },
        'owner.changed': { guard: ({ event }) => !event.mine, target: 'idle', actions: forgetWanted },
      },
    },
    busy: { on: { ...answered, COMPLETE: saveLater } },
    completing: { on: answered },
  },
  on: { DISMISS: { actions: clearRefusal } },
});

const line = phone.createStateConfig({
  initial: 'closed',
  states: {
    closed: {
      on: {
        GO: { guard: wantsLine, target: 'opening' },
        'server.agent': { guard: wantsLine, target: 'opening' },
        // Without a second branch the close of an open line, below, would be asked for here too.
        'owner.changed': [{ guard: wantsLine, target: 'opening' }, { actions: forgetTakingOver }],
      },
    },
    opening: {
      entry: [phone.assign({ fault: null }), openLine, forgetTakingOver],
      on: {
        'line.opened': [
          { guard: isUnwanted, target: 'closed', actions: closeLine },
          { target: 'open', actions: [takeLineId, applyMicrophone] },
        ],
        'line.failed': { target: 'failed', actions: takeFault },
        'line.elsewhere': { target: 'closed', actions: dropLine },
      },
    },
    open: {
      entry: phone.assign({ lineOpen: true }),
      exit: phone.assign({ lineOpen: false }),
      initial: 'steady',
      states: {
        steady: { on: { 'server.agent': { guard: saysOtherLine, target: 'doubted' } } },
        doubted: {
          after: { [DOUBT_MS]: '#phone.line.opening' },
          on: { 'server.agent': { guard: saysLine, target: 'steady' } },
        },
      },
      on: {
        'line.lost': 'opening',
        'line.failed': { target: 'failed', actions: takeFault },
        // The line opens before the status is Available: while a request is under way it must stay.
        'server.agent': { guard: needsNoLine, target: 'maybeIdle' },
        'request.done': { guard: isSpare, target: 'closed', actions: closeLine },
        'request.failed': { guard: isSpare, target: 'closed', actions: closeLine },
      },
    },
    maybeIdle: {
      always: [{ guard: 'nothingAsked', target: 'closed', actions: closeLine }, { target: 'open' }],
    },
    failed: {
      on: {
        RETRY_LINE: 'opening',
        GO: { guard: wantsLine, target: 'opening' },
        'server.agent': [
          { guard: needsNoLine, target: 'closed', actions: phone.assign({ fault: null }) },
          { guard: serverIsBack, target: 'opening' },
        ],
      },
    },
  },
  on: {
    'owner.changed': {
      guard: ({ event }) => !event.mine,
      target: '.closed',
      actions: dropLine,
    },
  },
});

const owner = phone.createStateConfig({
  initial: 'asking',
  states: { asking: {}, mine: {}, elsewhere: {} },
  on: {
    'line.elsewhere': { target: '.elsewhere', actions: phone.assign({ mine: false }) },
    TAKE_PHONE: { actions: [phone.assign({ takesOver: true }), takePhone] },
    'owner.changed': [
      { guard: ({ event }) => event.mine, target: '.mine', actions: takeOwner },
      { target: '.elsewhere', actions: takeOwner },
    ],
  },
});

/** The machine of the agent's phone. */
export const phoneMachine = phone.createMachine({
  id: 'phone',
  type: 'parallel',
  context: {
    agent: null,
    muted: false,
    lineOpen: false,
    lineId: null,
    mine: false,
    takesOver: false,
    fault: null,
    wanted: null,
    completion: null,
    declinedOfferId: null,
    refusal: null,
  },
  states: { line, owner, request, work },
  on: {
    MUTE: {
      guard: 'talking',
      actions: [phone.assign(({ context }) => ({ muted: !context.muted })), applyMicrophone],
    },
  },
});
