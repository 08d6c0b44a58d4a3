import { expect, test } from 'vitest';
import type { Agent } from '@/api/model';
import { signingOutEnds } from './signingOut';

const idle = { offer: null, contact: null } as Agent;
const offered = { ...idle, offer: { id: 'off_1' } } as Agent;
const withContact = (over: Partial<NonNullable<Agent['contact']>>) => ({ ...idle, contact: over }) as Agent;

test.each<[string, Agent | null | undefined, RegExp | null]>([
  ['nobody who takes contacts', null, null],
  ['an agent without a contact', idle, null],
  ['an offer', offered, /goes back to its queue/],
  ['a call', withContact({ disconnected_at: null }), /hears music for 30 s, .* head of the queue/],
  ['after-contact work', withContact({ disconnected_at: '2026-11-23T09:00:00.000Z' }), /without a disposition/],
])('signing out says what becomes of %s', (_, agent, said) => {
  const ends = signingOutEnds(agent, 30);
  if (said) expect(ends).toMatch(said);
  else expect(ends).toBeNull();
});
