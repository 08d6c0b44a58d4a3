import type { LiveMessage } from './model';

/** How the live socket is: `connecting` at first, `live`, or `reconnecting` after it was lost. */
export type LinkState = 'connecting' | 'live' | 'reconnecting';

type Listener = (message: LiveMessage) => void;

const HEARTBEAT_MS = 3_000;
/** Silence after which the socket counts as dead though the network has not said so. */
const SILENCE_MS = 9_000;
const BACKOFF_MS_MAX = 8_000;
/** How long a connection must have stood to count as a good one. */
const STEADY_MS = 5_000;
const SESSION_ENDED = 4401;

/**
 * The socket to `/api/v1/live`: connects, beats, resumes after a loss, and connects anew when a number is missing.
 * Media does not depend on it: a call goes on while it reconnects.
 */
export class LiveSocket {
  readonly #url: string;
  readonly #onEnded: () => void;
  readonly #listeners = new Set<Listener>();
  readonly #linkListeners = new Set<() => void>();
  #socket: WebSocket | null = null;
  #seq: number | null = null;
  #heardAt = 0;
  #openedAt: number | null = null;
  #attempts = 0;
  #beat: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  link: LinkState = 'connecting';

  constructor(url: string, onEnded: () => void) {
    this.#url = url;
    this.#onEnded = onEnded;
  }

  /** Opens the socket and keeps it open until `stop`. */
  start() {
    this.#connect();
    this.#beat = setInterval(() => this.#heartbeat(), HEARTBEAT_MS);
  }

  stop() {
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    this.#detach();
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  subscribeLink = (listener: () => void): (() => void) => {
    this.#linkListeners.add(listener);
    return () => this.#linkListeners.delete(listener);
  };

  #connect() {
    this.#detach();
    const socket = new WebSocket(this.#seq === null ? this.#url : `${this.#url}?resume=${this.#seq}`);
    this.#socket = socket;
    this.#heardAt = Date.now();
    this.#openedAt = null;
    socket.onopen = () => {
      this.#openedAt = Date.now();
      this.#heartbeat();
    };
    socket.onmessage = (event) => this.#receive(String(event.data));
    socket.onclose = (event) => {
      if (event.code === SESSION_ENDED) this.#onEnded();
      else this.#lost();
    };
  }

  #receive(text: string) {
    this.#heardAt = Date.now();
    const message = JSON.parse(text) as LiveMessage;
    if ('seq' in message) {
      const restarts = message.type === 'snapshot';
      if (!restarts && this.#seq !== null && message.type !== 'resumed' && message.seq !== this.#seq + 1) {
        this.#seq = null;
        this.#lost();
        return;
      }
      this.#seq = message.seq;
    }
    this.#setLink('live');
    for (const listener of this.#listeners) listener(message);
  }

  #heartbeat() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send('{"type":"heartbeat"}');
    if (this.#socket && Date.now() - this.#heardAt > SILENCE_MS) this.#lost();
  }

  #lost() {
    this.#detach();
    // A server that takes connections and drops them must not be asked faster for it.
    if (this.#openedAt !== null && Date.now() - this.#openedAt > STEADY_MS) this.#attempts = 0;
    this.#setLink('reconnecting');
    const delay = Math.min(BACKOFF_MS_MAX, 250 * 2 ** this.#attempts);
    this.#attempts += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), delay * (0.75 + Math.random() / 2));
  }

  #detach() {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #setLink(link: LinkState) {
    if (this.link === link) return;
    this.link = link;
    for (const listener of this.#linkListeners) listener();
  }
}
