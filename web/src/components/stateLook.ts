import type { AgentActivity, AgentStatus, ContactState } from '@/api/model';
import {
  IconAcw,
  IconAlert,
  IconAvailable,
  IconBreak,
  IconCheck,
  IconEnd,
  IconFlow,
  IconHeadset,
  IconHold,
  IconIncoming,
  IconOffline,
  IconPhone,
  IconWaiting,
} from '@/icons';

/** How a state is shown: never by colour alone. */
export type Look = { color: string; icon: typeof IconPhone; word: string };

const contactLooks: Record<ContactState, Look> = {
  dialing: { color: 'orange', icon: IconPhone, word: 'Dialing' },
  flow: { color: 'gray', icon: IconFlow, word: 'In the flow' },
  waiting: { color: 'orange', icon: IconWaiting, word: 'Waiting' },
  ringing: { color: 'orange', icon: IconIncoming, word: 'Ringing' },
  talking: { color: 'blue', icon: IconHeadset, word: 'Talking' },
  on_hold: { color: 'yellow', icon: IconHold, word: 'On hold' },
  after_contact_work: { color: 'violet', icon: IconAcw, word: 'After contact' },
  completed: { color: 'gray', icon: IconCheck, word: 'Completed' },
};

const workLooks: Record<Exclude<AgentActivity, 'idle'>, Look> = {
  reserved: { color: 'orange', icon: IconIncoming, word: 'Incoming' },
  connecting: { color: 'blue', icon: IconPhone, word: 'Connecting' },
  on_contact: { color: 'blue', icon: IconHeadset, word: 'Talking' },
  after_contact_work: { color: 'violet', icon: IconAcw, word: 'After contact' },
  missed: { color: 'red', icon: IconAlert, word: 'Missed' },
  unreachable: { color: 'red', icon: IconOffline, word: 'Unreachable' },
  faulted: { color: 'red', icon: IconAlert, word: 'Line fault' },
};

/** The look of a contact whose customer gave up before an agent was there. */
export const abandonedLook: Look = { color: 'orange', icon: IconEnd, word: 'Abandoned' };

/** The look of a contact's state; of one we do not know, its name. */
export function contactLook(state: ContactState): Look {
  return contactLooks[state] ?? { color: 'gray', icon: IconPhone, word: state };
}

/** The look of an agent: of the activity while there is one, else of the status. */
export function agentLook(status: AgentStatus, activity: AgentActivity): Look {
  if (activity !== 'idle') return workLooks[activity] ?? { color: 'gray', icon: IconPhone, word: activity };
  if (status.kind === 'available') return { color: 'teal', icon: IconAvailable, word: status.name };
  if (status.kind === 'break') return { color: 'gray', icon: IconBreak, word: status.name };
  return { color: 'gray', icon: IconOffline, word: status.name };
}
