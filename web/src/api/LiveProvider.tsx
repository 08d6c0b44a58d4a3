import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { type LinkState, LiveSocket } from './live';
import { LiveWriter } from './liveWriter';

const LiveContext = createContext<{ socket: LiveSocket; writer: LiveWriter } | null>(null);

/** Keeps one live socket open and writes what it says into the query cache. */
export function LiveProvider({ onEnded, children }: { onEnded: () => void; children: ReactNode }) {
  const client = useQueryClient();
  const [live] = useState(() => ({
    socket: new LiveSocket(liveUrl(window.location), onEnded),
    writer: new LiveWriter(client),
  }));
  useEffect(() => {
    const { socket, writer } = live;
    const stop = socket.subscribe((message) => writer.write(message));
    socket.start();
    return () => {
      stop();
      writer.stop();
      socket.stop();
    };
  }, [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** What writes the server's word into the cache; only inside `LiveProvider`. */
export function useLiveWriter(): LiveWriter {
  return useLive().writer;
}

/** How the live socket is. */
export function useLink(): LinkState {
  const { socket } = useLive();
  return useSyncExternalStore(socket.subscribeLink, () => socket.link);
}

function useLive() {
  const live = useContext(LiveContext);
  if (!live) throw new Error('The live view needs a LiveProvider');
  return live;
}

function liveUrl(location: Location): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;
}
