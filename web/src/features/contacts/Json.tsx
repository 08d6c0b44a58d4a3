import { Button, Card, Code, CopyButton, Group, Title } from '@mantine/core';
import { IconCheck, IconCopy } from '@/icons';

/** A value as the API gives it. */
export function Json({ title, value }: { title: string; value: unknown }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <Card component="section" aria-label={title}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">
          {title}
        </Title>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block tabIndex={0} fz={12} mah={520} style={{ overflow: 'auto' }}>
        {text}
      </Code>
    </Card>
  );
}
