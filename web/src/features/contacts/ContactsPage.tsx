import { Button, Card, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { ContactSummary } from '@/api/model';
import { contactsQuery } from '@/api/queries';
import { useIsAdmin, useZone } from '@/api/useMe';
import { type Column, DataTable } from '@/components/DataTable';
import { DirectionIcon } from '@/components/DirectionIcon';
import { EmptyState } from '@/components/EmptyState';
import { clock, count, customerName, day, timeOfDay, zoneCity } from '@/components/format';
import { Failed, Loading } from '@/components/Loaded';
import { PageHeader } from '@/components/PageHeader';
import { StateBadge, TestBadge } from '@/components/StateBadge';
import { abandonedLook, contactLook } from '@/components/stateLook';
import { IconContacts, IconOutgoing } from '@/icons';
import { PageButton, PageLink } from '@/links';
import { CallNumber } from './CallNumber';
import { ending, isAbandoned } from './ending';

/** Every contact, newest first. */
export function ContactsPage() {
  const isAdmin = useIsAdmin();
  const contacts = useInfiniteQuery(contactsQuery);
  const zone = useZone();
  const columns = useMemo(() => columnsIn(zone), [zone]);
  const rows = contacts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="md">
      <PageHeader
        title="Contacts"
        note={`Every contact with its record, newest first, in ${zoneCity(zone ?? 'UTC')} time.`}
        action={isAdmin && <CallButton />}
      />
      <Card padding={0}>
        {contacts.isPending && <Loading />}
        {contacts.isError && <Failed error={contacts.error} onRetry={() => void contacts.refetch()} />}
        {contacts.isSuccess && rows.length === 0 && (
          <EmptyState
            icon={IconContacts}
            title="No contacts yet"
            action={
              isAdmin && (
                <PageButton to="/start" search={{ step: 4 }} variant="default" size="sm">
                  Make a test call
                </PageButton>
              )
            }
          >
            Each contact will be here with who talked to whom, every second metered, and why it was routed as it was.
          </EmptyState>
        )}
        {rows.length > 0 && (
          <DataTable caption="Contacts" rows={rows} columns={columns} rowId={(row) => row.id} minWidth={620} dense />
        )}
      </Card>
      {contacts.hasNextPage && (
        <Group justify="center">
          <Text size="sm" c="dimmed" role="status">
            The newest {count(rows.length)} are here; columns sort among these.
          </Text>
          <Button variant="default" loading={contacts.isFetchingNextPage} onClick={() => void contacts.fetchNextPage()}>
            Show older
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function CallButton() {
  const [calling, call] = useDisclosure(false);
  // Each opening begins anew: a call that goes on is in the list.
  const [time, setTime] = useState(0);
  const open = () => {
    setTime((before) => before + 1);
    call.open();
  };
  return (
    <>
      <Button leftSection={<IconOutgoing size={16} aria-hidden />} onClick={open}>
        Call a number
      </Button>
      <CallNumber key={time} opened={calling} onClose={call.close} />
    </>
  );
}

function columnsIn(zone: string | undefined): Column<ContactSummary>[] {
  return [
    {
      id: 'at',
      header: 'Began',
      value: (row) => row.initiated_at,
      cell: (row) => (
        <PageLink to="/contacts/$id" params={{ id: row.id }} size="sm" className="num row-link">
          <span style={{ whiteSpace: 'nowrap' }}>{day(row.initiated_at, zone)},</span>{' '}
          <span style={{ whiteSpace: 'nowrap' }}>{timeOfDay(row.initiated_at, zone)}</span>
        </PageLink>
      ),
    },
    {
      id: 'customer',
      header: 'Customer',
      value: customerName,
      cell: (row) => (
        <Group gap="xs" wrap="nowrap" className="num">
          <DirectionIcon direction={row.direction} />
          <span style={{ whiteSpace: 'nowrap' }}>{customerName(row)}</span>
          {row.test && <TestBadge />}
        </Group>
      ),
    },
    { id: 'disposition', header: 'Disposition', cell: (row) => <Filed contact={row} /> },
    { id: 'queue', header: 'Queue', value: (row) => row.queue?.name ?? '', cell: (row) => row.queue?.name ?? '–' },
    { id: 'agent', header: 'Agent', value: (row) => row.agent?.name ?? '', cell: (row) => row.agent?.name ?? '–' },
    {
      id: 'duration',
      header: 'Duration',
      numeric: true,
      value: (row) => row.duration_ms ?? -1,
      cell: (row) => (row.duration_ms === null ? '–' : clock(row.duration_ms)),
    },
  ];
}

/** How a contact was filed and why it ended; of an open one, its state. */
function Filed({ contact }: { contact: ContactSummary }) {
  if (contact.state !== 'completed') return <StateBadge look={contactLook(contact.state)} />;
  if (isAbandoned(contact)) return <StateBadge look={abandonedLook} />;
  return (
    <Text size="sm">
      {contact.disposition?.name ?? '–'}
      <Text span size="xs" c="dimmed">
        {' '}
        · {ending(contact)}
      </Text>
    </Text>
  );
}
