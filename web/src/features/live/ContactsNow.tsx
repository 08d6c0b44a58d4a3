import { Group } from '@mantine/core';
import type { LiveContact } from '@/api/model';
import { type Column, DataTable } from '@/components/DataTable';
import { DirectionIcon } from '@/components/DirectionIcon';
import { Elapsed } from '@/components/Elapsed';
import { EmptyState } from '@/components/EmptyState';
import { customerName } from '@/components/format';
import { StateBadge, TestBadge } from '@/components/StateBadge';
import { contactLook } from '@/components/stateLook';
import { IconPhone } from '@/icons';
import { PageLink } from '@/links';

const columns: Column<LiveContact>[] = [
  {
    id: 'customer',
    header: 'Customer',
    value: customerName,
    cell: (row) => (
      <Group gap="xs" wrap="nowrap">
        <DirectionIcon direction={row.direction} />
        <PageLink to="/contacts/$id" params={{ id: row.id }} size="sm" className="num row-link">
          {customerName(row)}
        </PageLink>
        {row.test && <TestBadge />}
      </Group>
    ),
  },
  {
    id: 'state',
    header: 'State',
    value: (row) => contactLook(row.state).word,
    cell: (row) => <StateBadge look={contactLook(row.state)} />,
  },
  { id: 'since', header: 'For', numeric: true, cell: (row) => <Elapsed since={row.since} /> },
  { id: 'queue', header: 'Queue', value: (row) => row.queue?.name ?? '', cell: (row) => row.queue?.name ?? '–' },
  { id: 'agent', header: 'Agent', value: (row) => row.agent?.name ?? '', cell: (row) => row.agent?.name ?? '–' },
  {
    id: 'total',
    header: 'In all',
    numeric: true,
    value: (row) => -Date.parse(row.initiated_at),
    cell: (row) => <Elapsed since={row.initiated_at} />,
  },
];

/** The open contacts. */
export function ContactsNow({ contacts }: { contacts: LiveContact[] }) {
  if (contacts.length === 0) {
    return (
      <EmptyState icon={IconPhone} title="No open contacts">
        A contact is here from its first ring until its after-contact work is done. To see it move, let callers be
        simulated.
      </EmptyState>
    );
  }
  return <DataTable caption="Contacts now" rows={contacts} columns={columns} rowId={(row) => row.id} />;
}
