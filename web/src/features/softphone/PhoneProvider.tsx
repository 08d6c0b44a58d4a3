import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSelector } from '@xstate/react';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { type Actor, createActor, type SnapshotFrom } from 'xstate';
import { useLiveSocket } from '@/api/LiveProvider';
import type { Agent, AgentStatus } from '@/api/model';
import { sentence } from '@/api/problem';
import { agentQuery } from '@/api/queries';
import type { Look } from '@/components/stateLook';
import { type DeviceChoice, useDeviceChoice } from './devices';
import { Line } from './line';
import { phoneMachine } from './machine';
import { PhoneOwner } from './owner';
import { hasLiveContact, type LinePhase, type PhoneEvent } from './phone';
import { phoneLook } from './phoneLook';
import type { Quality } from './quality';
import { sendRequest } from './requests';
import { Ringer } from './ring';

export type Phone = {
  actor: Actor<typeof phoneMachine>;
  ringer: Ringer;
  quality: Quality | null;
  devices: DeviceChoice;
  setDevices: (devices: DeviceChoice) => void;
  /** Chooses a status; must be called from a user gesture, for the microphone may be asked for. */
  go: (status: AgentStatus) => void;
  /** Takes the phone into this tab. */
  takeOver: () => void;
  /** Whether the browser keeps the page silent until it is touched. */
  silenced: boolean;
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

/** Where the line is. */
export function useLinePhase(): LinePhase {
  return usePhoneState(({ context, value }) => {
    if (context.lineOpen) return 'open';
    return value.line === 'opening' || value.line === 'failed' ? value.line : 'closed';
  });
}

/** The look of the phone's head. */
export function usePhoneLook(): Look {
  const agent = usePhoneState(({ context }) => context.agent);
  const declined = usePhoneState(({ context }) => context.declined);
  return phoneLook(agent, useLinePhase(), declined);
}

/** Runs the phone's machine: feeds it what the server, the line and the other tabs say, carries out what it wants. */
export function PhoneProvider({ children }: { children: ReactNode }) {
  const [devices, setDevices] = useDeviceChoice();
  const [quality, setQuality] = useState<Quality | null>(null);
  const [silenced, setSilenced] = useState(false);
  const [parts] = useState(() => {
    const actor = createActor(phoneMachine);
    const tell = (event: PhoneEvent) => actor.send(event);
    const line = new Line(devices, {
      opened: () => tell({ type: 'line.opened' }),
      lost: () => tell({ type: 'line.lost' }),
      failed: (fault) => tell({ type: 'line.failed', fault }),
      quality: setQuality,
      silenced: () => setSilenced(true),
    });
    return { actor, line, ringer: new Ringer(() => setSilenced(true)), owner: { current: null as PhoneOwner | null } };
  });
  const { actor, line, ringer, owner } = parts;

  const takeOver = useCallback(() => owner.current?.takeOver(), [owner]);
  usePhoneEffects(actor, line, takeOver);
  useServerWord(actor);
  useSounds(actor, ringer);
  useBusyWarning(actor);

  useEffect(() => {
    const current = new PhoneOwner((mine) => actor.send({ type: 'owner.changed', mine }));
    owner.current = current;
    current.start();
    return () => current.stop();
  }, [actor, owner]);

  useEffect(() => {
    // A reload brings the line back without a press, and browsers keep such a page silent.
    const unlock = () => {
      line.unlock();
      ringer.unlock();
      setSilenced(false);
    };
    const presses = ['pointerdown', 'keydown'] as const;
    for (const press of presses) window.addEventListener(press, unlock, { capture: true, passive: true });
    return () => {
      for (const press of presses) window.removeEventListener(press, unlock, { capture: true });
    };
  }, [line, ringer]);

  useEffect(() => {
    void line.setDevices(devices);
    ringer.setDevice(devices.ringerId);
  }, [line, ringer, devices]);

  const go = useCallback((status: AgentStatus) => actor.send({ type: 'GO', status }), [actor]);
  const phone = useMemo(
    () => ({ actor, ringer, quality, devices, setDevices, go, takeOver, silenced }),
    [actor, ringer, quality, devices, setDevices, go, takeOver, silenced],
  );
  return <PhoneContext value={phone}>{children}</PhoneContext>;
}

function usePhoneEffects(actor: Actor<typeof phoneMachine>, line: Line, takeOver: () => void) {
  const client = useQueryClient();
  useEffect(() => {
    const subscriptions = [
      actor.on('openLine', () => void line.open()),
      actor.on('closeLine', ({ tellServer }) => line.close(tellServer)),
      actor.on('setMuted', ({ muted }) => line.setMuted(muted)),
      actor.on('takePhone', takeOver),
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
  }, [actor, line, takeOver, client]);
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

function useSounds(actor: Actor<typeof phoneMachine>, ringer: Ringer) {
  useEffect(() => {
    let before = actor.getSnapshot();
    const subscription = actor.subscribe((now) => {
      const { mine, fault } = now.context;
      if (mine && now.value.work === 'incoming') ringer.start();
      else ringer.stop();
      // A reload is no news.
      const cameAvailable = now.value.work === 'available' && !['available', 'unknown'].includes(before.value.work);
      if (mine && cameAvailable) ringer.tick();
      if (mine && fault !== null && before.context.fault === null) ringer.low();
      before = now;
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
