import { expect, test } from 'vitest';
import type { LiveQueue } from '@/api/model';
import { serviceLevel, summarize } from './summary';

const queue = (name: string, waiting: number, since: string | null): LiveQueue => ({
  queue: { id: name, name },
  waiting_count: waiting,
  oldest_waiting_since: since,
  available_count: 2,
  on_contact_count: 1,
  acw_count: 0,
  service_level_threshold_s: 20,
  today: { contact_count: 10, answered_count: 8, answered_in_threshold_count: 6, abandoned_count: 2 },
});

test('the oldest over all queues is the one that waits longest', () => {
  const sum = summarize(
    [
      queue('Support', 2, '2026-11-23T09:00:05.000Z'),
      queue('Orders', 1, '2026-11-23T09:00:01.000Z'),
      queue('Returns', 0, null),
    ],
    [],
  );
  expect(sum.oldest?.queue).toBe('Orders');
  expect(sum.waitingCount).toBe(3);
});

test('service level counts the abandoned, and is nothing before the first contact', () => {
  expect(serviceLevel(queue('Support', 0, null).today)).toBe(0.6);
  expect(
    serviceLevel({ contact_count: 3, answered_count: 0, answered_in_threshold_count: 0, abandoned_count: 0 }),
  ).toBeNull();
});
