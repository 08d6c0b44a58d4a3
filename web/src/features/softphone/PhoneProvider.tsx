import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSelector } from '@xstate/react';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { type Actor, createActor, type SnapshotFrom } from 'xstate';
import { useLiveSocket } from '@/api/LiveProvider';
import type { Agent, AgentStatus } from '@/api/model';
import { sentence } from '@/api/problem';
import { agentQuery } from '@/api/queries';
import { type DeviceChoice, useDeviceChoice } from './devices';
import { Line } from './line';
import { phoneMachine } from './machine';
import { PhoneOwner } from './owner';
import { hasLiveContact, type PhoneEvent } from './phone';
import type { Quality } from './quality';
import { sendRequest } from './requests';
import { Ringer } from './ring';

export type Phone = {
  actor: Actor<typeof phoneMachine>;
  ringer: Ringer;
  quality: Quality | null;
  devices: DeviceChoice;
  setDevices: (devices: DeviceChoice) => void;
  /** Chooses a status; must be called from a user gesture, which also lets the page make sound. */
  go: (status: AgentStatus) => void;
  /** Takes the phone into this tab. */
  takeOver: () => void;
};

const PhoneContext = createContext<Phone | null>(null);

/** The phone around this place; only inside `PhoneProvider`. */
export function usePhone(): Phone {
  const phone = useContext(PhoneContext);
  if (!phone) throw new Error('usePhone needs a PhoneProvider');
  return phone;
}

/** A part of the phone's state. */
export function usePhoneState<T>(select: (snapshot: SnapshotFrom<typeof phoneMachine>) => T): T {
  return useSelector(usePhone().actor, select);
}

/** Runs the phone's machine: feeds it what the server, the line and the other tabs say, carries out what it wants. */
export function PhoneProvider({ children }: { children: ReactNode }) {
  const [devices, setDevices] = useDeviceChoice();
  const [quality, setQuality] = useState<Quality | null>(null);
  const [parts] = useState(() => {
    const actor = createActor(phoneMachine);
    const tell = (event: PhoneEvent) => actor.send(event);
    const line = new Line(devices, {
      opened: () => tell({ type: 'line.opened' }),
      lost: () => tell({ type: 'line.lost' }),
      failed: (fault) => tell({ type: 'line.failed', fault }),
      quality: setQuality,
    });
    return { actor, line, ringer: new Ringer(), owner: { current: null as PhoneOwner | null } };
  });
  const { actor, line, ringer, owner } = parts;

  usePhoneEffects(actor, line);
  useServerWord(actor);
  useRinging(actor, ringer);
  useBusyWarning(actor);

  useEffect(() => {
    const current = new PhoneOwner((mine) => actor.send({ type: 'owner.changed', mine }));
    owner.current = current;
    current.start();
    return () => current.stop();
  }, [actor, owner]);

  useEffect(() => {
    void line.setDevices(devices);
    ringer.setDevice(devices.ringerId);
  }, [line, ringer, devices]);

  const go = useCallback(
    (status: AgentStatus) => {
      ringer.unlock();
      actor.send({ type: 'GO', status });
    },
    [actor, ringer],
  );
  const takeOver = useCallback(() => owner.current?.takeOver(), [owner]);
  const phone = useMemo(
    () => ({ actor, ringer, quality, devices, setDevices, go, takeOver }),
    [actor, ringer, quality, devices, setDevices, go, takeOver],
  );
  return <PhoneContext value={phone}>{children}</PhoneContext>;
}

function usePhoneEffects(actor: Actor<typeof phoneMachine>, line: Line) {
  const client = useQueryClient();
  useEffect(() => {
    const subscriptions = [
      actor.on('openLine', () => void line.open()),
      actor.on('closeLine', ({ tellServer }) => line.close(tellServer)),
      actor.on('setMuted', ({ muted }) => line.setMuted(muted)),
      actor.on('send', ({ request }) => {
        sendRequest(request).then(
          (agent) => {
            if (agent) {
              client.setQueryData(agentQuery.queryKey, (known) => (known && isOlder(agent, known) ? known : agent));
              tellAgent(actor, agent);
            }
            actor.send({ type: 'request.done' });
          },
          (error: unknown) => actor.send({ type: 'request.failed', sentence: sentence(error) }),
        );
      }),
    ];
    actor.start();
    return () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
      line.close(false);
    };
  }, [actor, line, client]);
}

/** Straight from the socket as well as from the cache: a hidden tab renders late, but must ring at once. */
function useServerWord(actor: Actor<typeof phoneMachine>) {
  const socket = useLiveSocket();
  const { data: agent } = useQuery(agentQuery);
  useEffect(
    () =>
      socket.subscribe((message) => {
        const told = message.type === 'agent' || message.type === 'snapshot' ? message.agent : null;
        if (told) tellAgent(actor, told);
      }),
    [actor, socket],
  );
  useEffect(() => {
    if (agent) tellAgent(actor, agent);
  }, [actor, agent]);
}

/** Answers and frames travel on two ways: what the server said earlier must not undo what it said later. */
function tellAgent(actor: Actor<typeof phoneMachine>, agent: Agent) {
  const known = actor.getSnapshot().context.agent;
  if (known === agent || (known && isOlder(agent, known))) return;
  actor.send({ type: 'server.agent', agent });
}

function isOlder(one: Agent, other: Agent): boolean {
  return Date.parse(one.server_time) < Date.parse(other.server_time);
}

function useRinging(actor: Actor<typeof phoneMachine>, ringer: Ringer) {
  useEffect(() => {
    let before = actor.getSnapshot().value.work;
    const subscription = actor.subscribe(({ value, context }) => {
      if (value.work === before) return;
      if (value.work === 'incoming' && context.mine) ringer.start();
      else ringer.stop();
      if (value.work === 'available' && context.mine) ringer.tick();
      before = value.work;
    });
    return () => {
      subscription.unsubscribe();
      ringer.stop();
    };
  }, [actor, ringer]);
}

/** A contact survives a reload, but closing the window by mistake should take a second thought. */
function useBusyWarning(actor: Actor<typeof phoneMachine>) {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      const { agent, mine } = actor.getSnapshot().context;
      if (mine && hasLiveContact(agent)) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [actor]);
}
