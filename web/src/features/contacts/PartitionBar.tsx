import { Group, Text } from '@mantine/core';
import type { Intervals } from '@/api/model';
import { clockTenths } from '@/components/format';
import { partition } from './partition';

/** Where a contact's time went: the intervals that make it up, and after-contact work beside them. */
export function PartitionBar({ intervals, isOpen }: { intervals: Intervals; isOpen: boolean }) {
  const { parts, totalMs } = partition(intervals);
  return (
    <div>
      <Group justify="space-between" mb={8}>
        <Text fw={600} size="sm">
          {clockTenths(totalMs)} {isOpen ? 'so far' : 'from the call’s beginning to hang-up'}
        </Text>
        <Text size="sm" c="dimmed" className="num">
          After-contact work {clockTenths(intervals.acw_ms)}
        </Text>
      </Group>
      <div className="partition" aria-hidden>
        {parts
          .filter((part) => part.ms > 0)
          .map((part) => (
            <span key={part.name} style={{ flexGrow: part.ms, background: part.color }} />
          ))}
      </div>
      <Group gap="lg" mt={8} component="ul" style={{ listStyle: 'none', padding: 0, marginBottom: 0 }}>
        {parts.map((part) => (
          <Group key={part.name} gap={6} component="li">
            <span style={{ width: 10, height: 10, borderRadius: 3, background: part.color }} aria-hidden />
            <Text size="sm" className="num">
              {part.name} {clockTenths(part.shownMs)}
            </Text>
          </Group>
        ))}
      </Group>
    </div>
  );
}
