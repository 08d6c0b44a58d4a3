import { expect, test } from 'vitest';
import { eventSentence, eventTitle } from './eventWords';

test.each([
  ['Called +12125550100; the flow Welcome answers.', 'Called +1 212 555 0100; the flow Welcome answers.'],
  ['Called +1917555••63; the flow Welcome answers.', 'Called +1917555••63; the flow Welcome answers.'],
  ["maya's leg starts.", "maya's side of the call starts."],
  ['A leg ended: the customer hung up.', 'A side of the call ended: the customer hung up.'],
  ['The flow reached the block hours.', 'The flow reached its step hours.'],
  ['Offered to maya after 6 s of waiting.', 'Offered to maya after 6 s of waiting.'],
])('%s', (summary, sentence) => {
  expect(eventSentence(summary)).toBe(sentence);
});

test('an event without words of its own is told by its name', () => {
  expect([eventTitle('leg_started'), eventTitle('offer_accepted')]).toEqual(['One side connects', 'Offer accepted']);
});
