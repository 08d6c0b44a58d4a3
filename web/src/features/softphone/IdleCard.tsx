import { Alert, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLink } from '@/api/LiveProvider';
import { agentStatusesQuery } from '@/api/queries';
import { IconAlert, IconAvailable, IconPhone } from '@/icons';
import { useLinePhase, usePhone, usePhoneState } from './PhoneProvider';
import { needsLine } from './phone';
import { isOpening } from './phoneLook';
import { ariaKeys } from './shortcuts';

/** The phone with nothing on it: the way to go available, or that it waits for contacts. */
export function IdleCard() {
  const agent = usePhoneState((state) => state.context.agent);
  const work = usePhoneState((state) => state.value.work);
  const declined = usePhoneState((state) => state.context.declined);
  const line = useLinePhase();
  const link = useLink();
  if (!agent || work === 'unknown') return null;
  // What keeps the agent from contacts is told above, or about to change.
  const kept = line === 'failed' || line === 'closed' || link === 'reconnecting';
  if (needsLine(agent) && kept) return null;
  if (isOpening(agent, line)) {
    return (
      <Alert
        color="gray"
        variant="light"
        role="note"
        icon={<IconPhone size={18} aria-hidden />}
        title="Connecting your phone…"
      >
        Contacts ring here as soon as it is connected.
      </Alert>
    );
  }
  if (work === 'available') {
    return (
      <Alert
        color="teal"
        variant="light"
        role="note"
        icon={<IconAvailable size={18} aria-hidden />}
        title="Ready for contacts"
      >
        The next one rings here. You see it on every page.
      </Alert>
    );
  }
  if (work === 'missed') {
    return (
      <Alert
        color={declined ? 'gray' : 'red'}
        variant="light"
        role={declined ? 'note' : 'alert'}
        icon={<IconAlert size={18} aria-hidden />}
        title={declined ? 'You declined' : 'You missed a contact'}
      >
        <Stack gap="sm" align="flex-start">
          <Text size="sm">
            {declined ? 'The contact' : 'It'} went back to its queue. You get no more until you go available.
          </Text>
          <GoAvailable size="xs" />
        </Stack>
      </Alert>
    );
  }
  if (work === 'unreachable') {
    return (
      <Alert color="red" variant="light" icon={<IconAlert size={18} aria-hidden />} title="You get no contacts now">
        The server does not hear from this browser. It comes back by itself.
      </Alert>
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
