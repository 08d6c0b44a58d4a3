import { useSessionStorage } from '@mantine/hooks';
import { useEffect } from 'react';

const PREFIX = 'offhook.notes.';

/** The notes on a contact while the agent works on it; they outlive a reload, but neither the tab nor the next contact. */
export function useNotes(contactId: string) {
  useEffect(() => forgetOthers(contactId), [contactId]);
  return useSessionStorage<string>({
    key: PREFIX + contactId,
    defaultValue: '',
    getInitialValueInEffect: false,
  });
}

/** A shift is a hundred contacts: what was written about customers must not stay in the browser. */
function forgetOthers(contactId: string) {
  const kept = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX) && key !== PREFIX + contactId);
  for (const key of kept) sessionStorage.removeItem(key);
}
