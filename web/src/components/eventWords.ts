import { phoneNumber, words } from './format';

/** What an owner reads in place of an event's name, where the name is one of telephony. */
const TITLES: Record<string, string> = {
  agent_detached: 'Agent’s sound lost',
  agent_reattached: 'Agent’s sound is back',
  block_entered: 'Next step of the flow',
  dequeued: 'Left the queue',
  enqueued: 'Entered the queue',
  initiated: 'Call began',
  leg_connected: 'Sound connected',
  leg_ended: 'One side ended',
  leg_ringing: 'It rings',
  leg_started: 'One side connects',
};

/** The title of an event by its type. */
export function eventTitle(type: string): string {
  return TITLES[type] ?? words(type);
}

/** The sentence of an event with the digits of its phone numbers in groups. */
export function eventSentence(summary: string): string {
  return summary.replace(/\+\d{7,15}(?![\d•])/g, (e164) => phoneNumber(e164));
}
