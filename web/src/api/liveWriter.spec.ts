import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { quiet } from './liveFixture';
import { LiveWriter } from './liveWriter';
import type { Agent, LiveContact, LiveMessage, LiveSnapshot } from './model';
import { agentQuery, contactsQuery } from './queries';
import type { components } from './schema';

type Page = components['schemas']['ContactPage'];

const snapshot: LiveMessage & LiveSnapshot = { type: 'snapshot', ...quiet };
const moved = (id: string) => ({ type: 'live_contact', seq: 2, contact: { id } as LiveContact }) as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A writer, and the keys that it has asked anew. */
function writing() {
  const client = new QueryClient();
  const asked = vi.spyOn(client, 'invalidateQueries');
  const writer = new LiveWriter(client);
  const keys = () => asked.mock.calls.map(([filters]) => (filters?.queryKey ?? []).join(' '));
  return { client, writer, keys };
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
  expect(keys()).toEqual(['contacts', 'usage']);
  writer.stop();
});

test('a list that takes longer than the pace of the frames still comes, and is asked anew after the last one', async () => {
  const client = new QueryClient();
  let askedAt = 0;
  const queryFn = async (): Promise<Page> => {
    askedAt = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    return { items: [], next_cursor: null };
  };
  const forget = new InfiniteQueryObserver(client, { ...contactsQuery, queryFn }).subscribe(() => {});
  const writer = new LiveWriter(client);
  let movedAt = 0;
  for (let i = 0; i < 40; i += 1) {
    movedAt = Date.now();
    writer.write(moved('cnt_1'));
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(client.getQueryState(contactsQuery.queryKey)?.dataUpdateCount).toBe(3);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(askedAt).toBeGreaterThan(movedAt);
  writer.stop();
  forget();
});

const agent = (second: number, contactId: string | null) =>
  ({
    server_time: `2026-11-23T09:00:0${second}.000Z`,
    contact: contactId === null ? null : { id: contactId },
  }) as Agent;
const frame = (word: Agent) => ({ type: 'agent', seq: 2, agent: word }) as const;

test('an agent who is told of no contacts sees the one in hand move, and once more when it is gone', () => {
  const { writer, keys } = writing();
  writer.write(frame(agent(1, 'cnt_1')));
  writer.write(frame(agent(2, null)));
  expect(keys().filter((key) => key === 'contacts cnt_1')).toHaveLength(2);
  writer.stop();
});

test('a contact that an answer says is gone, before its frame does, is asked anew as well', () => {
  const { writer, keys } = writing();
  writer.write(frame(agent(1, 'cnt_1')));
  writer.takeAgent(agent(2, null));
  expect(keys().filter((key) => key === 'contacts cnt_1')).toHaveLength(2);
  vi.advanceTimersByTime(2_000);
  expect(keys().filter((key) => key === 'contacts list')).toHaveLength(2);
  writer.stop();
});

test('what the server said earlier does not undo what it said later, whichever way it came', () => {
  const { client, writer } = writing();
  const told: Agent[] = [];
  writer.subscribeAgent((word) => told.push(word));
  const [first, second, third] = [agent(1, 'cnt_1'), agent(2, null), agent(3, 'cnt_2')];
  writer.takeAgent(second);
  writer.write(frame(first));
  expect(client.getQueryData(agentQuery.queryKey)).toEqual(second);
  writer.write(frame(third));
  writer.takeAgent(second);
  expect(client.getQueryData(agentQuery.queryKey)).toEqual(third);
  expect(told).toEqual([second, third]);
  writer.stop();
});
