import type { Agent } from '@/api/model';
import { agentLook, type Look } from '@/components/stateLook';
import { IconOffline } from '@/icons';
import type { Fault } from './phone';

/** The look of the phone's head. */
export function phoneLook(agent: Agent | null): Look {
  if (!agent) return { color: 'gray', icon: IconOffline, word: 'Offline' };
  return agentLook(agent.status, agent.activity);
}

/** A fault as one plain sentence and, where there is one, what to do. */
export const faultTexts: Record<Fault, { title: string; text: string }> = {
  insecure: {
    title: 'No microphone on this address',
    text: 'A browser gives its microphone only to https and to localhost. Open Offhook over https.',
  },
  mic_denied: {
    title: 'The microphone is not allowed',
    text: 'Allow the microphone for this page in the address bar, then try again.',
  },
  mic_missing: {
    title: 'No microphone found',
    text: 'Plug one in, or close the program that holds it, then try again.',
  },
  mic_lost: { title: 'The microphone is gone', text: 'It was unplugged or its permission was withdrawn.' },
  media_failed: {
    title: 'No audio connection',
    text: 'The server answers, but audio does not get through. A firewall may block UDP.',
  },
  line_refused: { title: 'The server gave no line', text: 'Try again in a moment. Until then you get no contacts.' },
};
