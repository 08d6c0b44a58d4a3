// A small made-up contact center for the screens: what each operation answers.
const ref = (id, name) => ({ id, name });
const support = ref('que_1', 'Support');
const orders = ref('que_2', 'Orders');
const maya = ref('agt_1', 'maya');
const jonas = ref('agt_2', 'jonas');
const welcome = ref('flw_1', 'Welcome');
export const statuses = {
  available: { id: 'sta_1', name: 'Available', kind: 'available' },
  break: { id: 'sta_2', name: 'Break', kind: 'break' },
  lunch: { id: 'sta_3', name: 'Lunch', kind: 'break' },
  offline: { id: 'sta_4', name: 'Offline', kind: 'offline' },
};

/** The time so many seconds from now, as the API writes it. */
export const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();

const caller = '+19175550163';
const called = '+12125550142';

const line = { id: 'lin_1', state: 'connected' };

export const agent = ({ status = statuses.offline, ...over } = {}) => ({
  ...maya,
  status,
  next_status: null,
  activity: 'idle',
  since: at(-61),
  offer: null,
  contact: null,
  line: status.kind === 'available' ? line : null,
  server_time: at(0),
  ...over,
});
export const offer = () => ({
  id: 'off_1',
  contact_id: 'cnt_9',
  queue: support,
  direction: 'inbound',
  caller,
  called,
  waited_ms: 2_000,
  offered_at: at(-6),
  expires_at: at(14),
  test: false,
});
export const inHand = (over = {}) => ({
  id: 'cnt_9',
  queue: support,
  direction: 'inbound',
  caller,
  called,
  accepted_at: at(-222),
  connected_at: at(-221),
  disconnected_at: null,
  acw_expires_at: null,
  talk_ms: null,
  test: false,
  ...over,
});

const summary = (number, over = {}) => ({
  id: `cnt_${number}`,
  state: 'completed',
  direction: 'inbound',
  from: caller,
  to: called,
  queue: support,
  agent: maya,
  initiated_at: at((number - 10) * 700),
  duration_ms: 62_000 + number * 7_000,
  disconnect_reason: { code: 'customer_hung_up', class: 'customer' },
  disposition: ref('dsp_1', 'Resolved'),
  test: false,
  ...over,
});
const contacts = [
  summary(9, { state: 'talking', agent: jonas, duration_ms: null, disconnect_reason: null, disposition: null }),
  summary(8, { from: null, test: true }),
  summary(7, {
    from: '+493055509820',
    agent: jonas,
    disposition: null,
    disconnect_reason: { code: 'agent_hung_up', class: 'agent' },
  }),
  summary(6, {
    direction: 'outbound',
    from: called,
    to: '+4930901820',
    agent: null,
    queue: null,
    disposition: null,
    disconnect_reason: { code: 'no_answer', class: 'customer' },
  }),
  summary(5),
  summary(4, { agent: null, disposition: null }),
];
const contact = () => ({
  ...summary(8, { initiated_at: at(-5600), duration_ms: 62_000, test: true }),
  connected_at: at(-5591),
  disconnected_at: at(-5538),
  completed_at: at(-5526),
  notes: 'Wants the label by e-mail.',
  notes_erased: false,
  segments: [
    { number: 1, kind: 'flow', flow: welcome, queue: null, agent: null, started_at: at(-5600), ended_at: at(-5596) },
    { number: 2, kind: 'queue', flow: null, queue: support, agent: null, started_at: at(-5596), ended_at: at(-5591) },
    { number: 3, kind: 'agent', flow: null, queue: support, agent: maya, started_at: at(-5591), ended_at: at(-5538) },
  ],
  intervals: {
    dialing_ms: 0,
    flow_ms: 4_000,
    wait_ms: 2_000,
    ring_ms: 3_000,
    talk_ms: 53_000,
    hold_ms: 0,
    acw_ms: 12_000,
  },
  legs: [
    { id: 'leg_1', kind: 'customer', connected_ms: 62_000 },
    { id: 'leg_2', kind: 'agent', connected_ms: 53_000 },
  ],
  usage: [
    { meter: 'inbound_trunk_seconds', unit: 's', quantity: 62, leg_id: 'leg_1' },
    { meter: 'agent_browser_seconds', unit: 's', quantity: 53, leg_id: 'leg_2' },
  ],
});
/** A contact that a restart of the server cut. */
const cut = () => ({
  ...contact(),
  disposition: null,
  disconnect_reason: { code: 'system_restarted', class: 'system' },
});
/** A call to somebody that rings. */
const dialing = () => ({
  ...contact(),
  ...summary(9, {
    state: 'dialing',
    direction: 'outbound',
    from: called,
    to: '+4930901820',
    queue: null,
    agent: null,
    initiated_at: at(-4),
    duration_ms: null,
    disconnect_reason: null,
    disposition: null,
  }),
  connected_at: null,
  disconnected_at: null,
  completed_at: null,
  notes: null,
  segments: [],
  intervals: { dialing_ms: 4_000, flow_ms: 0, wait_ms: 0, ring_ms: 0, talk_ms: 0, hold_ms: 0, acw_ms: 0 },
  legs: [{ id: 'leg_1', kind: 'customer', connected_ms: 0 }],
  usage: [],
});
/** A call to somebody: `dialing`, or ended for a reason. */
const callTo = (outcome) => (outcome === 'dialing' ? dialing() : dialed(outcome));
const dialed = (outcome) => ({
  ...dialing(),
  state: 'completed',
  duration_ms: 4_000,
  disconnected_at: at(0),
  completed_at: at(0),
  disconnect_reason: { code: outcome, class: 'customer' },
});
const event = (number, atSeconds, type, text, decision = null) => ({
  number,
  at: at(atSeconds),
  type,
  summary: text,
  decision,
  data: { about: 'contact', event: { type } },
});
const decision = {
  rule: 'longest_idle',
  chosen: maya,
  candidates: [
    { agent: maya, eligible: true, reason: 'chosen: idle for 44 s, the longest' },
    { agent: jonas, eligible: false, reason: 'on a contact' },
  ],
  candidates_left_out_count: 0,
  waited_ms: 2_000,
  position: 1,
  waiting_count: 1,
};

