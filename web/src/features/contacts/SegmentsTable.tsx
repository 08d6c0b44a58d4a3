import { Table, Text } from '@mantine/core';
import type { Segment } from '@/api/model';
import { Elapsed } from '@/components/Elapsed';
import { clockTenths, words } from '@/components/format';

/** The stays of a contact, one after the other. */
export function SegmentsTable({ segments }: { segments: Segment[] }) {
  if (segments.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        None yet.
      </Text>
    );
  }
  return (
    <Table verticalSpacing={6} horizontalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">#</Table.Th>
          <Table.Th scope="col">Where</Table.Th>
          <Table.Th scope="col" ta="right">
            Time
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {segments.map((segment) => (
          <Table.Tr key={segment.number}>
            <Table.Td className="num">{segment.number}</Table.Td>
            <Table.Td>
              <Text size="sm">
                {words(segment.kind)}
                <Text span c="dimmed" inherit>
                  {' '}
                  {(segment.agent ?? segment.queue ?? segment.flow)?.name}
                </Text>
              </Text>
            </Table.Td>
            <Table.Td ta="right" className="num">
              {segment.ended_at ? (
                clockTenths(Date.parse(segment.ended_at) - Date.parse(segment.started_at))
              ) : (
                <Elapsed since={segment.started_at} />
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
