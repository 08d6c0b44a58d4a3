import { Alert, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { IconPhone } from '@/icons';

type Props = {
  color: 'gray' | 'red' | 'teal' | 'yellow';
  icon?: typeof IconPhone;
  title: string;
  /** Whether a screen reader says it by itself; a `note` is only found there. */
  role?: 'note' | 'status' | 'alert';
  /** What it means, in a sentence or two. */
  children: ReactNode;
  /** What can be done about it. */
  action?: ReactNode;
};

/** Says in a heading and a sentence how things stand, with a button where something can be done. */
export function Notice({ color, icon: Icon, title, role = 'note', children, action }: Props) {
  return (
    <Alert color={color} variant="light" role={role} icon={Icon && <Icon size={18} aria-hidden />} title={title}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{children}</Text>
        {action}
      </Stack>
    </Alert>
  );
}
