import { Text } from '@mantine/core';
import type { UsageTotal } from '@/api/model';
import { type Column, DataTable } from '@/components/DataTable';
import { count, exactly } from '@/components/format';
import { meterName } from '@/components/meters';

const columns: Column<UsageTotal>[] = [
  {
    id: 'meter',
    header: 'Metered',
    value: (row) => row.meter,
    cell: (row) => (
      <>
        <Text size="sm" fw={500}>
          {meterName(row.meter)}
        </Text>
        <Text size="xs" c="dimmed" ff="monospace">
          {row.meter}
        </Text>
      </>
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

/** What each meter came to; its name is the one that stands in the export. */
export function UsageTable({ caption, totals }: { caption: string; totals: UsageTotal[] }) {
  return <DataTable caption={caption} rows={totals} columns={columns} rowId={(row) => row.meter} minWidth={480} even />;
}

/** What was metered in its unit, and in words where those say more. */
function Quantity({ total: { quantity, unit } }: { total: UsageTotal }) {
  return (
    <>
      {count(quantity)} {unit}
      {unit === 's' && quantity >= 60 && (
        <Text size="xs" c="dimmed">
          {exactly(quantity * 1000)}
        </Text>
      )}
    </>
  );
}
