import { Badge } from '@mantine/core';
import type { Look } from './stateLook';

/** A state by colour, icon and word. */
export function StateBadge({ look }: { look: Look }) {
  return (
    <Badge variant="light" color={look.color} tt="none" leftSection={<look.icon size={12} aria-hidden />}>
      {look.word}
    </Badge>
  );
}

/** Marks what does not count as a customer's contact: test calls and simulated callers. */
export function TestBadge() {
  return (
    <Badge variant="outline" color="gray" tt="none" size="sm" style={{ flexShrink: 0 }}>
      Test
    </Badge>
  );
}
