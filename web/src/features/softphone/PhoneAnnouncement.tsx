import { VisuallyHidden } from '@mantine/core';
import { customerName } from '@/components/format';
import { usePhoneLook, usePhoneState } from './PhoneProvider';

/**
 * Says aloud what must not be missed, also while the phone itself is folded away; timers are never told.
 */
export function PhoneAnnouncement() {
  const agent = usePhoneState((state) => state.context.agent);
  const mine = usePhoneState(({ context }) => context.mine);
  // It rings where the phone is.
  const offer = mine ? agent?.offer : null;
  const { word } = usePhoneLook();
  return (
    <>
      <VisuallyHidden role="status" aria-live="polite">
        {offer ? '' : word}
      </VisuallyHidden>
      <VisuallyHidden role="alert">
        {offer
          ? `Incoming, ${offer.queue.name}, ${offer.direction === 'outbound' ? 'with' : 'from'} ${customerName(offer)}`
          : ''}
      </VisuallyHidden>
    </>
  );
}
