import { useSyncExternalStore } from 'react';

/**
 * The server's clock as seen from here. A message that names the server's time arrives late by the unknown way back, so
 * of all measurements the largest offset is the least delayed one.
 */
export class ServerClock {
  #offsetMs: number | null = null;

  /** Takes a measurement: the server's time in a message which arrived at `localMs`. */
  observe(serverTime: string, localMs: number) {
    const offset = Date.parse(serverTime) - localMs;
    if (Number.isNaN(offset)) return;
    const before = this.#offsetMs;
    // A jump of seconds is a clock that was set, not a quicker message.
    if (before === null || offset > before || Math.abs(offset - before) > 5_000) this.#offsetMs = offset;
  }

  /** The server's time in ms since 1970 at the local time `localMs`. */
  at(localMs: number): number {
    return localMs + (this.#offsetMs ?? 0);
  }
}

/** The one clock of the page. */
export const serverClock = new ServerClock();

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 500);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The server's time in ms since 1970; renders again twice a second, all users of it at the same moment. */
export function useServerNow(): number {
  const local = useSyncExternalStore(subscribe, () => now);
  return serverClock.at(local);
}
