import { answer, api } from '@/api/client';
import { AUDIO_BLOCKED, connects, openPeer } from '@/media/peer';
import { CallerVoice } from './callerVoice';

const CONNECT_MS_MAX = 10_000;

/** A test call whose audio stands: its contact, and what the caller hears. */
export type MadeCall = { contactId: string; heard: MediaStream };

/** A caller in this browser: speaks with a made voice and hears what a caller hears. */
export class TestCaller {
  readonly #voice = new CallerVoice();
  readonly #ear = new Audio();
  readonly #onEnded: () => void;
  #connection: RTCPeerConnection | null = null;
  #contactId: string | null = null;
  #ended = false;

  constructor(onEnded: () => void) {
    this.#onEnded = onEnded;
    this.#ear.muted = true;
  }

  /** Calls; resolves once audio stands, to null when the caller has hung up meanwhile. */
  async call(): Promise<MadeCall | null> {
    this.#voice.start();
    try {
      return await this.#connect();
    } catch (error) {
      const hungUp = this.#ended;
      this.hangUp();
      if (hungUp) return null;
      throw error;
    }
  }

  /** Plays aloud what the caller hears: your own voice too, so it is off at first. */
  setAloud(aloud: boolean) {
    this.#ear.muted = !aloud;
  }

  /** Ends the call from the caller's side; harmless when it has ended already. */
  hangUp() {
    const contactId = this.#contactId;
    this.#contactId = null;
    if (contactId) {
      void answer(api.DELETE('/api/v1/test-calls/{contact_id}', { params: { path: { contact_id: contactId } } })).catch(
        () => undefined,
      );
    }
    this.dispose();
    if (!this.#ended) this.#onEnded();
    this.#ended = true;
  }

  /** Lets go of everything without a word to the server: the call is over there. */
  dispose() {
    this.#connection?.close();
    this.#connection = null;
    this.#ear.srcObject = null;
    this.#voice.stop();
  }

  async #connect(): Promise<MadeCall> {
    const { connection, remote } = await openPeer(this.#voice.stream, async (sdp) => {
      const call = await answer(api.POST('/api/v1/test-calls', { body: { sdp } }));
      this.#contactId = call.contact_id;
      this.#goOn();
      return call.sdp;
    });
    this.#connection = connection;
    this.#goOn();
    // Chrome decodes a remote stream only while an element plays it, muted or not.
    this.#ear.srcObject = remote;
    void this.#ear.play().catch(() => undefined);
    const connected = await connects(connection, CONNECT_MS_MAX);
    this.#goOn();
    if (!connected) throw new Error(AUDIO_BLOCKED);
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'failed') this.hangUp();
    };
    return { contactId: this.#contactId ?? '', heard: remote };
  }

  /** Throws when the caller has hung up meanwhile. */
  #goOn() {
    if (this.#ended) throw new Error('the caller has hung up');
  }
}
