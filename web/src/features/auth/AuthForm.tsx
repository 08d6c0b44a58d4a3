import { Button, Stack } from '@mantine/core';
import type { FormEventHandler, ReactNode } from 'react';
import { FormError } from '@/components/FormError';

type Props = {
  onSubmit: FormEventHandler<HTMLFormElement>;
  error: unknown;
  busy: boolean;
  submit: string;
  /** What stands below the button. */
  note?: ReactNode;
  children: ReactNode;
};

/** The frame of every form without a session: fields, what went wrong, one button. */
export function AuthForm({ onSubmit, error, busy, submit, note, children }: Props) {
  return (
    <form onSubmit={onSubmit} noValidate>
      <Stack>
        {children}
        <FormError error={error} />
        <Button type="submit" loading={busy}>
          {submit}
        </Button>
        {note}
      </Stack>
    </form>
  );
}
