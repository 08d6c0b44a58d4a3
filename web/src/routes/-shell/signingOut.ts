import type { Agent, AgentContact, Offer } from '@/api/model';
import { inWords } from '@/components/format';

/** What an agent has in hand: a contact that rings, one they talk to, or the work after it. */
export type Work = Offer | AgentContact;

/** The work of an agent; null where there is none, and for somebody who takes no contacts. */
export function workOf(agent: Agent | null | undefined): Work | null {
  return agent?.offer ?? agent?.contact ?? null;
}

/** What signing out now does to the work in hand, in sentences. */
export function signingOutEnds(work: Work, reattachTimeoutS: number): string {
  if (!('disconnected_at' in work)) return 'The contact that rings goes back to its queue and waits for somebody else.';
  if (work.disconnected_at !== null) {
    return 'Your after-contact work ends by itself, without a disposition and without notes that are not saved.';
  }
  return (
    `The customer hears music for ${inWords(reattachTimeoutS * 1000)}, then waits at the head of the queue again, unless ` +
    'you are back before that. Notes that are not saved are lost.'
  );
}
