import type { LiveSnapshot } from './model';

/** The moment at which everything in the specs of the live view happens. */
export const at = '2026-11-23T09:00:00.000Z';

/** A contact center in which nothing happens yet. */
export const quiet: LiveSnapshot = {
  seq: 1,
  server_time: at,
  agent: null,
  queues: [],
  agents: [],
  contacts: [],
  simulated_contact_count: 0,
  first_call: { signed_up_at: at, first_call_at: null, time_to_first_call_ms: null },
};
