import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { type LinkState, LiveSocket } from './live';
import { LiveWriter } from './liveWriter';

const LiveContext = createContext<LiveSocket | null>(null);

/** Keeps one live socket open and writes what it says into the query cache. */
export function LiveProvider({ onEnded, children }: { onEnded: () => void; children: ReactNode }) {
  const client = useQueryClient();
  const [socket] = useState(() => new LiveSocket(liveUrl(window.location), onEnded));
  useEffect(() => {
    const writer = new LiveWriter(client);
    const stop = socket.subscribe((message) => writer.write(message));
    socket.start();
    return () => {
      stop();
      writer.stop();
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
