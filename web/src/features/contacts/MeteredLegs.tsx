import { Stack, Table, Text } from '@mantine/core';
import type { Contact } from '@/api/model';
import { clock, count, words } from '@/components/format';
import { meterName } from '@/components/meters';

/** The legs with their connected time, and what the meters made of them. */
export function MeteredLegs({ legs, usage }: { legs: Contact['legs']; usage: Contact['usage'] }) {
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
                {clock(leg.connected_ms)}
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
      )}
    </Stack>
  );
}
