import { expect, test } from 'vitest';
import {
  clock,
  clockTenths,
  countdown,
  customerName,
  exactly,
  inWords,
  ownNumber,
  phoneNumber,
  words,
  zoneCity,
} from './format';

test('durations read as clocks', () => {
  expect([-5, 0, 7_999, 750_000, 3_723_000].map(clock)).toEqual(['0:00', '0:00', '0:07', '12:30', '1:02:03']);
});

test('tenths of a second are cut off like seconds', () => {
  expect([-5, 99, 7_999, 3_723_450].map(clockTenths)).toEqual(['0:00.0', '0:00.0', '0:07.9', '1:02:03.4']);
});

test('a countdown shows zero only at the end', () => {
  expect([20_000, 19_001, 1, 0, -1].map(countdown)).toEqual(['0:20', '0:20', '0:01', '0:00', '0:00']);
});

test('durations read in words', () => {
  expect([45_000, 60_000, 125_000, 3_780_000].map(inWords)).toEqual(['45 s', '1 min', '2 min 5 s', '1 h 3 min']);
});

test('a bill says every second', () => {
  expect([0, 45_000, 125_000, 3_600_000, 3_784_000, 48_620_000].map(exactly)).toEqual([
    '0 s',
    '45 s',
    '2 min 5 s',
    '1 h',
    '1 h 3 min 4 s',
    '13 h 30 min 20 s',
  ]);
});

test('phone numbers are grouped, and what is none stays as it is', () => {
  expect(phoneNumber('+12125550142')).toBe('+1 212 555 0142');
  expect(phoneNumber('+4930901820')).toBe('+49 30901820');
  expect(phoneNumber('+353861234567')).toBe('+353 861234567');
  expect(phoneNumber('+1917555••63')).toBe('+1917555••63');
  expect(phoneNumber('sip:ana@example.net')).toBe('sip:ana@example.net');
  expect(phoneNumber(null)).toBe('Anonymous');
});

test('a contact is with the customer, whoever called', () => {
  const [ours, theirs] = ['+12125550142', '+4930901820'];
  const called = { direction: 'inbound', from: theirs, to: ours, test: false } as const;
  expect([customerName(called), ownNumber(called)]).toEqual(['+49 30901820', 'called +1 212 555 0142']);
  const dialed = { direction: 'outbound', caller: ours, called: theirs, test: false } as const;
  expect([customerName(dialed), ownNumber(dialed)]).toEqual(['+49 30901820', 'called from +1 212 555 0142']);
  expect(customerName({ ...called, from: null, test: true })).toBe('Test caller');
  expect(customerName({ ...dialed, called: null })).toBe('Number not kept');
});

test('names of the API read as words', () => {
  expect(words('customer_hung_up')).toBe('Customer hung up');
  expect(zoneCity('America/Argentina/Buenos_Aires')).toBe('Buenos Aires');
});
