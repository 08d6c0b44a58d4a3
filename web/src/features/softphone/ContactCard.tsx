import { ActionIcon, Alert, Button, Card, Group, Stack, Text, Textarea, Tooltip } from '@mantine/core';
import type { AgentContact } from '@/api/model';
import { useTitleNotice } from '@/components/documentTitle';
import { customerName, ownNumber } from '@/components/format';
import { TestBadge } from '@/components/StateBadge';
import { IconEnd, IconMic, IconMicOff } from '@/icons';
import { useNotes } from './notes';
import { useLinePhase, usePhone, usePhoneState } from './PhoneProvider';
import { ariaKeys, shownKeys } from './shortcuts';

/** The contact the agent is connecting to or talking with. */
export function ContactCard({ contact }: { contact: AgentContact }) {
  const { actor } = usePhone();
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
          <Alert mt="sm" p="xs" color="blue" variant="light">
            {talking ? 'Connecting your line again…' : 'Connecting audio…'}
          </Alert>
        )}
        <MuteControl disabled={!talking} />
        <Button
          fullWidth
          h={46}
          color="red.9"
          mt="md"
          disabled={busy}
          leftSection={<IconEnd size={16} aria-hidden />}
          aria-keyshortcuts={ariaKeys('end')}
          onClick={() => actor.send({ type: 'END' })}
        >
          End contact
        </Button>
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
