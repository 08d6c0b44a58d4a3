import { Box, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { serverClock } from '@/api/clock';
import type { Usage } from '@/api/model';
import { usageQuery } from '@/api/queries';
import { useZone } from '@/api/useMe';
import { EmptyState } from '@/components/EmptyState';
import { timeOfDay, zoneCity } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { PageHeader } from '@/components/PageHeader';
import { IconDownload, IconUsage } from '@/icons';
import { RangeFields } from './RangeFields';
import { monthAt, type Range, rangeInWords } from './range';
import { UsageTable } from './UsageTable';

type Props = Partial<Range> & { onRange: (range: Range) => void };

/** What was metered in a span of days, and the records behind it as files. */
export function UsagePage({ from, to, onRange }: Props) {
  const zone = useZone() ?? 'UTC';
  const month = monthAt(serverClock.at(Date.now()), zone);
  const range = { from: from ?? month.from, to: to ?? month.to };
  const usage = useQuery(usageQuery(range.from, range.to));
  return (
    <Stack gap="md">
      <PageHeader
        title="Usage"
        note="What your calls used, by the second. A record is never changed; a correction is a new one."
        action={<Export usage={usage.data} test={false} />}
      />
      <RangeFields range={range} zone={zone} onRange={onRange} />
      <Loaded query={usage}>
        {(data) => (
          <Box aria-busy={usage.isPlaceholderData} opacity={usage.isPlaceholderData ? 0.5 : 1}>
            <Stack gap="md">
              <Totals usage={data} countedAt={usage.dataUpdatedAt} />
              {data.test_totals.length > 0 && <TestTotals usage={data} />}
            </Stack>
          </Box>
        )}
      </Loaded>
    </Stack>
  );
}

function Totals({ usage, countedAt }: { usage: Usage; countedAt: number }) {
  const { time_zone: zone, totals } = usage;
  const clock = timeOfDay(new Date(serverClock.at(countedAt)).toISOString(), zone);
  return (
    <Section
      title={rangeInWords(usage)}
      note={
        <>
          Both days included, in {zoneCity(zone)} time; counted at {clock}. A record counts on the day it ended, so what
          is still open comes later. The customer’s side of a call and the agent’s are a record each; the export has its
          times in UTC.
        </>
      }
    >
      {totals.length === 0 ? (
        <EmptyState icon={IconUsage} title="Nothing was metered in these days">
          Each meter will be here with its total once a customer's contact has ended.
        </EmptyState>
      ) : (
        <UsageTable caption="Usage" totals={totals} />
      )}
    </Section>
  );
}

function TestTotals({ usage }: { usage: Usage }) {
  return (
    <Section
      title="Test usage"
      note="Test calls and simulated callers are metered alike, and never count to the totals above."
      action={<Export usage={usage} test />}
    >
      <UsageTable caption="Test usage" totals={usage.test_totals} />
    </Section>
  );
}

type SectionProps = { title: string; note: ReactNode; action?: ReactNode; children: ReactNode };

function Section({ title, note, action, children }: SectionProps) {
  return (
    <Card padding={0} component="section" aria-label={title}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" px="md" py="sm">
        <div>
          <Title order={2} size="h5">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {note}
          </Text>
        </div>
        {action}
      </Group>
      {children}
    </Card>
  );
}

/** The records behind the totals that are shown, as a file: the days and the kind of calls are the same. */
function Export({ usage, test }: { usage: Usage | undefined; test: boolean }) {
  const query = new URLSearchParams({ test: String(test), from: usage?.from ?? '', to: usage?.to ?? '' });
  return (
    <Button
      component="a"
      href={usage && `/api/v1/usage.csv?${query}`}
      download
      variant="default"
      size={test ? 'compact-sm' : 'sm'}
      disabled={!usage}
      style={{ flexShrink: 0 }}
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      {test ? 'Export test records' : 'Export CSV'}
    </Button>
  );
}
