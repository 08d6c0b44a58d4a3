import { expect, test } from 'vitest';
import { ending, isAbandoned } from './ending';

const support = { id: 'que_1', name: 'Support' };
const maya = { id: 'agt_1', name: 'maya' };
const hungUp = { code: 'customer_hung_up', class: 'customer' } as const;

test.each([
  ['a customer who talked', { agent: maya, queue: support, disconnect_reason: hungUp }, 'Customer hung up', false],
  ['one who gave up', { agent: null, queue: support, disconnect_reason: hungUp }, 'Hung up while waiting', true],
  ['one who left the flow', { agent: null, queue: null, disconnect_reason: hungUp }, 'Hung up before the queue', false],
  [
    'one whom the flow sent away',
    { agent: null, queue: null, disconnect_reason: { code: 'flow_ended', class: 'system' } as const },
    'Flow ended',
    false,
  ],
])('the end of %s', (_, contact, said, abandoned) => {
  expect([ending(contact), isAbandoned(contact)]).toEqual([said, abandoned]);
});
