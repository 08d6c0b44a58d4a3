import { useState } from 'react';

/** How many contacts' notes are kept: the one in hand, and one or two that could not be saved. */
const CONTACTS_MAX = 3;
/** A shift: what was written about customers must not stay in the browser for longer. */
const KEPT_MS_MAX = 12 * 60 * 60 * 1000;
const KEY = 'offhook.notes';

/** Notes that are not saved yet, the last written first. */
export type UnsavedNotes = { contactId: string; text: string; writtenAt: number }[];

/** The kept notes once `text` was written on a contact at this time in ms; an empty text is none. */
export function withNotes(kept: UnsavedNotes, contactId: string, text: string, nowMs: number): UnsavedNotes {
  const others = kept.filter((each) => each.contactId !== contactId && nowMs - each.writtenAt < KEPT_MS_MAX);
  if (text === '') return others;
  return [{ contactId, text, writtenAt: nowMs }, ...others].slice(0, CONTACTS_MAX);
}

/** The notes on a contact until they are saved: they outlive a reload and a closed tab. */
export function useNotes(contactId: string): [notes: string, setNotes: (notes: string) => void] {
  const [notes, setNotes] = useState(() => read().find((each) => each.contactId === contactId)?.text ?? '');
  const write = (text: string) => {
    setNotes(text);
    keep(contactId, text);
  };
  return [notes, write];
}

/** Forgets the notes on a contact: they are saved. */
export function forgetNotes(contactId: string) {
  keep(contactId, '');
}

/** Forgets every note: whoever uses this browser next may be somebody else. */
export function forgetAllNotes() {
  localStorage.removeItem(KEY);
}

function keep(contactId: string, text: string) {
  const kept = withNotes(read(), contactId, text, Date.now());
  if (kept.length === 0) forgetAllNotes();
  else localStorage.setItem(KEY, JSON.stringify(kept));
}

function read(): UnsavedNotes {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}
