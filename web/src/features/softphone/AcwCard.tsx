import { Alert, Button, Card, Group, Kbd, Select, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { serverClock } from '@/api/clock';
import type { AgentContact } from '@/api/model';
import { contactQuery, dispositionsQuery } from '@/api/queries';
import { Remaining } from '@/components/Elapsed';
import { clock, customerName } from '@/components/format';
import { IconAlert, IconCheck } from '@/icons';
import { useNotes } from './notes';
import { usePhone, usePhoneState } from './PhoneProvider';
import { ariaKeys, shownKeys } from './shortcuts';
import { useCommand } from './useShortcuts';

/** When the last seconds of after-contact work are said with a tick. */
const WARN_MS = 10_000;
/** The server ends it without notes: what was written goes out this much earlier. */
const SAVE_MS = 2_000;

/** After-contact work: how the contact is filed, notes, and the time that is left for it. */
export function AcwCard({ contact }: { contact: AgentContact }) {
  const { actor, ringer } = usePhone();
  const busy = usePhoneState((state) => state.value.request !== 'idle');
  const mine = usePhoneState((state) => state.context.mine);
  const next = usePhoneState((state) => state.context.agent?.next_status ?? state.context.agent?.status);
  const dispositions = useQuery(dispositionsQuery);
  const [dispositionId, setDispositionId] = useState<string | null>(null);
  const [notes, setNotes] = useNotes(contact.id);
  const [asked, setAsked] = useState(false);
  const [savedFor, setSavedFor] = useState<string | null>(null);
  const unfiled = dispositionId === null && dispositions.data?.items.length !== 0;
  const written = dispositionId !== null || notes.trim() !== '';
  const complete = () => actor.send({ type: 'COMPLETE', dispositionId, notes: notes.trim() || null });
  const save = () => {
    if (unfiled && !asked) setAsked(true);
    else complete();
  };
  useCommand('save', save);
  useBefore(contact.acw_expires_at, WARN_MS, () => ringer.tick());
  useBefore(contact.acw_expires_at, SAVE_MS, () => {
    setSavedFor(contact.acw_expires_at);
    if (written && mine) complete();
  });
  const savesItself = written && mine && savedFor !== contact.acw_expires_at;
  return (
    <Card>
      <Text fw={600}>After-contact work</Text>
      <Text size="sm" c="dimmed" className="num">
        {customerName(contact)}
        {contact.talk_ms !== null && ` · talked ${clock(contact.talk_ms)}`}
      </Text>
      <CutCall contactId={contact.id} />
      <Stack mt="sm" gap="sm">
        <Select
          label="Disposition"
          placeholder="How did it end?"
          data={dispositions.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={dispositionId}
          onChange={(id) => {
            setDispositionId(id);
            setAsked(false);
          }}
          error={asked && unfiled && 'Choose a disposition, or save once more without one.'}
          clearable
        />
        <Textarea
          id="phone-notes"
          label="Notes"
          autosize
          minRows={3}
          maxRows={10}
          maxLength={4000}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
        <Button
          loading={busy}
          leftSection={<IconCheck size={16} aria-hidden />}
          aria-keyshortcuts={ariaKeys('save')}
          onClick={save}
        >
          {asked && unfiled
            ? 'Save without a disposition'
            : next?.kind === 'available'
              ? 'Save and go available'
              : 'Save'}
        </Button>
        {contact.acw_expires_at && (
          <Group justify="space-between" gap="xs">
            <Text size="xs" c="dimmed">
              {savesItself ? 'Saved as it stands in' : 'Ends in'} <Remaining until={contact.acw_expires_at} />
            </Text>
            <Button
              size="compact-xs"
              variant="default"
              disabled={busy}
              onClick={() => actor.send({ type: 'EXTEND_ACW' })}
            >
              1 more minute
            </Button>
          </Group>
        )}
        <Text size="xs" c="dimmed">
          <Kbd size="xs">{shownKeys('save')}</Kbd> save
        </Text>
      </Stack>
    </Card>
  );
}

/** Says that it was Offhook and not the customer who ended the call, where that is so. */
function CutCall({ contactId }: { contactId: string }) {
  const { data: record } = useQuery(contactQuery(contactId));
  if (record?.disconnect_reason?.code !== 'system_restarted') return null;
  return (
    <Alert mt="sm" p="xs" color="yellow" variant="light" role="alert" icon={<IconAlert size={16} aria-hidden />}>
      The call was cut: Offhook was restarted.
    </Alert>
  );
}

/** Runs `run` so many ms before a moment of the server's clock, late rather than not at all; never when that is over. */
function useBefore(at: string | null, ms: number, run: () => void) {
  const due = useEffectEvent(run);
  useEffect(() => {
    if (!at) return;
    const left = Date.parse(at) - serverClock.at(Date.now());
    if (left <= 0) return;
    const timer = setTimeout(() => due(), Math.max(0, left - ms));
    return () => clearTimeout(timer);
  }, [at, ms]);
}
