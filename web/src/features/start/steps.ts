/** Where the wizard is. */
export type Step = 1 | 2 | 3 | 4 | 'done';

/** What each step takes a newcomer, in seconds. */
const BUDGET_S = [15, 20, 30, 45];

/** The step an address names; the first for anything else. */
export function stepOf(value: unknown): Step {
  if (value === 'done') return 'done';
  const number = Number(value);
  return number === 2 || number === 3 || number === 4 ? number : 1;
}

/** What is left to do from this step on, in seconds. */
export function secondsLeft(step: Step): number {
  return step === 'done' ? 0 : BUDGET_S.slice(step - 1).reduce((sum, seconds) => sum + seconds, 0);
}
