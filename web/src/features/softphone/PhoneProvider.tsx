import { useSelector } from '@xstate/react';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { type Actor, createActor, type SnapshotFrom } from 'xstate';
import type { AgentStatus } from '@/api/model';
import type { Look } from '@/components/stateLook';
import { type DeviceChoice, useDeviceChoice } from './devices';
import { Line } from './line';
import { phoneMachine } from './machine';
import { PhoneOwner } from './owner';
import type { LinePhase, PhoneEvent } from './phone';
import { phoneLook } from './phoneLook';
import type { Quality } from './quality';
import { Ringer } from './ring';
import { useBusyWarning, usePhoneEffects, useServerWord, useSounds, useUnlocking } from './running';

export type Phone = {
  actor: Actor<typeof phoneMachine>;
  ringer: Ringer;
  quality: Quality | null;
  devices: DeviceChoice;
  setDevices: (devices: DeviceChoice) => void;
  /** Chooses a status; must be called from a user gesture, for the microphone may be asked for. */
  go: (status: AgentStatus) => void;
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
  const declined = usePhoneState(({ context }) => context.declinedOfferId !== null);
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
      opened: (lineId) => tell({ type: 'line.opened', lineId }),
      lost: () => tell({ type: 'line.lost' }),
      failed: (fault) => tell({ type: 'line.failed', fault }),
      elsewhere: () => tell({ type: 'line.elsewhere' }),
      quality: setQuality,
      silenced: () => setSilenced(true),
    });
    return { actor, line, ringer: new Ringer(() => setSilenced(true)), owner: { current: null as PhoneOwner | null } };
  });
  const { actor, line, ringer, owner } = parts;

  const takePhone = useCallback(() => owner.current?.takeOver(), [owner]);
  const unlocked = useCallback(() => setSilenced(false), []);
  usePhoneEffects(actor, line, takePhone);
  useServerWord(actor);
  useSounds(actor, ringer);
  useUnlocking(line, ringer, unlocked);
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

  const go = useCallback((status: AgentStatus) => actor.send({ type: 'GO', status }), [actor]);
  const phone = useMemo(
    () => ({ actor, ringer, quality, devices, setDevices, go, silenced }),
    [actor, ringer, quality, devices, setDevices, go, silenced],
  );
  return <PhoneContext value={phone}>{children}</PhoneContext>;
}
