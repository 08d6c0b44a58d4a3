import { expect, test } from 'vitest';
import { ServerClock } from './clock';

const at = (ms: number) => new Date(ms).toISOString();

test('the least delayed message sets the clock', () => {
  const clock = new ServerClock();
  clock.observe(at(10_000), 9_000);
  clock.observe(at(11_000), 10_400);
  clock.observe(at(12_000), 10_990);
  expect(clock.at(11_000)).toBe(12_010);
});

test('a clock that was set is followed at once', () => {
  const clock = new ServerClock();
  clock.observe(at(100_000), 0);
  clock.observe(at(40_000), 10_000);
  expect(clock.at(10_000)).toBe(40_000);
});

test('what is no time changes nothing', () => {
  const clock = new ServerClock();
  clock.observe('never', 5);
  expect(clock.at(5)).toBe(5);
});
