import { Badge, Button, Card, Group, Kbd, Progress, Text } from '@mantine/core';
import { useEffect } from 'react';
import { useServerNow } from '@/api/clock';
import type { Offer } from '@/api/model';
import { useTitleNotice } from '@/components/documentTitle';
import { clock, customerName, ownNumber } from '@/components/format';
import { TestBadge } from '@/components/StateBadge';
import { IconEnd, IconIncoming, IconPhone } from '@/icons';
import { usePhone, usePhoneState } from './PhoneProvider';
import { ariaKeys, shownKeys } from './shortcuts';

/** An offer: queue first, then who calls, how long they waited, and the time left to accept. */
export function OfferCard({ offer }: { offer: Offer }) {
  const { actor } = usePhone();
  const busy = usePhoneState((state) => state.value.request !== 'idle');
  const now = useServerNow();
  const leftMs = Math.max(0, Date.parse(offer.expires_at) - now);
  const wholeMs = Math.max(1, Date.parse(offer.expires_at) - Date.parse(offer.offered_at));
  useTitleNotice(`Incoming: ${customerName(offer)}`, true);
  useSystemNotice(offer);
  return (
    <Card bg="light-dark(var(--mantine-color-orange-0), var(--mantine-color-dark-6))">
      <Group gap={8}>
        <IconIncoming size={18} aria-hidden />
        <Text size="sm" fw={600}>
          {offer.queue.name}
        </Text>
        <Badge size="sm" variant="default" tt="none" className="num">
          waited {clock(offer.waited_ms)}
        </Badge>
        {offer.test && <TestBadge />}
      </Group>
      <Text fz={22} fw={650} className="num" mt={6} style={{ overflowWrap: 'anywhere' }}>
        {customerName(offer)}
      </Text>
      <Text size="sm" c="dimmed">
        {ownNumber(offer)}
      </Text>
      <Progress
        value={(leftMs / wholeMs) * 100}
        size="xs"
        mt="sm"
        color="orange"
        aria-label="Time left to accept"
        transitionDuration={500}
      />
      <Text size="xs" c="dimmed" mt={2} className="num">
        {Math.ceil(leftMs / 1000)} s left
      </Text>
      <Group grow mt="sm">
        <Button
          h={46}
          color="teal.9"
          loading={busy}
          leftSection={<IconPhone size={16} aria-hidden />}
          aria-keyshortcuts={ariaKeys('accept')}
          onClick={() => actor.send({ type: 'ACCEPT' })}
        >
          Accept
        </Button>
        <Button
          h={46}
          variant="default"
          disabled={busy}
          leftSection={<IconEnd size={16} aria-hidden />}
          aria-keyshortcuts={ariaKeys('decline')}
          onClick={() => actor.send({ type: 'DECLINE' })}
        >
          Decline
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt={8}>
        <Kbd size="xs">{shownKeys('accept')}</Kbd> accept · <Kbd size="xs">{shownKeys('decline')}</Kbd> decline
      </Text>
    </Card>
  );
}

/** A notice of the system for who works in another window, where it was allowed. */
function useSystemNotice(offer: Offer) {
  const { queue } = offer;
  const caller = customerName(offer);
  useEffect(() => {
    if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
    const notice = new Notification(`${queue.name}: ${caller}`, { tag: 'offhook-offer' });
    notice.onclick = () => window.focus();
    return () => notice.close();
  }, [queue.name, caller]);
}
