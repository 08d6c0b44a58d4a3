import { Badge, Card, Grid, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Contact } from '@/api/model';
import { contactEventsQuery, contactQuery } from '@/api/queries';
import { useZone } from '@/api/useMe';
import { CopyText } from '@/components/CopyText';
import { clockTenths, customerName, dateTime, phoneNumber, words, zoneCity } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { PageHeader } from '@/components/PageHeader';
import { StateBadge, TestBadge } from '@/components/StateBadge';
import { contactLook } from '@/components/stateLook';
import { IconArrowLeft } from '@/icons';
import { PageLink } from '@/links';
import { EventTimeline } from './EventTimeline';
import { ending, isAbandoned } from './ending';
import { Json } from './Json';
import { MeteredLegs } from './MeteredLegs';
import { PartitionBar } from './PartitionBar';
import { SegmentsTable } from './SegmentsTable';

export type ContactTab = 'timeline' | 'json';

type Props = { id: string; tab: ContactTab; onTab: (tab: ContactTab) => void };

/** One contact: where its time went, who was in it, what was metered, and every event with its reason. */
export function ContactPage({ id, tab, onTab }: Props) {
  const contact = useQuery(contactQuery(id));
  const events = useQuery(contactEventsQuery(id));
  const zone = useZone();
  return (
    <Stack gap="md">
      <PageLink to="/contacts" size="sm" w="fit-content">
        <Group gap={4}>
          <IconArrowLeft size={14} aria-hidden /> Contacts
        </Group>
      </PageLink>
      <Loaded query={contact}>
        {(record) =>
          record && (
            <>
              <Head contact={record} />
              <Card>
                <PartitionBar intervals={record.intervals} isOpen={record.disconnected_at === null} />
              </Card>
              <Tabs value={tab} onChange={(value) => onTab(value === 'json' ? 'json' : 'timeline')} keepMounted={false}>
                <Tabs.List>
                  <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
                  <Tabs.Tab value="json">JSON</Tabs.Tab>
                </Tabs.List>
                <Tabs.Panel value="timeline" pt="md">
                  <Grid>
                    <Grid.Col span={{ base: 12, lg: 7 }}>
                      <Stack gap="md">
                        <Panel title="Events">
                          <Loaded query={events}>
                            {({ items }) => <EventTimeline events={items} begin={record.initiated_at} zone={zone} />}
                          </Loaded>
                        </Panel>
                      </Stack>
                    </Grid.Col>
                    <Grid.Col span={{ base: 12, lg: 5 }}>
                      <Stack gap="md">
                        <Panel title="Facts">
                          <Facts contact={record} zone={zone} />
                        </Panel>
                        <Panel title="Segments">
                          <SegmentsTable segments={record.segments} />
                        </Panel>
                        <Panel title="Metered">
                          <MeteredLegs contact={record} />
                        </Panel>
                      </Stack>
                    </Grid.Col>
                  </Grid>
                </Tabs.Panel>
                <Tabs.Panel value="json" pt="md">
                  <Stack>
                    <Json title="Contact record" value={record} />
                    <Loaded query={events}>{({ items }) => <Json title="Events" value={items} />}</Loaded>
                  </Stack>
                </Tabs.Panel>
              </Tabs>
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

function Head({ contact }: { contact: Contact }) {
  return (
    <PageHeader
      title={customerName(contact)}
      note={<CopyText text={contact.id} label="Copy the contact's id" />}
      action={
        <Group gap="xs">
          {contact.test && <TestBadge />}
          <Badge variant="light" color="gray" tt="none">
            {words(contact.direction)}
          </Badge>
          <StateBadge look={contactLook(contact.state)} />
        </Group>
      }
    />
  );
}

function Facts({ contact, zone }: { contact: Contact; zone: string | undefined }) {
  const reason = contact.disconnect_reason;
  return (
    <dl style={{ display: 'grid', gridTemplateColumns: 'auto 1fr', gap: '6px 16px', margin: 0 }}>
      <Fact name="Began">
        {dateTime(contact.initiated_at, zone)}, {zoneCity(zone ?? 'UTC')} time
      </Fact>
      {contact.direction === 'outbound' ? (
        <Fact name="Called from">{phoneNumber(contact.from)}</Fact>
      ) : (
        <Fact name="Called">{phoneNumber(contact.to)}</Fact>
      )}
      <Fact name="Queue">{contact.queue?.name ?? '–'}</Fact>
      <Fact name="Agent">{contact.agent?.name ?? '–'}</Fact>
      <Fact name="Duration">{contact.duration_ms === null ? 'Still open' : clockTenths(contact.duration_ms)}</Fact>
      <Fact name="Ended">{reason ? ended(contact, reason) : '–'}</Fact>
      <Fact name="Disposition">{contact.disposition?.name ?? '–'}</Fact>
      <Fact name="Notes">{contact.notes ?? (contact.notes_erased ? 'Erased' : '–')}</Fact>
    </dl>
  );
}

/** Why it ended, and whose doing that was where the reason does not say it. */
function ended(contact: Contact, { code, class: side }: NonNullable<Contact['disconnect_reason']>): string {
  if (isAbandoned(contact)) return `Abandoned: ${ending(contact).toLowerCase()}`;
  return code.startsWith(side) ? words(code) : `${words(code)} (${words(side).toLowerCase()})`;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} className="num" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {children}
      </Text>
    </>
  );
}

function Panel({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card component="section" aria-label={title}>
      <Title order={2} size="h5" mb="sm">
        {title}
      </Title>
      {children}
    </Card>
  );
}
