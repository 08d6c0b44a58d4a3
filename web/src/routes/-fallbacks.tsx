import { Button, Center, Group, Stack, Text, Title } from '@mantine/core';
import { sentence } from '@/api/problem';
import { usePageTitle } from '@/components/documentTitle';
import { PageLink } from '@/links';

/** What a path without a page shows. */
export function NotFoundPage() {
  return (
    <main>
      <NotFound title="There is no such page" />
    </main>
  );
}

/** What is not there, inside of a page or as one. */
export function NotFound({ title }: { title: string }) {
  usePageTitle(title);
  return (
    <Center mih="70vh" p="lg">
      <Stack align="center" gap="sm" ta="center">
        <Text c="dimmed" fw={600}>
          404
        </Text>
        <Title order={1} size="h2">
          {title}
        </Title>
        <Text c="dimmed">The address may be mistyped, or what it named is gone.</Text>
        <PageLink to="/">Back to Offhook</PageLink>
      </Stack>
    </Center>
  );
}

/** What a page shows that failed while loading or rendering. */
export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <Center mih="70vh" p="lg">
      <Stack align="center" gap="sm" ta="center" maw={480} role="alert">
        <Title order={1} size="h2">
          This page could not be shown
        </Title>
        <Text c="dimmed">{sentence(error)}</Text>
        <Group>
          <Button onClick={reset}>Try again</Button>
          <Button variant="default" component="a" href="/">
            Start page
          </Button>
        </Group>
      </Stack>
    </Center>
  );
}
