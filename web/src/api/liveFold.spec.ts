import { expect, test } from 'vitest';
import { at, quiet } from './liveFixture';
import { foldLive } from './liveFold';
import type { LiveContact, LiveMessage, LiveSnapshot } from './model';

const contact = (id: string, state: LiveContact['state']): LiveContact => ({
  id,
  state,
  since: at,
  initiated_at: at,
  direction: 'inbound',
  from: null,
  to: null,
  queue: null,
  agent: null,
  test: false,
});
const fold = (...messages: LiveMessage[]) => messages.reduce(foldLive, quiet as LiveSnapshot | undefined);

test('a contact comes, changes and goes', () => {
  const came: LiveMessage = { type: 'live_contact', seq: 2, contact: contact('cnt_1', 'waiting') };
  const changed: LiveMessage = { type: 'live_contact', seq: 3, contact: contact('cnt_1', 'talking') };
  const went: LiveMessage = { type: 'live_contact_ended', seq: 4, contact_id: 'cnt_1' };
  expect(fold(came)?.contacts.map((each) => each.state)).toEqual(['waiting']);
  expect(fold(came, changed)?.contacts.map((each) => each.state)).toEqual(['talking']);
  expect(fold(came, changed, went)?.contacts).toEqual([]);
});

test('a snapshot replaces everything', () => {
  const snapshot: LiveMessage = { ...quiet, type: 'snapshot', seq: 9, simulated_contact_count: 3 };
  expect(fold({ type: 'live_contact', seq: 2, contact: contact('cnt_1', 'waiting') }, snapshot)).toEqual({
    ...quiet,
    seq: 9,
    simulated_contact_count: 3,
  });
});

test('before the first snapshot deltas are nothing, and unknown messages never are', () => {
  expect(foldLive(undefined, { type: 'simulated_callers', seq: 2, simulated_contact_count: 1 })).toBeUndefined();
  expect(foldLive(quiet, { type: 'from_tomorrow', seq: 2 } as unknown as LiveMessage)).toBe(quiet);
});
