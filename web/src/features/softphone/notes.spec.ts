import { cleanup, renderHook } from '@testing-library/react';
import { act } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { forgetAllNotes, forgetNotes, type UnsavedNotes, useNotes, withNotes } from './notes';

afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.useRealTimers();
});

const HOUR_MS = 3_600_000;
const ids = (kept: UnsavedNotes) => kept.map(({ contactId }) => contactId);

test('the notes on the last three contacts are kept, and those of this shift', () => {
  let kept: UnsavedNotes = [];
  for (const [hour, id] of ['a', 'b', 'c', 'd'].entries()) kept = withNotes(kept, id, id, hour * HOUR_MS);
  expect(ids(kept)).toEqual(['d', 'c', 'b']);
  expect(ids(withNotes(kept, 'c', 'more', 4 * HOUR_MS))).toEqual(['c', 'd', 'b']);
  expect(ids(withNotes(kept, 'e', 'e', 14 * HOUR_MS))).toEqual(['e', 'd']);
  expect(ids(withNotes(kept, 'd', '', 4 * HOUR_MS))).toEqual(['c', 'b']);
});

const opened = (contactId: string) => renderHook(() => useNotes(contactId)).result;
const write = (contactId: string, text: string) => {
  const hook = opened(contactId);
  act(() => hook.current[1](text));
};

test('notes come back with their contact until they are saved', () => {
  write('cnt_1', 'Wants a refund');
  write('cnt_2', 'Call back');
  expect(opened('cnt_1').current[0]).toBe('Wants a refund');
  forgetNotes('cnt_1');
  expect([opened('cnt_1').current[0], opened('cnt_2').current[0]]).toEqual(['', 'Call back']);
  forgetAllNotes();
  expect(localStorage).toHaveLength(0);
});

test('what cannot be read is no notes', () => {
  localStorage.setItem('offhook.notes', '{"half');
  expect(opened('cnt_1').current[0]).toBe('');
});

test('notes of an earlier shift are neither shown nor left in the browser', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  write('cnt_1', 'Wants a refund');
  vi.advanceTimersByTime(11 * HOUR_MS);
  write('cnt_2', 'Call back');
  vi.advanceTimersByTime(HOUR_MS);
  expect(opened('cnt_1').current[0]).toBe('');
  expect(localStorage.getItem('offhook.notes')).not.toContain('refund');
  expect(opened('cnt_2').current[0]).toBe('Call back');
  vi.advanceTimersByTime(11 * HOUR_MS);
  opened('cnt_3');
  expect(localStorage).toHaveLength(0);
});
