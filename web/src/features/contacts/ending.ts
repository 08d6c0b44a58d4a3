import type { ContactSummary } from '@/api/model';
import { words } from '@/components/format';

type Ended = Pick<ContactSummary, 'agent' | 'queue' | 'disconnect_reason'>;

/** Whether the customer gave up in a queue, before an agent was there. */
export function isAbandoned({ agent, queue, disconnect_reason: reason }: Ended): boolean {
  return reason?.code === 'customer_hung_up' && agent === null && queue !== null;
}

/** Why a contact ended, in words; that nobody talked to the customer is said with it. */
export function ending(contact: Ended): string {
  const reason = contact.disconnect_reason;
  if (!reason) return 'Completed';
  if (reason.code !== 'customer_hung_up' || contact.agent !== null) return words(reason.code);
  return isAbandoned(contact) ? 'Hung up while waiting' : 'Hung up before the queue';
}
