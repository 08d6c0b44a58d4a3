import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLink } from '@/api/LiveProvider';
import { agentStatusesQuery } from '@/api/queries';
import { Notice } from '@/components/Notice';
import { IconAlert, IconAvailable, IconPhone } from '@/icons';
import { useLinePhase, usePhone, usePhoneState } from './PhoneProvider';
import { needsLine } from './phone';
import { isOpening } from './phoneLook';
import { ariaKeys } from './shortcuts';

/** The phone with nothing on it: the way to go available, or that it waits for contacts; `PhoneAnnouncement` says it. */
export function IdleCard() {
  const agent = usePhoneState((state) => state.context.agent);
  const work = usePhoneState((state) => state.value.work);
  const declined = usePhoneState((state) => state.context.declinedOfferId !== null);
  const line = useLinePhase();
  const link = useLink();
  if (!agent || work === 'unknown') return null;
  // What keeps the agent from contacts is told above, or about to change.
  const kept = line === 'failed' || line === 'closed' || link === 'reconnecting';
  if (needsLine(agent) && kept) return null;
  if (isOpening(agent, line)) {
    return (
      <Notice color="gray" icon={IconPhone} title="Connecting your phone…">
        Contacts ring here as soon as it is connected.
      </Notice>
    );
  }
  if (work === 'available') {
    return (
      <Notice color="teal" icon={IconAvailable} title="Ready for contacts">
        The next one rings here. You see it on every page.
      </Notice>
    );
  }
  if (work === 'missed') {
    return (
      <Notice
        color={declined ? 'gray' : 'red'}
        icon={IconAlert}
        title={declined ? 'You declined' : 'You missed a contact'}
        action={<GoAvailable size="xs" />}
      >
        {declined ? 'The contact' : 'It'} went back to its queue. You get no more until you go available.
      </Notice>
    );
  }
  if (work === 'unreachable') {
    return (
      <Notice color="red" icon={IconAlert} title="You get no contacts now">
        The server does not hear from this browser. It comes back by itself.
      </Notice>
    );
  }
  return (
    <Stack gap="xs">
      <GoAvailable size="md" />
      <Text size="sm" c="dimmed">
        Connects your phone and asks for the microphone. Nobody hears you before you accept a contact.
      </Text>
    </Stack>
  );
}

function GoAvailable({ size }: { size: 'xs' | 'md' }) {
  const { go } = usePhone();
  const opening = usePhoneState((state) => state.value.request !== 'idle');
  const { data } = useQuery(agentStatusesQuery);
  const available = data?.items.find((status) => status.kind === 'available');
  return (
    <Button
      size={size}
      h={size === 'md' ? 46 : undefined}
      color="teal.9"
      fullWidth={size === 'md'}
      disabled={!available}
      loading={opening}
      aria-keyshortcuts={ariaKeys('toggleAvailable')}
      onClick={() => available && go(available)}
    >
      Go available
    </Button>
  );
}
