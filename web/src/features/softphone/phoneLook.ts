import type { Agent } from '@/api/model';
import { agentLook, type Look } from '@/components/stateLook';
import { IconAlert, IconEnd, IconOffline, IconPhone } from '@/icons';
import { AUDIO_BLOCKED } from '@/media/peer';
import { type Fault, type LinePhase, needsLine } from './phone';

/** The look of the phone's head: what the agent is doing, unless the line keeps them from it. */
export function phoneLook(agent: Agent | null, line: LinePhase, declined = false): Look {
  if (!agent) return { color: 'gray', icon: IconOffline, word: 'Offline' };
  if (line === 'failed' && needsLine(agent)) return { color: 'red', icon: IconAlert, word: 'No audio' };
  if (isOpening(agent, line)) return { color: 'gray', icon: IconPhone, word: 'Connecting phone' };
  if (declined && agent.activity === 'missed') return { color: 'gray', icon: IconEnd, word: 'Declined' };
  return agentLook(agent.status, agent.activity);
}

/** Whether an agent who waits for contacts gets none yet because the line does not stand, here or at the server. */
export function isOpening(agent: Agent, line: LinePhase): boolean {
  if (line === 'opening') return needsLine(agent) && (agent.activity === 'idle' || agent.activity === 'faulted');
  return line === 'open' && agent.activity === 'faulted';
}

/** A fault as one plain sentence and, where there is one, what to do. */
export const faultTexts: Record<Fault, { title: string; text: string }> = {
  insecure: {
    title: 'No microphone on this address',
    text:
      'A browser gives its microphone only to https and to localhost. Open Offhook over https: it brings a certificate ' +
      'of its own when started with --tls-self-signed.',
  },
  mic_denied: {
    title: 'The microphone is not allowed',
    text: 'Allow the microphone for this page in the address bar, then try again.',
  },
  mic_missing: {
    title: 'No microphone found',
    text: 'Plug one in, or close the program that holds it, then try again.',
  },
  mic_lost: {
    title: 'The microphone is gone',
    text: 'It was unplugged or its permission was withdrawn. Plug it in or choose another, then try again.',
  },
  media_failed: { title: 'No audio connection', text: AUDIO_BLOCKED },
  line_refused: {
    title: 'Your phone was refused',
    text: 'The server did not connect it. Try again in a moment; until then you get no contacts.',
  },
  server_gone: { title: 'The server cannot be reached', text: 'Your phone connects again by itself once it is back.' },
};
