import { Button, VisuallyHidden } from '@mantine/core';
import { usePhoneLook, usePhoneState } from './PhoneProvider';
import { PhoneTimer } from './PhoneTimer';

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
      <PhoneTimer />
    </Button>
  );
}
