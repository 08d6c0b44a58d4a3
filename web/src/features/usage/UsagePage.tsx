import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { UsageTotal } from '@/api/model';
import { usageQuery } from '@/api/queries';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { count, inWords, zoneCity } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { meterName } from '@/components/meters';
import { PageHeader } from '@/components/PageHeader';
import { IconDownload, IconUsage } from '@/icons';

const columns: Column<UsageTotal>[] = [
  {
    id: 'meter',
    header: 'Metered',
    value: (row) => row.meter,
    cell: (row) => (
      <Text size="sm" fw={500}>
        {meterName(row.meter)}
      </Text>
    ),
  },
  {
    id: 'quantity',
    header: 'Quantity',
    numeric: true,
    value: (row) => row.quantity,
    cell: (row) => <Quantity total={row} />,
  },
  {
    id: 'records',
    header: 'Records',
    numeric: true,
    value: (row) => row.record_count,
    cell: (row) => count(row.record_count),
  },
];

type Range = { from?: string; to?: string };
type Props = Range & { onRange: (range: Range) => void };

/** What was metered in a span of days, and the records behind it as a file. */
export function UsagePage({ from, to, onRange }: Props) {
  const usage = useQuery(usageQuery(from, to));
  return (
    <Stack gap="md">
      <PageHeader
        title="Usage"
        note="What your calls used, by the second. A record is never changed; a correction is a new one."
        action={
          <Button
            component="a"
            href={csvHref(usage.data?.from ?? from, usage.data?.to ?? to)}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Export CSV
          </Button>
        }
      />
      <Loaded query={usage}>
        {(data) => (
          <>
            <Group align="flex-end">
              <TextInput
                type="date"
                label="From"
                value={data.from}
                max={data.to}
                onChange={(event) =>
                  event.currentTarget.value && onRange({ from: event.currentTarget.value, to: data.to })
                }
              />
              <TextInput
                type="date"
                label="To"
                value={data.to}
                min={data.from}
                onChange={(event) =>
                  event.currentTarget.value && onRange({ from: data.from, to: event.currentTarget.value })
                }
              />
              <Text size="sm" c="dimmed" pb={8}>
                Both days included, in {zoneCity(data.time_zone)} time
              </Text>
            </Group>
            <Totals totals={data.totals} />
            {data.test_totals.length > 0 && <TestTotals totals={data.test_totals} />}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function Totals({ totals }: { totals: UsageTotal[] }) {
  return (
    <Card padding={0}>
      {totals.length === 0 ? (
        <EmptyState icon={IconUsage} title="Nothing was metered in these days">
          Each meter will be here with its total once a customer's contact has ended.
        </EmptyState>
      ) : (
        <DataTable caption="Usage" rows={totals} columns={columns} rowId={(row) => row.meter} minWidth={480} even />
      )}
    </Card>
  );
}

function TestTotals({ totals }: { totals: UsageTotal[] }) {
  return (
    <Card padding={0} component="section" aria-label="Test usage">
      <Title order={2} size="h5" px="md" pt="sm">
        Test usage
      </Title>
      <Text size="sm" c="dimmed" px="md">
        Test calls and simulated callers are metered alike, and never count to the totals above.
      </Text>
      <DataTable caption="Test usage" rows={totals} columns={columns} rowId={(row) => row.meter} minWidth={480} even />
    </Card>
  );
}

/** What was metered in its unit, and in words where those say more. */
function Quantity({ total: { quantity, unit } }: { total: UsageTotal }) {
  return (
    <>
      {count(quantity)} {unit}
      {unit === 's' && quantity >= 60 && (
        <Text size="xs" c="dimmed">
          {inWords(quantity * 1000)}
        </Text>
      )}
    </>
  );
}

function csvHref(from: string | undefined, to: string | undefined): string {
  // As the totals: tests are never billed.
  const query = new URLSearchParams({ test: 'false' });
  if (from) query.set('from', from);
  if (to) query.set('to', to);
  return `/api/v1/usage.csv?${query}`;
}
