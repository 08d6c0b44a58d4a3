import type { LiveAgent, LiveQueue } from '@/api/model';

/** What the queues and agents come to. */
export type Summary = {
  waitingCount: number;
  oldest: { since: string; queue: string } | null;
  onContactCount: number;
  acwCount: number;
  availableCount: number;
  signedInCount: number;
  answeredCount: number;
  abandonedCount: number;
  /** The share answered within the queue's threshold, of those answered or abandoned today; null before the first. */
  serviceLevel: number | null;
};

/** The share of a queue's contacts today that were answered in time; null before the first. */
export function serviceLevel(today: LiveQueue['today']): number | null {
  const ended = today.answered_count + today.abandoned_count;
  return ended === 0 ? null : today.answered_in_threshold_count / ended;
}

/** Sums up the live view. An agent serves several queues, so agents are counted as agents, never summed over queues. */
export function summarize(queues: LiveQueue[], agents: LiveAgent[]): Summary {
  const sum = (pick: (queue: LiveQueue) => number) => queues.reduce((total, queue) => total + pick(queue), 0);
  const oldest = queues
    .flatMap(({ queue, oldest_waiting_since: since }) => (since ? [{ since, queue: queue.name }] : []))
    .sort((one, other) => Date.parse(one.since) - Date.parse(other.since))[0];
  const active = (activity: LiveAgent['activity']) => agents.filter((agent) => agent.activity === activity).length;
  const answeredCount = sum((queue) => queue.today.answered_count);
  const abandonedCount = sum((queue) => queue.today.abandoned_count);
  return {
    waitingCount: sum((queue) => queue.waiting_count),
    oldest: oldest ?? null,
    onContactCount: agents.length > 0 ? active('on_contact') : sum((queue) => queue.on_contact_count),
    acwCount: agents.length > 0 ? active('after_contact_work') : sum((queue) => queue.acw_count),
    availableCount:
      agents.length > 0
        ? agents.filter((agent) => agent.status.kind === 'available' && agent.activity === 'idle').length
        : Math.max(0, ...queues.map((queue) => queue.available_count)),
    signedInCount: agents.filter((agent) => agent.status.kind !== 'offline').length,
    answeredCount,
    abandonedCount,
    serviceLevel: serviceLevel({
      contact_count: 0,
      answered_count: answeredCount,
      abandoned_count: abandonedCount,
      answered_in_threshold_count: sum((queue) => queue.today.answered_in_threshold_count),
    }),
  };
}
