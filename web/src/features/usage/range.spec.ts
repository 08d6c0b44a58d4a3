import { expect, test } from 'vitest';
import { monthAt, rangeFault } from './range';

test('a month begins and ends by the clock of the tenant', () => {
  const newYear = Date.parse('2027-01-01T03:00:00Z');
  expect(monthAt(newYear, 'America/New_York')).toEqual({ from: '2026-12-01', to: '2026-12-31' });
  expect(monthAt(newYear, 'Europe/Berlin')).toEqual({ from: '2027-01-01', to: '2027-01-31' });
  expect(monthAt(newYear, 'Europe/Berlin', -1)).toEqual({ from: '2026-12-01', to: '2026-12-31' });
  expect(monthAt(Date.parse('2028-03-31T12:00:00Z'), 'UTC', -1)).toEqual({ from: '2028-02-01', to: '2028-02-29' });
});

test('a year and a day is asked for at once, and a date that is half typed is not', () => {
  expect(rangeFault({ from: '2026-11-01', to: '2026-11-01' })).toBeNull();
  expect(rangeFault({ from: '2026-01-01', to: '2027-01-01' })).toBeNull();
  expect(rangeFault({ from: '2026-01-01', to: '2027-01-02' })).toBe('Choose at most 366 days.');
  expect(rangeFault({ from: '0002-11-01', to: '2026-11-30' })).toBe('Choose at most 366 days.');
  expect(rangeFault({ from: '', to: '2026-11-30' })).toBe('Enter both days.');
  expect(rangeFault({ from: '2026-12-01', to: '2026-11-30' })).toBe('The last day must not be before the first.');
});
