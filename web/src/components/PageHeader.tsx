import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePageTitle } from './documentTitle';

/** The head of a page: title, one sentence, and the page's one action at the right. */
export function PageHeader({ title, note, action }: { title: string; note?: ReactNode; action?: ReactNode }) {
  usePageTitle(title);
  return (
    <Group justify="space-between" align="flex-start" gap="md">
      <div>
        <Title order={1} size="h2" className="num">
          {title}
        </Title>
        {note && (
          <Text c="dimmed" component="div">
            {note}
          </Text>
        )}
      </div>
      {action}
    </Group>
  );
}
