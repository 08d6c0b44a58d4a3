import type { Contact } from '@/api/model';
import { words } from '@/components/format';
import { contactLook } from '@/components/stateLook';

const ENDED: Record<string, string> = {
  busy: 'The number is busy.',
  cancelled: 'The call was taken back.',
  carrier_error: 'The carrier could not place the call.',
  limit_reached: 'Too many calls at the same time: try again in a moment.',
  no_answer: 'Nobody answered.',
  rejected: 'The call was turned down.',
  unassigned_number: 'Nobody has this number.',
};

/** How a call to somebody stands: `dialing` until it is answered or over, then `answered` or `failed`. */
export type CallState = { kind: 'dialing' | 'answered' | 'failed'; sentence: string };

/** How a call stands, for the contact it is; `rings` once whoever is called is being told. */
export function callState(contact: Contact, rings: boolean): CallState {
  if (contact.state === 'dialing') return { kind: 'dialing', sentence: rings ? 'It rings…' : 'Calling…' };
  const isOpen = contact.disconnected_at === null;
  if (isOpen) return { kind: 'answered', sentence: `Answered. ${contactLook(contact.state).word}.` };
  const reason = contact.disconnect_reason?.code ?? '';
  const wasAnswered = contact.legs.some((leg) => leg.kind === 'customer' && leg.connected_ms > 0);
  if (wasAnswered)
    return { kind: 'answered', sentence: `It was answered, and is over: ${words(reason).toLowerCase()}.` };
  return { kind: 'failed', sentence: ENDED[reason] ?? `It came to nothing: ${words(reason).toLowerCase()}.` };
}
