import { Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { happenedAt } from '@/api/happenedAt';
import type { Agent } from '@/api/model';
import { contactEventsQuery } from '@/api/queries';
import { useZone } from '@/api/useMe';
import { Elapsed, Remaining } from '@/components/Elapsed';
import { eventSentence } from '@/components/eventWords';
import { clock, customerName, phoneNumber, timeOfDay } from '@/components/format';
import { Failed } from '@/components/Loaded';
import { StateBadge, TestBadge } from '@/components/StateBadge';
import { agentLook } from '@/components/stateLook';
import { PageLink } from '@/links';

/** What happens inside of Offhook: the contact's record tells it, to an agent it is noise. */
const MACHINERY = /^(leg|block)_/;

/** Who is on the phone, why they are, and what happened to them so far. */
export function InHand({ agent }: { agent: Agent }) {
  const { offer, contact } = agent;
  const subject = contact ?? offer;
  if (!subject) return null;
  const contactId = contact?.id ?? offer?.contact_id ?? '';
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h3" className="num">
            {customerName(subject)}
          </Title>
          <PageLink to="/contacts/$id" params={{ id: contactId }} size="sm">
            Contact record
          </PageLink>
        </div>
        <Group gap="xs">
          {subject.test && <TestBadge />}
          <StateBadge look={agentLook(agent.status, agent.activity)} />
        </Group>
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Fact name="Queue">{subject.queue.name}</Fact>
        {subject.direction === 'outbound' ? (
          <Fact name="Called from">{phoneNumber(subject.caller)}</Fact>
        ) : (
          <Fact name="Called">{phoneNumber(subject.called)}</Fact>
        )}
        {offer && !contact && <Fact name="Waited">{clock(offer.waited_ms)}</Fact>}
        {offer && !contact && (
          <Fact name="To accept">
            <Remaining until={offer.expires_at} />
          </Fact>
        )}
        {contact?.connected_at && (
          <Fact name="Talk">
            {contact.talk_ms === null ? <Elapsed since={contact.connected_at} /> : clock(contact.talk_ms)}
          </Fact>
        )}
      </SimpleGrid>
      <SoFar contactId={contactId} />
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={500} className="num">
        {children}
      </Text>
    </div>
  );
}

function SoFar({ contactId }: { contactId: string }) {
  const events = useQuery(contactEventsQuery(contactId));
  const zone = useZone();
  const told = events.data?.items.filter((event) => !MACHINERY.test(event.type)) ?? [];
  if (events.isError && !events.data) return <Failed error={events.error} onRetry={() => void events.refetch()} />;
  if (told.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        So far
      </Text>
      <Stack gap={4}>
        {told.map((event) => (
          <Group key={event.number} gap="sm" wrap="nowrap" align="flex-start">
            <Text size="sm" c="dimmed" className="num" miw={92} style={{ whiteSpace: 'nowrap' }}>
              {timeOfDay(happenedAt(event), zone)}
            </Text>
            <Text size="sm">{eventSentence(event.summary)}</Text>
          </Group>
        ))}
      </Stack>
    </div>
  );
}
