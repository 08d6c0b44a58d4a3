import type { ContactEvent } from './model';

/** When an event happened: an end that was found after a crash is older than its place in the log. */
export function happenedAt({ at, data }: Pick<ContactEvent, 'at' | 'data'>): string {
  const endedAtMs = (data as { event?: { ended_at?: unknown } }).event?.ended_at;
  return typeof endedAtMs === 'number' ? new Date(endedAtMs).toISOString() : at;
}
