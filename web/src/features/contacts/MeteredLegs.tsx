import { Stack, Table, Text } from '@mantine/core';
import type { Contact } from '@/api/model';
import { clockTenths, count, words } from '@/components/format';
import { meterName } from '@/components/meters';

/** The legs with their connected time, and what the meters made of them. */
export function MeteredLegs({ contact }: { contact: Contact }) {
  const { legs, usage } = contact;
  const kindOf = new Map(legs.map((leg) => [leg.id, words(leg.kind)]));
  return (
    <Stack gap="sm">
      <Table verticalSpacing={6} horizontalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Leg</Table.Th>
            <Table.Th scope="col" ta="right">
              Connected
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {legs.map((leg) => (
            <Table.Tr key={leg.id}>
              <Table.Td>{words(leg.kind)}</Table.Td>
              <Table.Td ta="right" className="num">
                {clockTenths(leg.connected_ms)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {usage.length === 0 ? (
        <Text size="sm" c="dimmed">
          Metered once the contact is over.
        </Text>
      ) : (
        <Records kindOf={kindOf} usage={usage} />
      )}
      {usage.length > 0 && (
        <Text size="xs" c="dimmed">
          Each record is rounded up to the next second.
          {contact.disconnect_reason?.code === 'system_restarted' &&
            ' Metered to the last checkpoint; the last seconds (at most 10) are not billed.'}
        </Text>
      )}
    </Stack>
  );
}

function Records({ kindOf, usage }: { kindOf: Map<string, string>; usage: Contact['usage'] }) {
  return (
    <Table verticalSpacing={6} horizontalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Meter</Table.Th>
          <Table.Th scope="col">Leg</Table.Th>
          <Table.Th scope="col" ta="right">
            Quantity
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {usage.map((record) => (
          <Table.Tr key={`${record.meter}:${record.leg_id}`}>
            <Table.Td>{meterName(record.meter)}</Table.Td>
            <Table.Td>{record.leg_id ? (kindOf.get(record.leg_id) ?? '–') : '–'}</Table.Td>
            <Table.Td ta="right" className="num">
              {count(record.quantity)} {record.unit}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
