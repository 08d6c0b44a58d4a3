import type { Intervals } from '@/api/model';

/** A part of a contact's time; `shownMs` is whole tenths of a second, cut so that all parts add up to the whole. */
export type Part = { name: string; ms: number; shownMs: number; color: string };

/** The six intervals that partition a contact, in the order in which they first come, and their sum. */
export function partition(intervals: Intervals): { parts: Part[]; totalMs: number } {
  const dialing = { name: 'Dialing', ms: intervals.dialing_ms, color: 'var(--mantine-color-orange-3)' };
  const parts = [
    // Nobody is dialled for who calls in.
    ...(dialing.ms > 0 ? [dialing] : []),
    { name: 'Flow', ms: intervals.flow_ms, color: 'var(--mantine-color-gray-5)' },
    { name: 'Wait', ms: intervals.wait_ms, color: 'var(--mantine-color-orange-5)' },
    { name: 'Ring', ms: intervals.ring_ms, color: 'var(--mantine-color-yellow-5)' },
    { name: 'Talk', ms: intervals.talk_ms, color: 'var(--mantine-color-blue-6)' },
    { name: 'Hold', ms: intervals.hold_ms, color: 'var(--mantine-color-grape-5)' },
  ];
  let totalMs = 0;
  const shown = parts.map((part) => {
    const before = tenths(totalMs);
    totalMs += part.ms;
    return { ...part, shownMs: tenths(totalMs) - before };
  });
  return { parts: shown, totalMs };
}

/** Cut to whole tenths of a second. */
function tenths(ms: number): number {
  return Math.floor(ms / 100) * 100;
}
