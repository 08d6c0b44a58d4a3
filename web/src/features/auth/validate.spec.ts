import { expect, test } from 'vitest';
import { emailFault, passwordFault } from './validate';

test('a password has 8 to 200 characters, of any kind', () => {
  expect(passwordFault('1234567')).toBe('Use at least 8 characters.');
  expect(passwordFault('🔑'.repeat(7))).toBe('Use at least 8 characters.');
  expect(passwordFault('        ')).toBeNull();
  expect(passwordFault('🔑'.repeat(200))).toBeNull();
  expect(passwordFault('x'.repeat(201))).toBe('Use at most 200 characters.');
});

test('an address of the own network is one, a name without a host is none', () => {
  expect(['maya@acme.example', 'maya@localhost', ' maya@acme.example '].map(emailFault)).toEqual([null, null, null]);
  for (const none of ['', 'maya', 'maya@', '@acme.example', 'ma ya@acme.example']) {
    expect(emailFault(none)).toBe('Enter an e-mail address.');
  }
});
