import { Alert, Button, Group, List, Stack, Switch, Text, ThemeIcon, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Agent } from '@/api/model';
import { agentQuery } from '@/api/queries';
import { LevelMeter } from '@/components/LevelMeter';
import { Notice } from '@/components/Notice';
import { StateBadge } from '@/components/StateBadge';
import { contactLook } from '@/components/stateLook';
import { IconAlert, IconCheck, IconEnd, IconPhoneCall } from '@/icons';
import { ClosedNow } from './ClosedNow';
import { useTestCall } from './useTestCall';

type Props = { onDone: (contactId: string | undefined) => void; onSkip?: () => void };

/** Step 4: a caller in this browser rings the agent's phone at the right. */
export function TestCallStep({ onDone, onSkip }: Props) {
  const { data: agent } = useQuery(agentQuery);
  const { stage, call, contact, error, start, hangUp, setAloud } = useTestCall(onDone);
  const ended = stage === 'filing' || stage === 'filed';
  const obstacle = obstacleOf(agent);
  return (
    <Stack>
      <Title order={2} size="h4">
        Call yourself
      </Title>
      <Text c="dimmed">
        This browser calls your contact center with a made-up voice. The call goes the way of every call: greeting,
        queue, your phone.
      </Text>
      <List size="sm" spacing="xs" center listStyleType="none" styles={{ root: { paddingInlineStart: 0 } }}>
        <Item number={1} done={agent?.status.kind === 'available'}>
          Press “Go available” on the phone
        </Item>
        <Item number={2} done={contact !== undefined || ended}>
          Press “Call me here” below
        </Item>
        <Item number={3} done={ended}>
          Accept on the phone, say hello, end the contact
        </Item>
        <Item number={4} done={stage === 'filed'}>
          Choose a disposition and save
        </Item>
      </List>
      <ClosedNow />
      {error && (
        <Notice color="red" role="alert" icon={IconAlert} title="No test call">
          {error}
        </Notice>
      )}
      {contact && call && (
        <Alert color="gray" variant="light" role="group" title="Your test call">
          <Stack gap="xs">
            <Group gap="xs">
              <StateBadge look={contactLook(contact.state)} />
              <Text size="sm">{hint(contact.state, agent?.activity === 'missed')}</Text>
            </Group>
            <Text size="sm">What the caller hears</Text>
            <LevelMeter stream={call.heard} label="What the caller hears" />
            <Switch
              size="sm"
              label="Play it aloud (you hear yourself)"
              onChange={(event) => setAloud(event.currentTarget.checked)}
            />
          </Stack>
        </Alert>
      )}
      {stage === 'unanswered' && <Text size="sm">The call ended before it was answered. Try again.</Text>}
      <Group>
        {stage === 'running' && contact ? (
          <Button variant="default" leftSection={<IconEnd size={16} aria-hidden />} onClick={hangUp}>
            Hang up as the caller
          </Button>
        ) : (
          <Button
            leftSection={<IconPhoneCall size={16} aria-hidden />}
            loading={stage === 'calling'}
            disabled={obstacle !== null}
            aria-describedby={obstacle ? 'test-call-obstacle' : undefined}
            onClick={start}
          >
            Call me here
          </Button>
        )}
        {onSkip && (stage === 'idle' || stage === 'unanswered') && (
          <Button variant="subtle" onClick={onSkip}>
            Skip the test call
          </Button>
        )}
      </Group>
      {obstacle && stage !== 'calling' && stage !== 'running' && (
        <Text size="sm" c="dimmed" id="test-call-obstacle">
          {obstacle}
        </Text>
      )}
    </Stack>
  );
}

function Item({ number, done, children }: { number: number; done: boolean; children: string }) {
  return (
    <List.Item
      icon={
        <ThemeIcon size={20} radius="xl" color={done ? 'teal.8' : 'gray'} variant={done ? 'filled' : 'light'}>
          {done ? (
            <IconCheck size={12} role="img" aria-label="Done" />
          ) : (
            <Text span size="xs" className="num">
              {number}
            </Text>
          )}
        </ThemeIcon>
      }
    >
      {children}
    </List.Item>
  );
}

function hint(state: string, missed: boolean): string {
  if (missed) return 'You missed it. Go available on the phone, and it rings again.';
  if (state === 'flow') return 'It hears your greeting.';
  if (state === 'waiting') return 'It waits in the queue for you.';
  if (state === 'ringing') return 'It rings: accept it on the phone.';
  if (state === 'talking') return 'You are connected. End it on the phone when you have heard enough.';
  return 'Choose a disposition on the phone and save.';
}

/** Why this agent's phone cannot be rung now, in a sentence; null when it can. */
function obstacleOf(agent: Agent | null | undefined): string | null {
  if (!agent) return 'You do not take contacts yourself, so there is no phone here to ring.';
  if (agent.contact) {
    return agent.contact.disconnected_at
      ? 'First save the contact on the phone.'
      : 'First end the contact that is on the phone.';
  }
  if (agent.offer) return 'The phone is ringing: accept or decline that contact first.';
  if (agent.status.kind !== 'available' || agent.activity === 'missed') {
    return 'First go available on the phone, so that there is somebody to ring.';
  }
  return agent.activity === 'idle' ? null : 'Your phone is still connecting: see it at the right.';
}
