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
  const others = ofThisShift(kept, nowMs).filter((each) => each.contactId !== contactId);
  if (text === '') return others;
  return [{ contactId, text, writtenAt: nowMs }, ...others].slice(0, CONTACTS_MAX);
}

/** The notes on a contact until they are saved: they outlive a reload and a closed tab. */
export function useNotes(contactId: string): [notes: string, setNotes: (notes: string) => void] {
  const [notes, setNotes] = useState(() => read().find((each) => each.contactId === contactId)?.text ?? '');
  const write = (text: string) => {
    setNotes(text);
    store(withNotes(read(), contactId, text, Date.now()));
  };
  return [notes, write];
}

/** Forgets the notes on a contact: they are saved. */
export function forgetNotes(contactId: string) {
  store(withNotes(read(), contactId, '', Date.now()));
}

/** Forgets every note: whoever uses this browser next may be somebody else. */
export function forgetAllNotes() {
  localStorage.removeItem(KEY);
}

/** The notes of this shift; older ones are gone from the browser too. */
function read(): UnsavedNotes {
  const stored = parsed(localStorage.getItem(KEY));
  const kept = ofThisShift(stored, Date.now());
  if (kept.length < stored.length) store(kept);
  return kept;
}

function ofThisShift(kept: UnsavedNotes, nowMs: number): UnsavedNotes {
  return kept.filter(({ writtenAt }) => nowMs - writtenAt < KEPT_MS_MAX);
}

function store(kept: UnsavedNotes) {
  if (kept.length === 0) forgetAllNotes();
  else localStorage.setItem(KEY, JSON.stringify(kept));
}

function parsed(stored: string | null): UnsavedNotes {
  try {
    const kept: unknown = JSON.parse(stored ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}
