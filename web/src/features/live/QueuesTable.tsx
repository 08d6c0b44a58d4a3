import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useServerNow } from '@/api/clock';
import type { LiveQueue } from '@/api/model';
import { type Column, DataTable } from '@/components/DataTable';
import { clock } from '@/components/format';
import { IconAlert } from '@/icons';
import { serviceLevel } from './summary';

const columns: Column<LiveQueue>[] = [
  {
    id: 'name',
    header: 'Queue',
    value: (row) => row.queue.name,
    cell: (row) => (
      <>
        <Text fw={600} size="sm">
          {row.queue.name}
        </Text>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          goal {row.service_level_threshold_s} s
        </Text>
      </>
    ),
  },
  {
    id: 'waiting',
    header: 'Waiting',
    numeric: true,
    value: (row) => row.waiting_count,
    cell: (row) => row.waiting_count,
  },
  { id: 'oldest', header: 'Oldest', numeric: true, cell: (row) => <Oldest row={row} /> },
  {
    id: 'level',
    header: 'In time',
    numeric: true,
    value: (row) => serviceLevel(row.today) ?? -1,
    cell: (row) => <Level row={row} />,
  },
  {
    id: 'available',
    header: 'Available',
    numeric: true,
    value: (row) => row.available_count,
    cell: (row) => row.available_count,
  },
  {
    id: 'talking',
    header: 'Talking',
    numeric: true,
    value: (row) => row.on_contact_count,
    cell: (row) => row.on_contact_count,
  },
  { id: 'acw', header: 'After contact', numeric: true, value: (row) => row.acw_count, cell: (row) => row.acw_count },
  {
    id: 'today',
    header: 'Today',
    numeric: true,
    value: (row) => row.today.contact_count,
    cell: (row) => row.today.contact_count,
  },
  {
    id: 'abandoned',
    header: 'Abandoned',
    numeric: true,
    value: (row) => row.today.abandoned_count,
    cell: (row) => row.today.abandoned_count,
  },
];

/** The queues with who waits, who works, and how today went. */
export function QueuesTable({ queues }: { queues: LiveQueue[] }) {
  return <DataTable caption="Queues now" rows={queues} columns={columns} rowId={(row) => row.queue.id} dense />;
}

function Oldest({ row }: { row: LiveQueue }) {
  const now = useServerNow();
  if (!row.oldest_waiting_since) return '–';
  const waitedMs = now - Date.parse(row.oldest_waiting_since);
  return <Judged bad={waitedMs > row.service_level_threshold_s * 1000}>{clock(waitedMs)}</Judged>;
}

function Level({ row }: { row: LiveQueue }) {
  const share = serviceLevel(row.today);
  if (share === null) return '–';
  return <Judged bad={share < 0.8}>{Math.round(share * 100)} %</Judged>;
}

function Judged({ bad, children }: { bad: boolean; children: ReactNode }) {
  if (!bad) return children;
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end" c="var(--cc-bad)">
      <IconAlert size={14} role="img" aria-label="Out of target" />
      <b>{children}</b>
    </Group>
  );
}
