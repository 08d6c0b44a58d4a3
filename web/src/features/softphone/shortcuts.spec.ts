import { expect, test } from 'vitest';
import { commandOf, DoublePress } from './shortcuts';

const key = { altKey: true, shiftKey: true, ctrlKey: false, metaKey: false, repeat: false };

test('a command is meant by the place of its key', () => {
  expect(commandOf({ ...key, code: 'KeyA' })).toBe('accept');
  expect(commandOf({ ...key, code: 'KeyE' })).toBe('end');
  expect(commandOf({ ...key, code: 'KeyX' })).toBeNull();
});

test('other modifiers and held keys are not ours', () => {
  expect(commandOf({ ...key, code: 'KeyA', shiftKey: false })).toBeNull();
  expect(commandOf({ ...key, code: 'KeyA', ctrlKey: true })).toBeNull();
  expect(commandOf({ ...key, code: 'KeyE', repeat: true })).toBeNull();
});

test('ending takes two presses within a second, and each pair counts once', () => {
  const press = new DoublePress(1000);
  expect([0, 1500, 2400, 2500, 3000].map((at) => press.press(at))).toEqual([false, false, true, false, true]);
});
