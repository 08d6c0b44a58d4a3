import { Box, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePageTitle } from '@/components/documentTitle';
import { IconHeadset } from '@/icons';

/** The frame of every page without a session: the form at the left, what Offhook is at the right. */
export function AuthLayout({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  usePageTitle(title);
  return (
    <main className="auth">
      <Stack justify="center" px={{ base: 'lg', sm: 64 }} py="xl" gap="lg" bg="var(--mantine-color-body)">
        <Group gap={8}>
          <IconHeadset size={26} aria-hidden />
          <Text fw={700} size="lg">
            Offhook
          </Text>
        </Group>
        <div>
          <Title order={1} size="h2">
            {title}
          </Title>
          {note && (
            <Text c="dimmed" mt={4} component="div">
              {note}
            </Text>
          )}
        </div>
        <Box maw={400}>{children}</Box>
      </Stack>
      <div className="auth-claim">
        <Stack maw={520}>
          <Text fz={34} lh={1.2} fw={600}>
            A phone number, a flow, and agents taking calls. Before your coffee is cold.
          </Text>
          <Text size="lg" style={{ color: '#dbe6f5' }}>
            Every second is metered, every routing decision says why. Open source, yours to run.
          </Text>
        </Stack>
      </div>
    </main>
  );
}
