import type { Agent, AgentStatus } from '@/api/model';

/** What the agent is doing, as the phone shows it; read off the server's word and nothing else. */
export type Work =
  | 'offline'
  | 'away'
  | 'available'
  | 'incoming'
  | 'connecting'
  | 'talking'
  | 'acw'
  | 'missed'
  | 'unreachable'
  | 'faulted';

/** Why there is no audio. */
export type Fault =
  | 'insecure'
  | 'mic_denied'
  | 'mic_missing'
  | 'mic_lost'
  | 'media_failed'
  | 'line_refused'
  | 'server_gone';

/** A wish of the agent, as it goes to the server. */
export type PhoneRequest =
  | { kind: 'status'; statusId: string; next: boolean }
  | { kind: 'accept'; offerId: string }
  | { kind: 'decline'; offerId: string }
  | { kind: 'end'; contactId: string }
  | { kind: 'complete'; contactId: string; dispositionId: string | null; notes: string | null }
  | { kind: 'extend_acw'; contactId: string };

export type PhoneContext = {
  agent: Agent | null;
  muted: boolean;
  lineOpen: boolean;
  /** The line that was opened here last. */
  lineId: string | null;
  /** Whether the phone is in this tab. */
  mine: boolean;
  /** Whether the next line takes the phone away from another browser: only where the agent asked for it here. */
  takesOver: boolean;
  fault: Fault | null;
  /** The status that waits for the line. */
  wanted: AgentStatus | null;
  /** The completion that waits for the request before it. */
  completion: PhoneRequest | null;
  /** The offer that was declined here, until another one comes; the server's word for that is `missed`, too. */
  declinedOfferId: string | null;
  /** Why the last request failed, in a sentence. */
  refusal: string | null;
};

/** Where the line is. */
export type LinePhase = 'closed' | 'opening' | 'open' | 'failed';

/** In capitals what the agent asks for, in small letters what happened. */
export type PhoneEvent =
  | { type: 'server.agent'; agent: Agent }
  | { type: 'request.done' }
  | { type: 'request.failed'; sentence: string }
  | { type: 'line.opened'; lineId: string }
  | { type: 'line.lost' }
  | { type: 'line.failed'; fault: Fault }
  | { type: 'line.elsewhere' }
  | { type: 'owner.changed'; mine: boolean }
  | { type: 'GO'; status: AgentStatus }
  | { type: 'TAKE_PHONE' }
  | { type: 'ACCEPT' }
  | { type: 'DECLINE' }
  | { type: 'END' }
  | { type: 'COMPLETE'; dispositionId: string | null; notes: string | null }
  | { type: 'EXTEND_ACW' }
  | { type: 'MUTE' }
  | { type: 'RETRY_LINE' }
  | { type: 'DISMISS' };

/** What goes out of the microphone: nothing at all, silence in its place, or what it hears. */
export type MicrophoneUse = 'idle' | 'muted' | 'live';

/** What the machine wants done; whoever runs it carries it out. */
export type PhoneEffect =
  | { type: 'send'; request: PhoneRequest }
  | { type: 'openLine'; takeOver: boolean }
  | { type: 'closeLine'; tellServer: boolean }
  | { type: 'setMicrophone'; use: MicrophoneUse }
  | { type: 'takePhone' };

/** Reads the work off an agent's state. */
export function workOf(agent: Agent): Work {
  switch (agent.activity) {
    case 'reserved':
      return 'incoming';
    case 'connecting':
      return 'connecting';
    case 'on_contact':
      return 'talking';
    case 'after_contact_work':
      return 'acw';
    case 'missed':
    case 'unreachable':
    case 'faulted':
      return agent.activity;
    default:
      return agent.status.kind === 'break' ? 'away' : agent.status.kind;
  }
}

/** Whether this agent must have a line: to be offered contacts, or because a contact is on it. */
export function needsLine(agent: Agent | null): boolean {
  if (!agent) return false;
  return agent.status.kind === 'available' || hasLiveContact(agent);
}

/** Whether the server holds another line than this one, or none, for an agent who must have one. */
export function lacksLine(agent: Agent, lineId: string | null): boolean {
  return needsLine(agent) && agent.line?.id !== lineId;
}

/** Whether somebody may be talking to the agent. */
export function hasLiveContact(agent: Agent | null): boolean {
  return agent?.contact != null && agent.contact.disconnected_at === null;
}

/** What may leave the microphone: nothing without a contact, however long the line stands. */
export function microphoneUse({ agent, muted }: PhoneContext): MicrophoneUse {
  if (!hasLiveContact(agent)) return 'idle';
  return muted ? 'muted' : 'live';
}

/** The request an event stands for, null when there is nothing it could be about. */
export function requestFor(context: PhoneContext, event: PhoneEvent): PhoneRequest | null {
  const { offer, contact } = context.agent ?? { offer: null, contact: null };
  const inAcw = context.agent?.activity === 'after_contact_work';
  switch (event.type) {
    case 'GO':
      return { kind: 'status', statusId: event.status.id, next: offer !== null || contact !== null };
    case 'line.opened':
      return (
        context.wanted && { kind: 'status', statusId: context.wanted.id, next: offer !== null || contact !== null }
      );
    case 'ACCEPT':
      return context.mine && offer ? { kind: 'accept', offerId: offer.id } : null;
    case 'DECLINE':
      return context.mine && offer ? { kind: 'decline', offerId: offer.id } : null;
    case 'END':
      return contact && hasLiveContact(context.agent) ? { kind: 'end', contactId: contact.id } : null;
    case 'COMPLETE': {
      const { dispositionId, notes } = event;
      return contact && inAcw ? { kind: 'complete', contactId: contact.id, dispositionId, notes } : null;
    }
    case 'EXTEND_ACW':
      return contact && inAcw ? { kind: 'extend_acw', contactId: contact.id } : null;
    default:
      return null;
  }
}
