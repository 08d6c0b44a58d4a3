import { ActionIcon, Alert, Button, Card, Group, Stack, Text, Textarea, Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { AgentContact } from '@/api/model';
import { useTitleNotice } from '@/components/documentTitle';
import { customerName, ownNumber } from '@/components/format';
import { TestBadge } from '@/components/StateBadge';
import { IconEnd, IconMic, IconMicOff } from '@/icons';
import { useNotes } from './notes';
import { useLinePhase, usePhone, usePhoneState } from './PhoneProvider';
import { ariaKeys, DoublePress, shownKeys } from './shortcuts';
import { useCommand } from './useShortcuts';

const END_WITHIN_MS = 1_000;

/** The contact the agent is connecting to or talking with. */
export function ContactCard({ contact }: { contact: AgentContact }) {
  const talking = usePhoneState((state) => state.value.work === 'talking');
  const busy = usePhoneState((state) => state.value.request !== 'idle');
  const reattaching = useLinePhase() === 'opening';
  const [notes, setNotes] = useNotes(contact.id);
  return (
    <>
      <Card>
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {contact.queue.name}
          </Text>
          {contact.test && <TestBadge />}
        </Group>
        <Text fz={22} fw={650} className="num" style={{ overflowWrap: 'anywhere' }}>
          {customerName(contact)}
        </Text>
        <Text size="sm" c="dimmed">
          {ownNumber(contact)}
        </Text>
        {(!talking || reattaching) && (
          <Alert mt="sm" p="xs" color="blue" variant="light" role="status">
            {talking ? 'Connecting your line again…' : 'Connecting audio…'}
          </Alert>
        )}
        <MuteControl disabled={!talking} />
        <EndControl disabled={busy} />
      </Card>
      <Textarea
        id="phone-notes"
        label="Notes"
        placeholder="Kept until you save after the contact"
        autosize
        minRows={4}
        maxRows={12}
        maxLength={4000}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
      />
    </>
  );
}

/** Ends the contact: with one press of the button, or two of its keys. */
function EndControl({ disabled }: { disabled: boolean }) {
  const { actor } = usePhone();
  const [presses] = useState(() => new DoublePress(END_WITHIN_MS));
  const [asks, setAsks] = useState(false);
  const end = () => actor.send({ type: 'END' });
  useCommand('end', () => {
    if (presses.press(performance.now())) end();
    else setAsks(true);
  });
  useEffect(() => {
    if (!asks) return;
    const timer = setTimeout(() => setAsks(false), END_WITHIN_MS);
    return () => clearTimeout(timer);
  }, [asks]);
  return (
    <>
      <Button
        fullWidth
        h={46}
        color="red.9"
        mt="md"
        disabled={disabled}
        leftSection={<IconEnd size={16} aria-hidden />}
        aria-keyshortcuts={ariaKeys('end')}
        onClick={end}
      >
        End contact
      </Button>
      <Text size="xs" c="dimmed" mt={4} role="status">
        {asks && 'Press the keys once more to end the contact.'}
      </Text>
    </>
  );
}

function MuteControl({ disabled }: { disabled: boolean }) {
  const { actor } = usePhone();
  const muted = usePhoneState((state) => state.context.muted);
  const label = muted ? 'Unmute' : 'Mute';
  useTitleNotice(muted ? 'Muted · Offhook' : null);
  return (
    <Group justify="center" mt="md">
      <Tooltip label={`${label} (${shownKeys('mute')})`} position="bottom">
        <Stack gap={2} align="center">
          <ActionIcon
            size={46}
            radius="xl"
            variant={muted ? 'filled' : 'default'}
            disabled={disabled}
            aria-label="Mute"
            aria-pressed={muted}
            aria-keyshortcuts={ariaKeys('mute')}
            onClick={() => actor.send({ type: 'MUTE' })}
          >
            {muted ? <IconMicOff size={20} aria-hidden /> : <IconMic size={20} aria-hidden />}
          </ActionIcon>
          <Text size="xs" c="dimmed" aria-hidden>
            {label}
          </Text>
        </Stack>
      </Tooltip>
    </Group>
  );
}
