import { Card, Grid, Group, Stack } from '@mantine/core';
import { PageHeader } from '@/components/PageHeader';
import { IconGreeting, IconNumber, IconSettings } from '@/icons';
import { PageButton } from '@/links';
import { TestCallStep } from './TestCallStep';
import { WhatYouHave } from './WhatYouHave';

/** Get started for whoever has had the first call: what there is, where to change it, and one more test call. */
export function SetUp({ onCalled }: { onCalled: (contactId: string | undefined) => void }) {
  return (
    <Stack gap="lg" maw={980}>
      <PageHeader title="Your contact center is set up" note="Change what you like, or make one more test call." />
      <Group gap="sm">
        <PageButton to="/greeting" variant="default" leftSection={<IconGreeting size={16} aria-hidden />}>
          Greeting and hours
        </PageButton>
        <PageButton to="/numbers" variant="default" leftSection={<IconNumber size={16} aria-hidden />}>
          Phone numbers
        </PageButton>
        <PageButton to="/settings" variant="default" leftSection={<IconSettings size={16} aria-hidden />}>
          Company and calls
        </PageButton>
      </Group>
      <Card>
        <Grid gap="xl">
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <TestCallStep onDone={onCalled} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <WhatYouHave />
          </Grid.Col>
        </Grid>
      </Card>
    </Stack>
  );
}
