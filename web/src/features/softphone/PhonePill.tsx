import { Button, VisuallyHidden } from '@mantine/core';
import { Elapsed, Remaining } from '@/components/Elapsed';
import { usePhoneLook, usePhoneState } from './PhoneProvider';

/** The phone in one line, for where there is no room for it; opens it. */
export function PhonePill({ onOpen }: { onOpen: () => void }) {
  const agent = usePhoneState((state) => state.context.agent);
  const look = usePhoneLook();
  if (!agent) return null;
  return (
    <Button
      variant="light"
      color={look.color}
      size="compact-md"
      leftSection={<look.icon size={15} aria-hidden />}
      onClick={onOpen}
    >
      <VisuallyHidden>Phone: </VisuallyHidden>
      {look.word}&nbsp;
      {agent.offer ? <Remaining until={agent.offer.expires_at} /> : <Elapsed since={agent.since} />}
    </Button>
  );
}
