import { Stack, Text, ThemeIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import type { IconPhone } from '@/icons';

type Props = { icon: typeof IconPhone; title: string; children: ReactNode; action?: ReactNode };

/** What will be here, why it is empty, and one action. */
export function EmptyState({ icon: Icon, title, children, action }: Props) {
  return (
    <Stack align="center" gap="xs" py="xl" px="md" ta="center">
      <ThemeIcon size={44} radius="xl" variant="light" color="gray">
        <Icon size={22} aria-hidden />
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      <Text size="sm" c="dimmed" maw={440}>
        {children}
      </Text>
      {action}
    </Stack>
  );
}
