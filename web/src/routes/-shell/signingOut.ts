import type { Agent } from '@/api/model';
import { inWords } from '@/components/format';

/** What signing out now does to the contact in hand, in sentences; null where there is none. */
export function signingOutEnds(agent: Agent | null | undefined, reattachTimeoutS: number): string | null {
  if (agent?.offer) return 'The contact that rings goes back to its queue and waits for somebody else.';
  if (!agent?.contact) return null;
  if (agent.contact.disconnected_at !== null) {
    return 'Your after-contact work ends by itself, without a disposition and without notes that are not saved.';
  }
  return (
    `The customer hears music for ${inWords(reattachTimeoutS * 1000)}, then waits at the head of the queue again, unless ` +
    'you are back before that. Notes that are not saved are lost.'
  );
}
