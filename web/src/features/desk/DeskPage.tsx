import { Card, Group, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Agent } from '@/api/model';
import { agentQuery, contactsQuery } from '@/api/queries';
import { useZone } from '@/api/useMe';
import { Elapsed } from '@/components/Elapsed';
import { EmptyState } from '@/components/EmptyState';
import { clock, customerName, shortTime } from '@/components/format';
import { Failed, Loaded } from '@/components/Loaded';
import { PageHeader } from '@/components/PageHeader';
import { StateBadge, TestBadge } from '@/components/StateBadge';
import { agentLook, contactLook } from '@/components/stateLook';
import { IconHeadset, IconUser } from '@/icons';
import { PageLink } from '@/links';
import { InHand } from './InHand';

const LAST_COUNT = 8;

/** The agent's desk: the contact in hand, and the last ones. The phone is at the right, as everywhere. */
export function DeskPage() {
  const agent = useQuery(agentQuery);
  return (
    <Stack gap="md">
      <PageHeader title="Desk" note="Your contact in hand and your last ones." />
      <Loaded query={agent}>{(data) => (data ? <Desk agent={data} /> : <NoAgent />)}</Loaded>
    </Stack>
  );
}

function Desk({ agent }: { agent: Agent }) {
  return (
    <>
      <Card component="section" aria-label="In hand">
        {agent.offer || agent.contact ? <InHand agent={agent} /> : <Idle agent={agent} />}
      </Card>
      <LastContacts agentId={agent.id} inHandId={agent.contact?.id ?? null} />
    </>
  );
}

function Idle({ agent }: { agent: Agent }) {
  const available = agent.status.kind === 'available';
  return (
    <EmptyState icon={IconHeadset} title={available ? 'Waiting for a contact' : 'No contact in hand'}>
      <Group justify="center" gap="xs">
        <StateBadge look={agentLook(agent.status, agent.activity)} />
        <span>
          for <Elapsed since={agent.since} />
        </span>
      </Group>
      {available
        ? 'Who calls, and what is known, will be here while the phone rings.'
        : 'Go available on the phone to get one.'}
    </EmptyState>
  );
}

function NoAgent() {
  return (
    <Card>
      <EmptyState icon={IconUser} title="You do not take contacts">
        The desk is for users who take contacts. An administrator can make you one.
      </EmptyState>
    </Card>
  );
}

function LastContacts({ agentId, inHandId }: { agentId: string; inHandId: string | null }) {
  const contacts = useInfiniteQuery(contactsQuery);
  const zone = useZone();
  const mine = (contacts.data?.pages[0]?.items ?? [])
    .filter((contact) => contact.agent?.id === agentId && contact.id !== inHandId)
    .slice(0, LAST_COUNT);
  if (contacts.isError && !contacts.data)
    return <Failed error={contacts.error} onRetry={() => void contacts.refetch()} />;
  if (mine.length === 0) return null;
  return (
    <Card component="section" aria-label="Your last contacts">
      <Title order={2} size="h5" mb="sm">
        Your last contacts
      </Title>
      <Stack gap="xs">
        {mine.map((contact) => (
          <Group key={contact.id} justify="space-between" wrap="nowrap">
            <Group gap="2px 12px">
              <Text size="sm" c="dimmed" className="num" miw={132}>
                {shortTime(contact.initiated_at, zone)}
              </Text>
              <PageLink to="/contacts/$id" params={{ id: contact.id }} size="sm" className="num">
                {customerName(contact)}
              </PageLink>
              {contact.test && <TestBadge />}
              <Text size="sm" c="dimmed">
                {contact.disposition?.name}
              </Text>
            </Group>
            {contact.state === 'completed' ? (
              <Text size="sm" c="dimmed" className="num">
                {contact.duration_ms === null ? '' : clock(contact.duration_ms)}
              </Text>
            ) : (
              <StateBadge look={contactLook(contact.state)} />
            )}
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
