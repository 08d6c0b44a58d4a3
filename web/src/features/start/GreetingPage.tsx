import { Card, Stack } from '@mantine/core';
import { PageHeader } from '@/components/PageHeader';
import { toastDone } from '@/components/toast';
import { GreetingForm } from './GreetingStep';

/** Greeting and hours outside of the wizard. */
export function GreetingPage() {
  return (
    <Stack gap="md">
      <PageHeader title="Greeting and hours" note="What callers hear first, and when somebody is there." />
      <Card maw={560}>
        <GreetingForm onSaved={() => toastDone('Greeting and hours are saved.')} />
      </Card>
    </Stack>
  );
}
