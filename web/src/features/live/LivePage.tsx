import { Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { useLink } from '@/api/LiveProvider';
import type { LiveSnapshot } from '@/api/model';
import { liveQuery } from '@/api/queries';
import { useIsAdmin, useZone } from '@/api/useMe';
import { Elapsed } from '@/components/Elapsed';
import { zoneCity } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { PageHeader } from '@/components/PageHeader';
import { SimulateMenu } from '@/components/SimulateMenu';
import { IconAlert, IconAvailable, IconHeadset, IconIncoming, IconLinkGood, IconLinkLost, IconPhone } from '@/icons';
import { AgentsTable } from './AgentsTable';
import { ContactsNow } from './ContactsNow';
import { QueuesTable } from './QueuesTable';
import { summarize } from './summary';

/** Queues, agents and contacts as they are now. */
export function LivePage() {
  const live = useQuery(liveQuery);
  const zone = useZone();
  const isAdmin = useIsAdmin();
  return (
    <Stack gap="md">
      <PageHeader
        title="Live"
        note={<LinkNote zone={zone ?? 'UTC'} />}
        action={isAdmin ? <SimulateMenu /> : undefined}
      />
      <Loaded query={live}>{(view) => <View view={view} isAdmin={isAdmin} />}</Loaded>
    </Stack>
  );
}

function View({ view, isAdmin }: { view: LiveSnapshot; isAdmin: boolean }) {
  return (
    <>
      <Figures view={view} />
      <Section title="Queues">
        <QueuesTable queues={view.queues} />
      </Section>
      {isAdmin && (
        <Section title="Agents">
          <AgentsTable agents={view.agents} />
        </Section>
      )}
      {isAdmin && (
        <Section title="Contacts now">
          <ContactsNow contacts={view.contacts} />
        </Section>
      )}
    </>
  );
}

function LinkNote({ zone }: { zone: string }) {
  const live = useLink() === 'live';
  const Icon = live ? IconLinkGood : IconLinkLost;
  return (
    <Group gap={6}>
      <Icon size={14} aria-hidden />
      <Text size="sm" inherit>
        {live ? 'Up to date' : 'Reconnecting, figures may be old'} · today in {zoneCity(zone)} time
      </Text>
    </Group>
  );
}

function Figures({ view }: { view: LiveSnapshot }) {
  const sum = useMemo(() => summarize(view.queues, view.agents), [view.queues, view.agents]);
  const share = sum.serviceLevel;
  return (
    <SimpleGrid cols={{ base: 2, lg: 4 }} spacing="sm">
      <Figure
        label="Waiting now"
        value={sum.waitingCount}
        note={
          sum.oldest ? (
            <>
              Oldest <Elapsed since={sum.oldest.since} /> in {sum.oldest.queue}
            </>
          ) : (
            'Nobody waits'
          )
        }
        icon={<IconIncoming size={18} aria-hidden />}
      />
      <Figure
        label="Talking"
        value={sum.onContactCount}
        note={`${sum.acwCount} in after-contact work`}
        icon={<IconHeadset size={18} aria-hidden />}
      />
      <Figure
        label="Available"
        value={sum.availableCount}
        note={view.agents.length > 0 ? `of ${sum.signedInCount} signed in` : 'in the best staffed queue'}
        icon={<IconAvailable size={18} aria-hidden />}
      />
      <Figure
        label="Service level today"
        value={share === null ? '–' : `${Math.round(share * 100)} %`}
        note={
          share === null ? 'No contact yet today' : `${sum.answeredCount} answered, ${sum.abandonedCount} abandoned`
        }
        bad={share !== null && share < 0.8}
        icon={
          share !== null && share < 0.8 ? (
            <IconAlert size={18} aria-label="Below 80 %" />
          ) : (
            <IconPhone size={18} aria-hidden />
          )
        }
      />
    </SimpleGrid>
  );
}

type FigureProps = { label: string; value: ReactNode; note: ReactNode; icon: ReactNode; bad?: boolean };

function Figure({ label, value, note, icon, bad = false }: FigureProps) {
  return (
    <Card padding="sm">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {label}
        </Text>
        <Text c={bad ? 'var(--cc-bad)' : 'dimmed'} lh={0} component="span">
          {icon}
        </Text>
      </Group>
      <Text fz={28} fw={650} lh={1.2} className="num" c={bad ? 'var(--cc-bad)' : undefined}>
        {value}
      </Text>
      <Text size="xs" c="dimmed" component="div">
        {note}
      </Text>
    </Card>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card padding={0} component="section" aria-label={title}>
      <Title order={2} size="h5" px="md" pt="sm" pb={4}>
        {title}
      </Title>
      {children}
    </Card>
  );
}