const offered = 'Offered to maya after 2 s of waiting, idle for 44 s, the longest of 2.';

/** The events of a contact that began so many seconds ago, as far as they have happened: 3 until the offer, 6 in all. */
const events = (beganSeconds, count) =>
  [
    event(4708, beganSeconds, 'initiated', `Called ${called}; the flow Welcome answers.`),
    event(4709, beganSeconds, 'block_entered', 'The flow reached the step greet.'),
    event(4710, beganSeconds + 4, 'enqueued', 'Waits in Support.'),
    event(4711, beganSeconds + 6, 'offered', offered, decision),
    event(4712, beganSeconds + 9, 'offer_accepted', 'maya accepted.'),
    event(4713, beganSeconds + 62, 'disconnected', 'Disconnected: the customer hung up.'),
  ].slice(0, count);

const eventsOfCall = (rings) => [
  event(4708, -4, 'initiated', `Called from ${called}; the flow Welcome takes over when answered.`),
  ...(rings ? [event(4709, -2, 'leg_ringing', 'The customer’s phone rings.')] : []),
];

/** Offhook was back 14 s after the last it knew of the call. */
const eventsOfCut = () => {
  const last = event(4713, -5524, 'disconnected', 'Disconnected: Offhook was restarted.');
  last.data.event.ended_at = Date.parse(at(-5538));
  return [...events(-5600, 5), last];
};

/** How far the contact in the agent's hand has come; a record that is looked at without one has come to its end. */
function eventsInHand(self) {
  if (self?.offer) return events(-12, 4);
  if (self?.contact) return events(-231, self.contact.disconnected_at ? 6 : 5);
  return events(-5600, 6);
}

const liveQueue = (queue, over = {}) => ({
  queue,
  waiting_count: 0,
  oldest_waiting_since: null,
  available_count: 1,
  on_contact_count: 0,
  acw_count: 0,
  service_level_threshold_s: 20,
  today: { contact_count: 12, answered_count: 11, answered_in_threshold_count: 11, abandoned_count: 0 },
  ...over,
});
const liveAgent = (who, status, activity, over = {}) => ({
  agent: who,
  status,
  activity,
  since: at(-312),
  queue: null,
  contact_id: null,
  ...over,
});
export const liveContact = (id, state, over = {}) => ({
  id,
  state,
  since: at(-38),
  initiated_at: at(-44),
  direction: 'inbound',
  from: caller,
  to: called,
  queue: support,
  agent: null,
  test: false,
  ...over,
});

/** The live view: `busy` with work and simulated callers, or still empty. */
export function live({ busy = true, self = null, firstCall = true } = {}) {
  return {
    seq: 100,
    server_time: at(0),
    agent: self,
    queues: busy
      ? [
          liveQueue(support, {
            waiting_count: 4,
            oldest_waiting_since: at(-96),
            on_contact_count: 1,
            today: { contact_count: 60, answered_count: 52, answered_in_threshold_count: 40, abandoned_count: 3 },
          }),
          liveQueue(orders, { acw_count: 1 }),
        ]
      : [
          liveQueue(support, {
            available_count: 0,
            today: { contact_count: 0, answered_count: 0, answered_in_threshold_count: 0, abandoned_count: 0 },
          }),
        ],
    agents: busy
      ? [
          liveAgent(maya, statuses.available, 'idle'),
          liveAgent(jonas, statuses.available, 'on_contact', { queue: support, contact_id: 'cnt_9' }),
          liveAgent(ref('agt_3', 'aiko'), statuses.available, 'after_contact_work', { queue: orders }),
          liveAgent(ref('agt_4', 'lena'), statuses.available, 'missed'),
          liveAgent(ref('agt_5', 'sam'), statuses.lunch, 'idle'),
        ]
      : [liveAgent(maya, statuses.offline, 'idle')],
    contacts: busy
      ? [
          liveContact('cnt_9', 'talking', { agent: jonas }),
          liveContact('cnt_10', 'waiting', { from: null, test: true }),
          liveContact('cnt_11', 'ringing', { test: true }),
          liveContact('cnt_12', 'flow', { queue: null, test: true }),
          liveContact('cnt_13', 'dialing', { direction: 'outbound', from: called, to: '+4930901820', queue: null }),
        ]
      : [],
    simulated_contact_count: busy ? 3 : 0,
    first_call: first(firstCall),
  };
}

