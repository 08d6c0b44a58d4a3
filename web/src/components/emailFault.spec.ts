import { expect, test } from 'vitest';
import { emailFault } from './emailFault';

test('an address of the own network is one, a name without a host is none', () => {
  expect(['maya@acme.example', 'maya@localhost', ' maya@acme.example '].map(emailFault)).toEqual([null, null, null]);
  for (const none of ['', 'maya', 'maya@', '@acme.example', 'ma ya@acme.example']) {
    expect(emailFault(none)).toBe('Enter an e-mail address.');
  }
});
