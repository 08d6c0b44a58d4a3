import { Code, Collapse, Group, Stack, Table, Text, Timeline, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { happenedAt } from '@/api/happenedAt';
import type { ContactEvent, RoutingDecision } from '@/api/model';
import { eventSentence, eventTitle } from '@/components/eventWords';
import { clockTenths, inWords, timeOfDay, words } from '@/components/format';
import { IconCheck, IconChevronDown } from '@/icons';

/** How much later than it happened an event must be on record for that to be said. */
const NOTEWORTHY_MS = 1_000;

type Props = { events: ContactEvent[]; begin: string; zone: string | undefined };

/** What happened, in order; where routing decided, also why. */
export function EventTimeline({ events, begin, zone }: Props) {
  return (
    <Timeline bulletSize={14} lineWidth={2} active={events.length}>
      {events.map((event) => (
        <Timeline.Item key={event.number} mt="sm" title={<EventTitle event={event} begin={begin} zone={zone} />}>
          <Stack gap={6} mt={2}>
            <Text size="sm">{eventSentence(event.summary)}</Text>
            <FoundLater event={event} zone={zone} />
            {event.decision && <Decision decision={event.decision} />}
            <RawEvent event={event} />
          </Stack>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function EventTitle({ event, begin, zone }: { event: ContactEvent; begin: string; zone: string | undefined }) {
  const at = happenedAt(event);
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap">
      <Text size="sm" fw={600} title={event.type}>
        {eventTitle(event.type)}
      </Text>
      <Text size="xs" c="dimmed" className="num" style={{ whiteSpace: 'nowrap' }}>
        +{clockTenths(Date.parse(at) - Date.parse(begin))} · {timeOfDay(at, zone)}
      </Text>
    </Group>
  );
}

/** Of an end that was found after a crash: when it was. */
function FoundLater({ event, zone }: { event: ContactEvent; zone: string | undefined }) {
  if (Date.parse(event.at) - Date.parse(happenedAt(event)) < NOTEWORTHY_MS) return null;
  return (
    <Text size="xs" c="dimmed">
      Found when Offhook was back, at {timeOfDay(event.at, zone)}.
    </Text>
  );
}

function Decision({ decision }: { decision: RoutingDecision }) {
  return (
    <Stack gap={4} p="xs" style={{ borderRadius: 8, background: 'var(--surface-muted)' }}>
      <Text size="xs" c="dimmed">
        Rule: {words(decision.rule).toLowerCase()} · place {decision.position} of {decision.waiting_count} waiting,
        after {inWords(decision.waited_ms)}
      </Text>
      <Table verticalSpacing={2} horizontalSpacing={4} fz="xs" withRowBorders={false} highlightOnHover={false}>
        <Table.Tbody>
          {decision.candidates.map((candidate) => (
            <Table.Tr key={candidate.agent.id}>
              <Table.Td w={18}>
                {candidate.agent.id === decision.chosen?.id && <IconCheck size={13} role="img" aria-label="Chosen" />}
              </Table.Td>
              <Table.Th scope="row" fw={500} fz="xs">
                {candidate.agent.name}
              </Table.Th>
              <Table.Td c={candidate.eligible ? undefined : 'dimmed'}>{candidate.reason}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {decision.candidates_left_out_count > 0 && (
        <Text size="xs" c="dimmed">
          {decision.candidates_left_out_count} more candidates are not listed.
        </Text>
      )}
    </Stack>
  );
}

function RawEvent({ event }: { event: ContactEvent }) {
  const [opened, { toggle }] = useDisclosure(false);
  return (
    <div>
      <UnstyledButton
        onClick={toggle}
        aria-expanded={opened}
        aria-label={`Details of event ${event.number}`}
        title={`Event ${event.number}`}
        fz="xs"
        c="dimmed"
        mih={24}
      >
        <Group gap={4}>
          Details <IconChevronDown size={12} aria-hidden />
        </Group>
      </UnstyledButton>
      <Collapse expanded={opened}>
        {opened && (
          <Code block tabIndex={0} fz={11}>
            {JSON.stringify(event.data, null, 2)}
          </Code>
        )}
      </Collapse>
    </div>
  );
}