const first = (done) => ({
  signed_up_at: at(-7000),
  first_call_at: done ? at(-6900) : null,
  time_to_first_call_ms: done ? 100_000 : null,
});
const totals = [
  { meter: 'inbound_trunk_seconds', unit: 's', quantity: 48_620, record_count: 314 },
  { meter: 'agent_browser_seconds', unit: 's', quantity: 41_007, record_count: 301 },
];
const tenant = {
  id: 'ten_1',
  name: 'Acme Outdoor',
  time_zone: 'America/New_York',
  after_contact_work_s: 120,
  reattach_timeout_s: 30,
  contacts_max: 1000,
};
const list = (...items) => ({ items });
const freeNumbers = [
  '+493055501234',
  '+12125550187',
  ...Array.from({ length: 8 }, (_, index) => `+1646555010${index}`),
];
const germanNumber = () => ({
  id: 'num_2',
  e164: '+493055509876',
  country: 'DE',
  fictitious: false,
  flow: welcome,
  claimed_at: at(-600),
});

/** What each operation answers, by its id. */
export function answers(world) {
  const {
    self,
    busy = true,
    empty = false,
    firstCall = true,
    outbound = null,
    rings = outbound !== null,
    closed = false,
    restarted = false,
    numberCount = 1,
  } = world;
  return {
    getMe: {
      user: { id: 'usr_1', name: 'Maya Ortiz', email: 'maya@acme.example', roles: ['admin', 'agent'] },
      tenant,
      agent: { id: 'agt_1' },
      csrf_token: 'token',
      first_call: first(firstCall),
    },
    getTenant: tenant,
    updateTenant: { ...tenant, after_contact_work_s: 90 },
    getAgent: self,
    getLiveSnapshot: live({ busy, self, firstCall }),
    listPhoneNumbers: empty
      ? list()
      : list(
          { id: 'num_1', e164: called, country: 'US', fictitious: true, flow: welcome, claimed_at: at(-7000) },
          ...(numberCount > 1 ? [germanNumber()] : []),
        ),
    listAvailablePhoneNumbers: {
      items: freeNumbers.map((e164) => ({
        e164,
        country: e164.startsWith('+49') ? 'DE' : 'US',
        fictitious: !e164.startsWith('+49'),
      })),
      countries: ['DE', 'US'],
    },
    listQueues: list({
      ...support,
      hours_of_operation: ref('hrs_1', 'Business hours'),
      service_level_threshold_s: 20,
      offer_timeout_s: 20,
      agent_count: 1,
    }),
    listHoursOfOperation: list({
      id: 'hrs_1',
      name: 'Business hours',
      time_zone: 'America/New_York',
      always_open: !closed,
      open_now: !closed,
      periods: closed ? [{ day: 'monday', opens: '09:00', closes: '17:00' }] : [],
    }),
    listAgentStatuses: list(...Object.values(statuses)),
    listDispositions: list(ref('dsp_1', 'Resolved'), ref('dsp_2', 'Callback promised'), ref('dsp_3', 'Wrong number')),
    listPrompts: list(
      {
        id: 'prm_1',
        name: 'welcome',
        kind: 'speech',
        text: 'Thank you for calling. Please hold while we connect you.',
        duration_ms: 4_200,
      },
      { id: 'prm_2', name: 'closed', kind: 'speech', text: 'We are closed at the moment.', duration_ms: 2_100 },
      {
        id: 'prm_3',
        name: 'all busy',
        kind: 'speech',
        text: 'All our agents are busy at the moment.',
        duration_ms: 2_900,
      },
      { id: 'prm_4', name: 'music on hold', kind: 'music', text: '', duration_ms: 60_000 },
    ),
    listFlows: list({ ...welcome, greeting: ref('prm_1', 'welcome') }),
    listContacts: { items: empty ? [] : contacts, next_cursor: empty ? null : 'next' },
    getContact: outbound ? callTo(outbound) : restarted ? cut() : contact(),
    listContactEvents: list(...(outbound ? eventsOfCall(rings) : restarted ? eventsOfCut() : eventsInHand(self))),
    startOutboundCall: { contact_id: 'cnt_9' },
    getUsage: {
      from: '2026-11-01',
      to: '2026-11-30',
      time_zone: 'America/New_York',
      totals: empty ? [] : totals,
      test_totals: empty ? [] : [{ ...totals[0], quantity: 900, record_count: 12 }],
    },
    getMailSettings: {
      host: 'smtp.example.net',
      port: 587,
      security: 'starttls',
      username: 'offhook',
      from_address: 'calls@acme.example',
      password_set: true,
    },
    listApiKeys: list({
      id: 'key_1',
      name: 'Reporting',
      prefix: 'ohk_7Q2m',
      created_at: at(-9000),
      last_used_at: null,
    }),
  };
}
