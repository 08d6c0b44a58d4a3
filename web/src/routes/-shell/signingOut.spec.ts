import { expect, test } from 'vitest';
import type { Agent, AgentContact } from '@/api/model';
import { signingOutEnds, type Work, workOf } from './signingOut';

const idle = { offer: null, contact: null } as Agent;
const offer = { id: 'off_1' } as Work;
const contact = (disconnected_at: string | null) => ({ disconnected_at }) as AgentContact;

test.each<[string, Agent | null | undefined, Work | null]>([
  ['nobody who takes contacts', null, null],
  ['an agent without a contact', idle, null],
  ['an agent whose phone rings', { ...idle, offer } as Agent, offer],
  ['an agent on a contact', { ...idle, contact: contact(null) }, contact(null)],
])('the work of %s', (_, agent, work) => {
  expect(workOf(agent)).toEqual(work);
});

test.each<[string, Work, RegExp]>([
  ['an offer', offer, /goes back to its queue/],
  ['a call', contact(null), /hears music for 30 s, .* head of the queue/],
  ['after-contact work', contact('2026-11-23T09:00:00.000Z'), /without a disposition/],
])('signing out says what becomes of %s', (_, work, said) => {
  expect(signingOutEnds(work, 30)).toMatch(said);
});
