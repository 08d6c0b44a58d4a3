import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { serverClock } from './clock';
import { type LinkState, LiveSocket } from './live';
import { foldLive } from './liveFold';
import type { LiveMessage } from './model';
import { agentQuery, liveQuery, meQuery } from './queries';

const LiveContext = createContext<LiveSocket | null>(null);

/** Keeps one live socket open and writes what it says into the query cache. */
export function LiveProvider({ onEnded, children }: { onEnded: () => void; children: ReactNode }) {
  const client = useQueryClient();
  const [socket] = useState(() => new LiveSocket(liveUrl(window.location), onEnded));
  useEffect(() => {
    const stop = socket.subscribe((message) => write(client, message));
    socket.start();
    return () => {
      stop();
      socket.stop();
    };
  }, [socket, client]);
  return <LiveContext value={socket}>{children}</LiveContext>;
}

/** The live socket; only inside `LiveProvider`. */
export function useLiveSocket(): LiveSocket {
  const socket = useContext(LiveContext);
  if (!socket) throw new Error('useLiveSocket needs a LiveProvider');
  return socket;
}

/** How the live socket is. */
export function useLink(): LinkState {
  const socket = useLiveSocket();
  return useSyncExternalStore(socket.subscribeLink, () => socket.link);
}

function liveUrl(location: Location): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;
}

function write(client: QueryClient, message: LiveMessage) {
  if ('server_time' in message) serverClock.observe(message.server_time, Date.now());
  if (message.type === 'snapshot') {
    // A first paint by REST that is still under way is older than what the socket says.
    void client.cancelQueries({ queryKey: liveQuery.queryKey }, { revert: false });
    void client.cancelQueries({ queryKey: agentQuery.queryKey }, { revert: false });
  }
  client.setQueryData(liveQuery.queryKey, (view) => foldLive(view, message));
  if (message.type === 'snapshot' || message.type === 'agent') client.setQueryData(agentQuery.queryKey, message.agent);
  if (message.type === 'snapshot' || message.type === 'first_call') {
    client.setQueryData(meQuery.queryKey, (me) => me && { ...me, first_call: message.first_call });
  }
  if (message.type === 'live_contact_ended') void client.invalidateQueries({ queryKey: ['contacts'] });
  if (message.type === 'live_contact') void client.invalidateQueries({ queryKey: ['contacts', message.contact.id] });
}
