import { expect, test } from 'vitest';
import { partition } from './partition';

test('what is shown of the parts adds up to what is shown of the whole', () => {
  const intervals = {
    dialing_ms: 0,
    flow_ms: 4_090,
    wait_ms: 90,
    ring_ms: 650,
    talk_ms: 45_380,
    hold_ms: 0,
    acw_ms: 9,
  };
  const { parts, totalMs } = partition(intervals);
  expect(totalMs).toBe(50_210);
  expect(parts.map((part) => part.shownMs)).toEqual([4_000, 100, 700, 45_400, 0]);
  expect(parts.reduce((sum, part) => sum + part.shownMs, 0)).toBe(50_200);
});
