import { Text } from '@mantine/core';
import type { LiveAgent } from '@/api/model';
import { type Column, DataTable } from '@/components/DataTable';
import { Elapsed } from '@/components/Elapsed';
import { EmptyState } from '@/components/EmptyState';
import { StateBadge } from '@/components/StateBadge';
import { agentLook } from '@/components/stateLook';
import { IconUsers } from '@/icons';

const columns: Column<LiveAgent>[] = [
  {
    id: 'name',
    header: 'Agent',
    value: (row) => row.agent.name,
    cell: (row) => (
      <Text size="sm" fw={500}>
        {row.agent.name}
      </Text>
    ),
  },
  {
    id: 'doing',
    header: 'Doing',
    value: (row) => agentLook(row.status, row.activity).word,
    cell: (row) => <StateBadge look={agentLook(row.status, row.activity)} />,
  },
  { id: 'since', header: 'For', numeric: true, cell: (row) => <Elapsed since={row.since} /> },
  { id: 'queue', header: 'Queue', value: (row) => row.queue?.name ?? '', cell: (row) => row.queue?.name ?? '–' },
];

/** The agents with what they are doing and for how long. */
export function AgentsTable({ agents }: { agents: LiveAgent[] }) {
  if (agents.length === 0) {
    return (
      <EmptyState icon={IconUsers} title="No agents">
        Everybody who takes contacts is listed here.
      </EmptyState>
    );
  }
  return (
    <DataTable caption="Agents now" rows={agents} columns={columns} rowId={(row) => row.agent.id} minWidth={480} />
  );
}
