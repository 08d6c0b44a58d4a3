import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Actor } from 'xstate';
import { useLiveWriter } from '@/api/LiveProvider';
import { sentence } from '@/api/problem';
import { agentQuery } from '@/api/queries';
import type { Line } from './line';
import type { phoneMachine } from './machine';
import { forgetNotes } from './notes';
import { hasLiveContact } from './phone';
import { sendRequest } from './requests';
import type { Ringer } from './ring';

/** Starts the machine and carries out what it wants done. */
export function usePhoneEffects(actor: Actor<typeof phoneMachine>, line: Line, takePhone: () => void) {
  const writer = useLiveWriter();
  useEffect(() => {
    const subscriptions = [
      actor.on('openLine', ({ takeOver }) => void line.open(takeOver)),
      actor.on('closeLine', ({ tellServer }) => line.close(tellServer)),
      actor.on('setMicrophone', ({ use }) => line.setMicrophone(use)),
      actor.on('takePhone', takePhone),
      actor.on('send', ({ request }) => {
        sendRequest(request).then(
          (agent) => {
            if (agent) writer.takeAgent(agent);
            if (request.kind === 'complete') forgetNotes(request.contactId);
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
  }, [actor, line, takePhone, writer]);
}

/** Feeds the machine what the server says: at first from the cache, then as the writer takes it in. */
export function useServerWord(actor: Actor<typeof phoneMachine>) {
  const client = useQueryClient();
  const writer = useLiveWriter();
  const { data: agent } = useQuery(agentQuery);
  useEffect(() => writer.subscribeAgent((word) => actor.send({ type: 'server.agent', agent: word })), [actor, writer]);
  useEffect(() => {
    // What rendered may be older by now than what the cache holds.
    const newest = agent && client.getQueryData(agentQuery.queryKey);
    if (newest && newest !== actor.getSnapshot().context.agent) actor.send({ type: 'server.agent', agent: newest });
  }, [actor, client, agent]);
}

/** Rings, and says by a tone what an agent who looks elsewhere should know. */
export function useSounds(actor: Actor<typeof phoneMachine>, ringer: Ringer) {
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

/** Asks before a window with a contact closes: it survives a reload, but a mistake should take a second thought. */
export function useBusyWarning(actor: Actor<typeof phoneMachine>) {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      const { agent, mine } = actor.getSnapshot().context;
      if (mine && hasLiveContact(agent)) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [actor]);
}

/** Gives sound to a page which the browser keeps silent until it is touched: a reload brings the line back without that. */
export function useUnlocking(line: Line, ringer: Ringer, unlocked: () => void) {
  useEffect(() => {
    const unlock = () => {
      line.unlock();
      ringer.unlock();
      unlocked();
    };
    const presses = ['pointerdown', 'keydown'] as const;
    for (const press of presses) window.addEventListener(press, unlock, { capture: true, passive: true });
    return () => {
      for (const press of presses) window.removeEventListener(press, unlock, { capture: true });
    };
  }, [line, ringer, unlocked]);
}
