import { expect, test } from 'vitest';
import { happenedAt } from './happenedAt';
import type { ContactEvent } from './model';

const at = '2026-11-23T17:27:41.000Z';
const stored = (event: object) => ({ at, data: { about: 'contact', event } as unknown as ContactEvent['data'] });

test('an end that was found after a crash happened when it says it did', () => {
  const endedAt = '2026-11-23T17:27:27.380Z';
  expect(happenedAt(stored({ type: 'leg_ended', ended_at: Date.parse(endedAt) }))).toBe(endedAt);
  expect(happenedAt(stored({ type: 'enqueued' }))).toBe(at);
});
