import { answer, api } from '@/api/client';
import { AUDIO_BLOCKED, connects, openPeer } from '@/media/peer';
import { CallerVoice } from './callerVoice';

const CONNECT_MS_MAX = 10_000;

/** A caller in this browser: speaks with a made voice and hears what a caller hears. */
export class TestCaller {
  readonly #voice = new CallerVoice();
  readonly #ear = new Audio();
  readonly #onEnded: () => void;
  #connection: RTCPeerConnection | null = null;
  #contactId: string | null = null;

  constructor(onEnded: () => void) {
    this.#onEnded = onEnded;
    this.#ear.muted = true;
  }

  /** Calls; resolves to the contact and what the caller hears once audio stands. */
  async call(): Promise<{ contactId: string; heard: MediaStream }> {
    this.#voice.start();
    try {
      const peer = await openPeer(this.#voice.stream, async (sdp) => {
        const call = await answer(api.POST('/api/v1/test-calls', { body: { sdp } }));
        this.#contactId = call.contact_id;
        return call.sdp;
      });
      this.#connection = peer.connection;
      // Chrome decodes a remote stream only while an element plays it, muted or not.
      this.#ear.srcObject = peer.remote;
      void this.#ear.play().catch(() => undefined);
      if (!(await connects(peer.connection, CONNECT_MS_MAX))) {
        throw new Error(AUDIO_BLOCKED);
      }
      peer.connection.onconnectionstatechange = () => {
        if (peer.connection.connectionState === 'failed') this.hangUp();
      };
      return { contactId: this.#contactId ?? '', heard: peer.remote };
    } catch (error) {
      this.hangUp();
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
    this.#onEnded();
  }

  /** Lets go of everything without a word to the server: the call is over there. */
  dispose() {
    this.#connection?.close();
    this.#connection = null;
    this.#ear.srcObject = null;
    this.#voice.stop();
  }
}
