import { Button, Group, Loader, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answer, api } from '@/api/client';
import type { PhoneNumber } from '@/api/model';
import { fieldErrors } from '@/api/problem';
import { contactEventsQuery, contactQuery, contactsQuery, phoneNumbersQuery } from '@/api/queries';
import { EmptyState } from '@/components/EmptyState';
import { FormError } from '@/components/FormError';
import { phoneNumber } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { IconAlert, IconCheck, IconEnd, IconNumber, IconOutgoing } from '@/icons';
import { PageButton } from '@/links';
import { callState } from './callState';

/** A call that was placed: its contact, and what was dialed as it was written. */
type Placed = { contactId: string; to: string };

/** Calls somebody from one of the tenant's numbers, and says what becomes of it. */
export function CallNumber({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const numbers = useQuery({ ...phoneNumbersQuery, enabled: opened });
  const [placed, setPlaced] = useState<Placed | null>(null);
  return (
    <Modal opened={opened} onClose={onClose} title="Call a number" closeButtonProps={{ 'aria-label': 'Close' }}>
      {placed ? (
        <CallProgress placed={placed} onAgain={() => setPlaced(null)} />
      ) : (
        <Loaded query={numbers}>
          {({ items }) => (items.length === 0 ? <NoNumber /> : <CallForm numbers={items} onPlaced={setPlaced} />)}
        </Loaded>
      )}
    </Modal>
  );
}

function NoNumber() {
  return (
    <EmptyState
      icon={IconNumber}
      title="No phone number to call from"
      action={
        <PageButton to="/numbers" variant="default" size="sm">
          Claim a number
        </PageButton>
      }
    >
      Whoever you call sees one of your numbers. Claim one first.
    </EmptyState>
  );
}

function CallForm({ numbers, onPlaced }: { numbers: PhoneNumber[]; onPlaced: (placed: Placed) => void }) {
  const client = useQueryClient();
  const [to, setTo] = useState('');
  const [from, setFrom] = useState(numbers[0]?.e164 ?? null);
  const place = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/outbound-calls', { body: { to: to.trim(), from } })),
    onSuccess: async (call) => {
      onPlaced({ contactId: call.contact_id, to: to.trim() });
      await client.invalidateQueries({ queryKey: contactsQuery.queryKey });
    },
  });
  const errors = fieldErrors(place.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (to.trim()) place.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          data-autofocus
          label="To"
          description="With the country code, or as it is dialed in the country of your number"
          placeholder="+49 30 901820"
          type="tel"
          inputMode="tel"
          autoComplete="off"
          maxLength={64}
          value={to}
          error={errors.to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Select
          label="From"
          description="The number they see, whose flow takes over when they answer"
          data={numbers.map(({ e164 }) => ({ value: e164, label: phoneNumber(e164) }))}
          value={from}
          error={errors.from}
          allowDeselect={false}
          onChange={setFrom}
        />
        <FormError error={place.error} />
        <Group justify="flex-end">
          <Button
            type="submit"
            leftSection={<IconOutgoing size={16} aria-hidden />}
            loading={place.isPending}
            disabled={!to.trim()}
          >
            Call
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function CallProgress({ placed, onAgain }: { placed: Placed; onAgain: () => void }) {
  const contact = useQuery(contactQuery(placed.contactId));
  const events = useQuery(contactEventsQuery(placed.contactId));
  const rings = events.data?.items.some((event) => event.type === 'leg_ringing') ?? false;
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/api/v1/outbound-calls/{contact_id}', { params: { path: { contact_id: placed.contactId } } })),
    onSettled: () => client.invalidateQueries({ queryKey: contactQuery(placed.contactId).queryKey }),
  });
  const state = contact.data ? callState(contact.data, rings) : null;
  return (
    <Stack>
      <Text fz={22} fw={650} className="num" style={{ overflowWrap: 'anywhere' }}>
        {contact.data?.to ? phoneNumber(contact.data.to) : placed.to}
      </Text>
      <Group gap="xs" role="status" wrap="nowrap">
        {(!state || state.kind === 'dialing') && <Loader size="xs" type="dots" aria-hidden />}
        {state?.kind === 'answered' && <IconCheck size={18} aria-hidden />}
        {state?.kind === 'failed' && <IconAlert size={18} aria-hidden />}
        <Text>{state?.sentence ?? 'Calling…'}</Text>
      </Group>
      <FormError error={contact.error ?? cancel.error} />
      <Group justify="flex-end">
        <PageButton to="/contacts/$id" params={{ id: placed.contactId }} variant="default">
          See the contact
        </PageButton>
        {!state || state.kind === 'dialing' ? (
          <Button
            color="red.9"
            leftSection={<IconEnd size={16} aria-hidden />}
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            Cancel the call
          </Button>
        ) : (
          <Button onClick={onAgain}>Call another number</Button>
        )}
      </Group>
    </Stack>
  );
}
