import { Card, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { meQuery } from '@/api/queries';
import { usePageTitle } from '@/components/documentTitle';
import { inWords } from '@/components/format';
import { SimulateMenu } from '@/components/SimulateMenu';
import { IconCheck, IconContacts, IconLive } from '@/icons';
import { PageButton } from '@/links';

/** The end of the wizard: how long it took until the first call, and where to look now. */
export function DoneCard({ contactId }: { contactId?: string }) {
  const { data: me } = useQuery(meQuery);
  const tookMs = me?.first_call.time_to_first_call_ms;
  const isAdmin = me?.user.roles.includes('admin') ?? false;
  usePageTitle('Ready');
  const called = tookMs !== null && tookMs !== undefined;
  return (
    <Card maw={640} p="xl">
      <Stack align="flex-start">
        <ThemeIcon size={48} radius="xl" color="teal.8">
          <IconCheck size={26} aria-hidden />
        </ThemeIcon>
        <Title order={1} size="h2">
          {called ? 'Your contact center took its first call' : 'Your contact center is ready'}
        </Title>
        {called ? (
          <Text size="lg">
            From sign-up to the first answered call: <b className="num">{inWords(tookMs)}</b>.
          </Text>
        ) : (
          <Text>It is open with its defaults. The test call waits for you under Get started.</Text>
        )}
        <Text c="dimmed">
          {called
            ? 'The contact is on record: who did what and when, and every second of it metered.'
            : 'Go available on the phone, and the next caller rings you.'}
          {isAdmin && ' Simulated callers put life on every page, marked as a test.'}
        </Text>
        <Group>
          {contactId ? (
            <PageButton
              to="/contacts/$id"
              params={{ id: contactId }}
              leftSection={<IconContacts size={16} aria-hidden />}
            >
              See the contact
            </PageButton>
          ) : (
            <PageButton to="/contacts" leftSection={<IconContacts size={16} aria-hidden />}>
              See contacts
            </PageButton>
          )}
          <PageButton to="/live" variant="default" leftSection={<IconLive size={16} aria-hidden />}>
            Watch it live
          </PageButton>
          {isAdmin && <SimulateMenu />}
        </Group>
      </Stack>
    </Card>
  );
}
