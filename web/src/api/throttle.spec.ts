import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttle } from './throttle';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('many wishes run the first time at once and then at the interval, and the last one is heard', () => {
  const run = vi.fn();
  const throttle = new Throttle(run, 1_000);
  for (let i = 0; i < 25; i += 1) {
    throttle.wish();
    vi.advanceTimersByTime(100);
  }
  expect(run).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(5_000);
  expect(run).toHaveBeenCalledTimes(4);
});

test('what is stopped runs no more', () => {
  const run = vi.fn();
  const throttle = new Throttle(run, 1_000);
  throttle.wish();
  throttle.wish();
  throttle.stop();
  vi.advanceTimersByTime(5_000);
  expect(run).toHaveBeenCalledTimes(1);
});
