import { expect, test } from 'vitest';
import { eventSentence, eventTitle } from './eventWords';

test.each([
  ['To +12125550100; from +13125550199.', 'To +1 212 555 0100; from +1 312 555 0199.'],
  ['To +1917555••63.', 'To +1917555••63.'],
  ['After 6 s.', 'After 6 s.'],
])('%s', (summary, sentence) => {
  expect(eventSentence(summary)).toBe(sentence);
});

test('an event without words of its own is told by its name', () => {
  expect([eventTitle('leg_started'), eventTitle('offer_accepted')]).toEqual(['One side connects', 'Offer accepted']);
});
