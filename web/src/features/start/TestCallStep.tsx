import { Alert, Button, Group, List, Stack, Switch, Text, ThemeIcon, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Agent } from '@/api/model';
import { sentence } from '@/api/problem';
import { agentQuery, liveQuery } from '@/api/queries';
import { LevelMeter } from '@/components/LevelMeter';
import { StateBadge } from '@/components/StateBadge';
import { contactLook } from '@/components/stateLook';
import { IconAlert, IconCheck, IconEnd, IconPhoneCall } from '@/icons';
import { ClosedNow } from './ClosedNow';
import { TestCaller } from './testCaller';

type Call = { contactId: string; heard: MediaStream };

type Props = { onDone: (contactId: string | undefined) => void; onSkip?: () => void };

/** Step 4: a caller in this browser rings the agent's phone at the right. */
export function TestCallStep({ onDone, onSkip }: Props) {
  const { data: agent } = useQuery(agentQuery);
  const { data: live } = useQuery(liveQuery);
  const [phase, setPhase] = useState<'idle' | 'calling' | 'called'>('idle');
  const [call, setCall] = useState<Call | null>(null);
  const [error, setError] = useState<string | null>(null);
  const caller = useRef<TestCaller | null>(null);
  useEffect(() => () => caller.current?.hangUp(), []);

  const contact = live?.contacts.find((each) => each.id === call?.contactId);
  const obstacle = obstacleOf(agent);
  const seen = useSeen(call?.contactId, contact !== undefined);
  const over = call !== null && seen && contact === undefined;
  const answered = useSeen(call?.contactId, contact?.state === 'talking' || contact?.state === 'after_contact_work');
  const ended = answered && (contact?.state === 'after_contact_work' || over);
  const running = phase === 'calling' || (phase === 'called' && !over);

  useEffect(() => {
    if (contact?.state === 'after_contact_work' || over) caller.current?.dispose();
    if (over && answered) onDone(call?.contactId);
  }, [contact?.state, over, answered, call, onDone]);

  const start = async () => {
    setError(null);
    setCall(null);
    setPhase('calling');
    const current = new TestCaller(() => setPhase('idle'));
    caller.current = current;
    try {
      setCall(await current.call());
      setPhase('called');
    } catch (cause) {
      setPhase('idle');
      setError(sentence(cause));
    }
  };

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
        <Item number={4} done={over && answered}>
          Choose a disposition and save
        </Item>
      </List>
      <ClosedNow />
      {error && (
        <Alert color="red" variant="light" role="alert" icon={<IconAlert size={18} aria-hidden />} title="No test call">
          {error}
        </Alert>
      )}
      {contact && call && (
        <Alert color="gray" variant="light" title="Your test call">
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
              onChange={(event) => caller.current?.setAloud(event.currentTarget.checked)}
            />
          </Stack>
        </Alert>
      )}
      {over && !answered && <Text size="sm">The call ended before it was answered. Try again.</Text>}
      <Group>
        {phase === 'called' && contact && contact.state !== 'after_contact_work' ? (
          <Button
            variant="default"
            leftSection={<IconEnd size={16} aria-hidden />}
            onClick={() => caller.current?.hangUp()}
          >
            Hang up as the caller
          </Button>
        ) : (
          <Button
            leftSection={<IconPhoneCall size={16} aria-hidden />}
            loading={phase === 'calling'}
            disabled={obstacle !== null}
            aria-describedby={obstacle ? 'test-call-obstacle' : undefined}
            onClick={() => void start()}
          >
            Call me here
          </Button>
        )}
        {onSkip && !running && (
          <Button variant="subtle" onClick={onSkip}>
            Skip the test call
          </Button>
        )}
      </Group>
      {obstacle && (!running || contact?.state === 'after_contact_work') && (
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
  if (!agent) return 'You are no agent, so that there is no phone here to ring.';
  if (agent.contact) {
    return agent.contact.disconnected_at
      ? 'First save the contact on the phone.'
      : 'First end the contact that is on the phone.';
  }
  if (agent.offer) return 'The phone rings already: accept or decline that contact first.';
  if (agent.status.kind !== 'available' || agent.activity === 'missed') {
    return 'First go available on the phone, so that there is somebody to ring.';
  }
  return agent.activity === 'idle' ? null : 'Your line does not stand yet: see the phone.';
}

/** Whether `now` was ever true for this contact. */
function useSeen(contactId: string | undefined, now: boolean): boolean {
  const [seenFor, setSeenFor] = useState<string | undefined>();
  if (now && seenFor !== contactId) setSeenFor(contactId);
  return now || (contactId !== undefined && seenFor === contactId);
}
