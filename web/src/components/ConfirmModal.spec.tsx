import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider, useMutation } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import { ConfirmModal } from './ConfirmModal';

afterEach(cleanup);

/** A question about a key, and the way to let its deletion succeed. */
function asking() {
  let succeed = () => {};
  const deletion = new Promise<void>((resolve) => (succeed = resolve));
  function Question() {
    const [subject, setSubject] = useState<string | null>('CRM');
    const close = () => setSubject(null);
    const action = useMutation({ mutationFn: (_: string) => deletion });
    return (
      <ConfirmModal
        subject={subject}
        title={(name) => `Delete ${name}?`}
        consequence={() => 'It is gone.'}
        confirm="Delete"
        action={action}
        onConfirm={(name) => action.mutate(name, { onSuccess: close })}
        onClose={close}
      />
    );
  }
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider env="test">
        <Question />
      </MantineProvider>
    </QueryClientProvider>,
  );
  return { succeed: () => succeed() };
}

const dialog = () => screen.queryByRole('dialog', { name: 'Delete CRM?' });

test('what is being done cannot be closed away, and closes once it is done', async () => {
  const { succeed } = asking();
  const keep = screen.getByRole<HTMLButtonElement>('button', { name: 'Keep it' });
  fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
  await waitFor(() => expect(keep.disabled).toBe(true));
  fireEvent.keyDown(document.body, { key: 'Escape' });
  expect(dialog()).not.toBeNull();
  succeed();
  await waitFor(() => expect(dialog()).toBeNull());
});

test('a question that is not wanted closes', () => {
  asking();
  fireEvent.click(screen.getByRole('button', { name: 'Keep it' }));
  expect(dialog()).toBeNull();
});
