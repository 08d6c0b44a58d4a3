import { expect, test } from 'vitest';
import type { HoursOfOperation } from '@/api/model';
import { hoursChoiceOf, hoursPatch } from './hours';

const hours = (over: Partial<HoursOfOperation>): HoursOfOperation => ({
  id: 'hrs_1',
  name: 'Business hours',
  time_zone: 'UTC',
  always_open: false,
  open_now: true,
  periods: [],
  ...over,
});

test('hours of one’s own are offered as they are and never overwritten', () => {
  const own = hours({ periods: [{ day: 'sunday', opens: '10:00', closes: '12:00' }] });
  expect(hoursChoiceOf(own)).toBe('own');
  expect(hoursPatch('own', own)).toBeNull();
});

test('a choice that is in force changes nothing', () => {
  expect(hoursPatch('always', hours({ always_open: true }))).toBeNull();
  expect(hoursPatch(null, hours({}))).toBeNull();
});

test('weekdays are five periods, and are recognised again', () => {
  const patch = hoursPatch('weekdays', hours({ always_open: true }));
  expect(patch?.periods).toHaveLength(5);
  expect(hoursChoiceOf(hours({ periods: patch?.periods ?? [] }))).toBe('weekdays');
});
