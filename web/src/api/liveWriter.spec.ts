import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveWriter } from './liveWriter';
import type { Agent, LiveContact, LiveMessage, LiveSnapshot } from './model';
import { contactsQuery } from './queries';
import type { components } from './schema';

type Page = components['schemas']['ContactPage'];

const at = '2026-11-23T09:00:00.000Z';
const snapshot: LiveMessage & LiveSnapshot = {
  type: 'snapshot',
  seq: 1,
  server_time: at,
  agent: null,
  queues: [],
  agents: [],
  contacts: [],
  simulated_contact_count: 0,
  first_call: { signed_up_at: at, first_call_at: null, time_to_first_call_ms: null },
};
const moved = (id: string) => ({ type: 'live_contact', seq: 2, contact: { id } as LiveContact }) as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A writer, and the keys that it has asked anew. */
function writing() {
  const client = new QueryClient();
  const asked = vi.spyOn(client, 'invalidateQueries');
  const writer = new LiveWriter(client);
  const keys = () => asked.mock.calls.map(([filters]) => (filters?.queryKey ?? []).join(' '));
  return { writer, keys };
}

test('a contact that moves is asked anew at once, the list of all at its own pace', () => {
  const { writer, keys } = writing();
  writer.write(snapshot);
  for (const id of ['cnt_1', 'cnt_2', 'cnt_3']) writer.write(moved(id));
  expect(keys()).toEqual(['contacts cnt_1', 'contacts list', 'contacts cnt_2', 'contacts cnt_3']);
  vi.advanceTimersByTime(60_000);
  expect(keys().filter((key) => key === 'contacts list')).toHaveLength(2);
  writer.stop();
});

test('an older page that is on its way comes before the list is asked anew', async () => {
  const client = new QueryClient();
  let pages = 0;
  const queryFn = () =>
    new Promise<Page>((resolve) => setTimeout(() => resolve({ items: [], next_cursor: 'more' }), 500));
  const list = { ...contactsQuery, queryFn: () => queryFn().finally(() => (pages += 1)) };
  const observer = new InfiniteQueryObserver(client, list);
  const forget = observer.subscribe(() => {});
  await vi.advanceTimersByTimeAsync(500);
  const older = observer.fetchNextPage();
  const writer = new LiveWriter(client);
  writer.write(moved('cnt_1'));
  await vi.advanceTimersByTimeAsync(500);
  expect((await older).data?.pages).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(3_500);
  expect(pages).toBe(4);
  writer.stop();
  forget();
});

test('what moved while the socket was away is asked anew', () => {
  const { writer, keys } = writing();
  writer.write(snapshot);
  expect(keys()).toEqual([]);
  writer.write(snapshot);
  expect(keys()).toEqual(['contacts']);
  writer.stop();
});

test('an agent who is told of no contacts sees the one in hand move, and once more when it is gone', () => {
  const { writer, keys } = writing();
  const inHand = { contact: { id: 'cnt_1' } } as Agent;
  writer.write({ type: 'agent', seq: 2, agent: inHand });
  writer.write({ type: 'agent', seq: 3, agent: { contact: null } as Agent });
  expect(keys().filter((key) => key === 'contacts cnt_1')).toHaveLength(2);
  writer.stop();
});
