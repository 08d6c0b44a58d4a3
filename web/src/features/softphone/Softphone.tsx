import { Alert, Button, CloseButton, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useLink } from '@/api/LiveProvider';
import { Notice } from '@/components/Notice';
import { IconAlert, IconLinkLost } from '@/icons';
import { AcwCard } from './AcwCard';
import { ContactCard } from './ContactCard';
import { DevicesModal } from './DevicesModal';
import { IdleCard } from './IdleCard';
import { OfferCard } from './OfferCard';
import { PhoneHead } from './PhoneHead';
import { useLinePhase, usePhone, usePhoneState } from './PhoneProvider';
import { hasLiveContact, needsLine } from './phone';
import { faultTexts } from './phoneLook';
import { useShortcuts } from './useShortcuts';

/** The agent's phone: state and timer, who is on it, controls; always in the same order. */
export function Softphone() {
  const [devicesOpen, devices] = useDisclosure(false);
  useShortcuts();
  return (
    <Stack gap={0} h="100%">
      <PhoneHead onDevices={devices.open} />
      <Stack p="md" gap="md" style={{ flex: 1, overflowY: 'auto' }}>
        <Troubles />
        <Body />
      </Stack>
      <DevicesModal opened={devicesOpen} onClose={devices.close} />
    </Stack>
  );
}

function Body() {
  const agent = usePhoneState((state) => state.context.agent);
  const elsewhere = usePhoneState((state) => state.value.owner === 'elsewhere');
  const work = usePhoneState((state) => state.value.work);
  if (elsewhere && needsLine(agent)) return <Elsewhere />;
  switch (work) {
    case 'incoming':
      return agent?.offer ? <OfferCard key={agent.offer.id} offer={agent.offer} /> : null;
    case 'connecting':
    case 'talking':
      return agent?.contact ? <ContactCard key={agent.contact.id} contact={agent.contact} /> : null;
    case 'acw':
      return agent?.contact ? <AcwCard key={agent.contact.id} contact={agent.contact} /> : null;
    default:
      return <IdleCard />;
  }
}

function Elsewhere() {
  const { actor } = usePhone();
  return (
    <Notice
      color="gray"
      title="Your phone is in another browser or tab"
      action={
        <Button size="xs" variant="default" onClick={() => actor.send({ type: 'TAKE_PHONE' })}>
          Use it here
        </Button>
      }
    >
      It rings and talks in one place at a time.
    </Notice>
  );
}

/** What is known of the agent's work while the server does not answer. */
function useMeanwhile(): string {
  const { quality } = usePhone();
  const agent = usePhoneState((state) => state.context.agent);
  const line = useLinePhase();
  if (!hasLiveContact(agent)) {
    return agent?.contact ? 'Save once it is back.' : 'New contacts wait until it is back.';
  }
  if (line !== 'open' || quality?.silent) return 'No sound comes through: your caller may not hear you.';
  return 'You can still talk.';
}

function Troubles() {
  const { actor, silenced } = usePhone();
  const { fault, refusal, agent } = usePhoneState((state) => state.context);
  const lineState = useLinePhase();
  const link = useLink();
  const meanwhile = useMeanwhile();
  const text = fault && lineState === 'failed' ? faultTexts[fault] : null;
  return (
    <>
      {link === 'reconnecting' && (
        <Alert color="yellow" variant="light" p="xs" role="status" icon={<IconLinkLost size={16} aria-hidden />}>
          Reconnecting to the server. {meanwhile}
        </Alert>
      )}
      {silenced && (
        <Alert color="yellow" variant="light" p="xs" role="alert" icon={<IconAlert size={16} aria-hidden />}>
          Your browser keeps this page silent. Press any key or click to hear it.
        </Alert>
      )}
      {text && (
        <Notice
          color="red"
          role="alert"
          icon={IconAlert}
          title={text.title}
          action={
            needsLine(agent) && (
              <Button size="xs" variant="default" onClick={() => actor.send({ type: 'RETRY_LINE' })}>
                Try again
              </Button>
            )
          }
        >
          {text.text}
        </Notice>
      )}
      {refusal && (
        <Alert color="red" variant="light" p="xs" role="alert">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Text size="sm">{refusal}</Text>
            <CloseButton size="sm" aria-label="Dismiss" onClick={() => actor.send({ type: 'DISMISS' })} />
          </Group>
        </Alert>
      )}
    </>
  );
}
