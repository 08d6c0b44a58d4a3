import { VisuallyHidden } from '@mantine/core';
import type { ContactSummary } from '@/api/model';
import { IconIncoming, IconOutgoing } from '@/icons';

/** Who began a contact: an arrow for eyes, a word for ears. */
export function DirectionIcon({ direction }: { direction: ContactSummary['direction'] }) {
  const Icon = direction === 'outbound' ? IconOutgoing : IconIncoming;
  return (
    <>
      <Icon size={14} aria-hidden style={{ flex: 'none', opacity: 0.7 }} />
      <VisuallyHidden>{direction === 'outbound' ? 'Outbound, to' : 'Inbound, from'}</VisuallyHidden>
    </>
  );
}
