import { expect, test } from 'vitest';
import { passwordFault } from './passwordFault';

test('a password has 8 to 200 characters, of any kind', () => {
  expect(passwordFault('1234567')).toBe('Use at least 8 characters.');
  expect(passwordFault('🔑'.repeat(7))).toBe('Use at least 8 characters.');
  expect(passwordFault('        ')).toBeNull();
  expect(passwordFault('🔑'.repeat(200))).toBeNull();
  expect(passwordFault('x'.repeat(201))).toBe('Use at most 200 characters.');
});
