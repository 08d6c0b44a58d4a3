import { answer, api } from '@/api/client';
import { AUDIO_BLOCKED, connects, openPeer } from '@/media/peer';
import { playOn } from './devices';

const CONNECT_MS_MAX = 8_000;
/** A little less than the server allows. */
const ECHO_MS = 14_000;

/** Sends the microphone to the server and plays what comes back. */
export class EchoTest {
  readonly #speaker = new Audio();
  readonly #onStopped: () => void;
  #connection: RTCPeerConnection | null = null;
  #id: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(speakerId: string, onStopped: () => void) {
    this.#onStopped = onStopped;
    void playOn(this.#speaker, speakerId);
  }

  /** Resolves once the echo can be heard; fails when the server refuses or audio does not get through. */
  async start(microphone: MediaStream): Promise<void> {
    const peer = await openPeer(microphone, async (sdp) => {
      const test = await answer(api.POST('/api/v1/echo-tests', { body: { sdp } }));
      this.#id = test.id;
      return test.sdp;
    });
    this.#connection = peer.connection;
    this.#speaker.srcObject = peer.remote;
    void this.#speaker.play().catch(() => undefined);
    if (!(await connects(peer.connection, CONNECT_MS_MAX))) {
      this.stop();
      throw new Error(AUDIO_BLOCKED);
    }
    this.#timer = setTimeout(() => this.stop(), ECHO_MS);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#connection?.close();
    this.#connection = null;
    this.#speaker.srcObject = null;
    const id = this.#id;
    this.#id = null;
    // It ends by itself anyway.
    if (id) void answer(api.DELETE('/api/v1/echo-tests/{id}', { params: { path: { id } } })).catch(() => undefined);
    this.#onStopped();
  }
}
