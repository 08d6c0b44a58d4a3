import type { LiveContact } from '@/api/model';

/**
 * How far a test call has come: nothing called, being called, under way, over and to be filed by the agent, gone before
 * anybody answered, or filed.
 */
export type TestCallStage = 'idle' | 'calling' | 'running' | 'filing' | 'unanswered' | 'filed';

type Signs = {
  /** What the caller in this browser does. */
  phase: 'idle' | 'calling' | 'called';
  /** The contact's state in the live view; undefined while it is not there. */
  state: LiveContact['state'] | undefined;
  /** Whether the live view ever had the contact. */
  seen: boolean;
  /** Whether the agent ever had it. */
  answered: boolean;
};

/** Reads the stage off what the caller does and what the live view says. */
export function testCallStage({ phase, state, seen, answered }: Signs): TestCallStage {
  if (phase === 'calling') return 'calling';
  if (seen && state === undefined) return answered ? 'filed' : 'unanswered';
  if (state === 'after_contact_work') return 'filing';
  return phase === 'called' ? 'running' : 'idle';
}
