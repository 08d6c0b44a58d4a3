import { useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { agentStatusesQuery } from '@/api/queries';
import { usePhone } from './PhoneProvider';
import { type Command, commandOf } from './shortcuts';

/** Whether the phone listens to its keys, and the switch for it. */
export function useShortcutSwitch() {
  return useLocalStorage({ key: 'offhook.shortcuts', defaultValue: true, getInitialValueInEffect: false });
}

/** Runs `run` when the keys of a command are pressed. */
export function useCommand(command: Command, run: () => void) {
  const [enabled] = useShortcutSwitch();
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!enabled || commandOf(event) !== command) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

/** The keys that work wherever the phone is. */
export function useShortcuts() {
  const { actor, go } = usePhone();
  const { data: statuses } = useQuery(agentStatusesQuery);
  useCommand('accept', () => actor.send({ type: 'ACCEPT' }));
  useCommand('decline', () => actor.send({ type: 'DECLINE' }));
  useCommand('mute', () => actor.send({ type: 'MUTE' }));
  useCommand('notes', () => document.getElementById('phone-notes')?.focus());
  useCommand('toggleAvailable', () => {
    const available = actor.getSnapshot().context.agent?.status.kind === 'available';
    const missed = actor.getSnapshot().context.agent?.activity === 'missed';
    const kind = available && !missed ? 'break' : 'available';
    const status = statuses?.items.find((each) => each.kind === kind);
    if (status) go(status);
  });
}
