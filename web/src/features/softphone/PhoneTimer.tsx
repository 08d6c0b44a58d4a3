import type { TextProps } from '@mantine/core';
import { Elapsed, Remaining } from '@/components/Elapsed';
import { usePhoneState } from './PhoneProvider';

/** The time that matters now: what is left to accept or to file, else how long it has been so. */
export function PhoneTimer(text: TextProps) {
  const agent = usePhoneState((state) => state.context.agent);
  if (!agent) return null;
  if (agent.offer) return <Remaining until={agent.offer.expires_at} {...text} />;
  if (agent.activity === 'after_contact_work' && agent.contact?.acw_expires_at) {
    return <Remaining until={agent.contact.acw_expires_at} {...text} />;
  }
  return <Elapsed since={agent.contact?.connected_at ?? agent.since} {...text} />;
}
