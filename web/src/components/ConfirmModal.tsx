import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { useState } from 'react';
import { FormError } from './FormError';

type Props<T> = {
  /** What it is about to be done to; null while nothing is asked. */
  subject: T | null;
  title: (subject: T) => string;
  /** What follows from it, in a sentence. */
  consequence: (subject: T) => string;
  confirm: string;
  /** What its button says that leaves all as it is. */
  keep?: string;
  /** What is done once it is confirmed; its failure is shown here. */
  action: Pick<UseMutationResult, 'error' | 'isPending' | 'reset'>;
  onConfirm: (subject: T) => void;
  onClose: () => void;
};

/** Asks before what cannot be taken back. */
export function ConfirmModal<T>({ keep = 'Keep it', ...props }: Props<T>) {
  const { subject, title, consequence, confirm, action, onConfirm, onClose } = props;
  const [asked, setAsked] = useState(subject);
  // While it fades, it still says what it was about.
  if (subject !== null && subject !== asked) setAsked(() => subject);
  const close = () => {
    if (action.isPending) return;
    action.reset();
    onClose();
  };
  return (
    <Modal
      opened={subject !== null}
      onClose={close}
      title={asked === null ? '' : title(asked)}
      closeButtonProps={{ 'aria-label': 'Close', disabled: action.isPending }}
    >
      <Stack>
        <Text size="sm">{asked === null ? '' : consequence(asked)}</Text>
        <FormError error={action.error} />
        <Group justify="flex-end">
          <Button variant="default" disabled={action.isPending} onClick={close}>
            {keep}
          </Button>
          <Button color="red.9" loading={action.isPending} onClick={() => subject !== null && onConfirm(subject)}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
