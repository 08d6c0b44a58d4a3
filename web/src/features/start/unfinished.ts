import { useLocalStorage } from '@mantine/hooks';

/** The tenant whose wizard was begun in this browser and not brought to its end, null where there is none. */
export function useUnfinishedWizard() {
  return useLocalStorage<string | null>({
    key: 'offhook.wizard',
    defaultValue: null,
    getInitialValueInEffect: false,
  });
}
