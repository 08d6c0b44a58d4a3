import { expect, test } from 'vitest';
import type { Agent } from '@/api/model';
import { takingCalls } from './takingCalls';

const available: Agent['status'] = { id: 'sta_1', name: 'Available', kind: 'available' };
const offline: Agent['status'] = { id: 'sta_2', name: 'Offline', kind: 'offline' };
const idle = { status: available, next_status: null, activity: 'idle', offer: null, contact: null } as const;
const acw = {
  ...idle,
  activity: 'after_contact_work',
  contact: { id: 'cnt_1' } as NonNullable<Agent['contact']>,
} as const;

test.each([
  [idle, /and are available$/],
  [{ ...idle, status: offline }, /press Go available/],
  [{ ...idle, activity: 'missed' as const }, /press Go available/],
  [{ ...idle, activity: 'faulted' as const }, /once your phone is connected/],
  [acw, /available again after this contact/],
  [{ ...acw, next_status: offline }, /after this contact you are Offline/],
])('%#: an agent is told what keeps them from calls', (agent, said) => {
  expect(takingCalls(agent)).toMatch(said);
});
