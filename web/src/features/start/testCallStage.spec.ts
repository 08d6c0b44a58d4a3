import { expect, test } from 'vitest';
import { type TestCallStage, testCallStage } from './testCallStage';

type Signs = Parameters<typeof testCallStage>[0];

const nothing: Signs = { phase: 'idle', state: undefined, seen: false, answered: false };
const answered: Signs = { phase: 'called', state: 'talking', seen: true, answered: true };

test.each<[string, TestCallStage, Signs]>([
  ['nothing was called', 'idle', nothing],
  ['the call is being made', 'calling', { ...nothing, phase: 'calling' }],
  ['the live view does not know it yet', 'running', { ...nothing, phase: 'called' }],
  ['it waits in the queue', 'running', { ...nothing, phase: 'called', state: 'waiting', seen: true }],
  ['agent and caller talk', 'running', answered],
  ['the caller has hung up and the server not noticed', 'idle', { ...answered, phase: 'idle' }],
  ['the agent files it', 'filing', { ...answered, state: 'after_contact_work' }],
  [
    'the agent files it after the caller hung up',
    'filing',
    { ...answered, phase: 'idle', state: 'after_contact_work' },
  ],
  ['it is filed', 'filed', { ...answered, state: undefined }],
  ['the caller gave up', 'unanswered', { phase: 'idle', state: undefined, seen: true, answered: false }],
])('%s: %s', (_, stage, signs) => {
  expect(testCallStage(signs)).toBe(stage);
});
