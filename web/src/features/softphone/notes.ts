import { useSessionStorage } from '@mantine/hooks';

/** The notes on a contact while the agent works on it; they outlive a reload, not the tab. */
export function useNotes(contactId: string) {
  return useSessionStorage<string>({
    key: `offhook.notes.${contactId}`,
    defaultValue: '',
    getInitialValueInEffect: false,
  });
}
