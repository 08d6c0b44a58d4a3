import { Button, Card, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { PhoneNumber } from '@/api/model';
import { phoneNumbersQuery } from '@/api/queries';
import { useZone } from '@/api/useMe';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { FictitiousNote } from '@/components/FictitiousNote';
import { countryName, dateTime, phoneNumber } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { PageHeader } from '@/components/PageHeader';
import { ReleaseNumber } from '@/components/ReleaseNumber';
import { IconNumber, IconPlus } from '@/icons';
import { ClaimNumber } from './ClaimNumber';

/** The numbers that customers call. */
export function NumbersPage() {
  const numbers = useQuery(phoneNumbersQuery);
  const [claiming, claim] = useDisclosure(false);
  const [releasing, setReleasing] = useState<PhoneNumber | null>(null);
  const zone = useZone();
  const columns = useMemo(() => columnsFor(zone, setReleasing), [zone]);
  const claimButton = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={claim.open}>
      Claim a number
    </Button>
  );
  return (
    <Stack gap="md">
      <PageHeader title="Phone numbers" note="What customers call, and the flow that answers." action={claimButton} />
      <Card padding={0}>
        <Loaded query={numbers}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState icon={IconNumber} title="No phone number yet">
                Claim one, and callers of it reach your first flow at once.
              </EmptyState>
            ) : (
              <DataTable caption="Phone numbers" rows={items} columns={columns} rowId={(row) => row.id} />
            )
          }
        </Loaded>
      </Card>
      <Modal
        opened={claiming}
        onClose={claim.close}
        title="Claim a number"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <ClaimNumber onClaimed={claim.close} />
      </Modal>
      <ReleaseNumber number={releasing} onClose={() => setReleasing(null)} />
    </Stack>
  );
}

function columnsFor(zone: string | undefined, onRelease: (number: PhoneNumber) => void): Column<PhoneNumber>[] {
  return [
    {
      id: 'e164',
      header: 'Number',
      value: (row) => row.e164,
      cell: (row) => (
        <>
          <Text size="sm" fw={600} className="num">
            {phoneNumber(row.e164)}
          </Text>
          {row.fictitious && <FictitiousNote />}
        </>
      ),
    },
    { id: 'country', header: 'Country', value: (row) => row.country, cell: (row) => countryName(row.country) },
    { id: 'flow', header: 'Flow', value: (row) => row.flow?.name ?? '', cell: (row) => row.flow?.name ?? '–' },
    {
      id: 'claimed',
      header: 'Claimed',
      value: (row) => row.claimed_at,
      cell: (row) => <span className="num">{dateTime(row.claimed_at, zone)}</span>,
    },
    {
      id: 'release',
      header: 'Release',
      headerHidden: true,
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Release ${phoneNumber(row.e164)}`}
          onClick={() => onRelease(row)}
        >
          Release
        </Button>
      ),
    },
  ];
}
