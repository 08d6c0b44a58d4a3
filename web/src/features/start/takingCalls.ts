import type { Agent } from '@/api/model';

type Taking = Pick<Agent, 'status' | 'next_status' | 'activity' | 'offer' | 'contact'>;

/** Whether the agent takes the calls now or after the contact in hand, and what to do where they do not, in a sentence. */
export function takingCalls({ status, next_status: next, activity, offer, contact }: Taking): string {
  const after = next ?? status;
  if (offer || contact) {
    return after.kind === 'available'
      ? 'You take the calls, and are available again after this contact'
      : `You take the calls; after this contact you are ${after.name}`;
  }
  if (status.kind === 'available' && activity === 'idle') return 'You take the calls, and are available';
  if (activity === 'faulted' || activity === 'unreachable') return 'You take the calls once your phone is connected';
  return 'You take the calls: press Go available on the phone';
}
