import { expect, test } from 'vitest';
import type { Agent } from '@/api/model';
import type { LinePhase } from './phone';
import { phoneLook } from './phoneLook';

const kinds = { available: 'Available', break: 'Lunch', offline: 'Offline' } as const;

function agent(kind: keyof typeof kinds, activity: Agent['activity']): Agent {
  return {
    id: 'agt_1',
    name: 'maya',
    status: { id: 'sta_1', name: kinds[kind], kind },
    next_status: null,
    activity,
    since: '2026-11-23T09:00:00.000Z',
    offer: null,
    contact: null,
    line: null,
    server_time: '2026-11-23T09:00:00.000Z',
  };
}

test.each<[Agent | null, LinePhase, string]>([
  [null, 'closed', 'Offline'],
  [agent('offline', 'idle'), 'closed', 'Offline'],
  // The line opens before the status is Available, and a fault of it is told beside the status.
  [agent('offline', 'idle'), 'opening', 'Offline'],
  [agent('offline', 'idle'), 'failed', 'Offline'],
  [agent('available', 'idle'), 'open', 'Available'],
  [agent('available', 'idle'), 'closed', 'Available'],
  [agent('available', 'faulted'), 'opening', 'Connecting phone'],
  [agent('available', 'faulted'), 'open', 'Connecting phone'],
  [agent('available', 'faulted'), 'closed', 'Line fault'],
  [agent('available', 'faulted'), 'failed', 'No audio'],
  [agent('available', 'reserved'), 'opening', 'Incoming'],
  [agent('available', 'missed'), 'open', 'Missed'],
  [agent('break', 'idle'), 'closed', 'Lunch'],
])('%#: the head never says ready without a line', (state, line, word) => {
  expect(phoneLook(state, line).word).toBe(word);
});
