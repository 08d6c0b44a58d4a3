import { answer, api } from '@/api/client';
import { connects, openPeer } from '@/media/peer';
import { type DeviceChoice, playOn } from './devices';
import { afterFailure } from './lineRetry';
import { MicrophoneError, openMicrophone } from './microphone';
import type { Fault, MicrophoneUse } from './phone';
import { type Quality, QualityMeter } from './quality';

export type LineEvents = {
  opened: (lineId: string) => void;
  lost: () => void;
  failed: (fault: Fault) => void;
  /** Another browser has the phone, and this one did not ask to take it over. */
  elsewhere: () => void;
  quality: (quality: Quality | null) => void;
  /** The browser does not play what comes in until the page is touched. */
  silenced: () => void;
};

const CONNECT_MS_MAX = 10_000;
/** How long a connection may be disturbed before it is opened anew. */
const DISTURBED_MS_MAX = 4_000;
const QUALITY_MS = 2_000;
/** The line that this browser opened last: by it the server knows a reload from another browser. */
const LAST_LINE_KEY = 'offhook.line';

/** The agent's line: the microphone, one peer connection to the server, and the loudspeaker. */
export class Line {
  readonly #events: LineEvents;
  readonly #speaker = new Audio();
  #devices: DeviceChoice;
  #connection: RTCPeerConnection | null = null;
  #microphone: MediaStream | null = null;
  #use: MicrophoneUse = 'idle';
  /** Rises with every opening and closing, so that what belongs to an earlier one can tell. */
  #generation = 0;
  #retries = 0;
  #timers: ReturnType<typeof setTimeout>[] = [];

  constructor(devices: DeviceChoice, events: LineEvents) {
    this.#devices = devices;
    this.#events = events;
    this.#speaker.autoplay = true;
  }

  /** Opens the line, also in place of one that stands, of another browser only by `takeOver`; says how it went. */
  async open(takeOver: boolean): Promise<void> {
    const generation = this.#begin();
    try {
      if (!this.#microphone?.active) {
        this.#microphone = await openMicrophone(this.#devices.micId);
        this.#watchMicrophone(this.#microphone);
      }
      let lineId = '';
      const peer = await openPeer(null, async (sdp) => {
        const previous = localStorage.getItem(LAST_LINE_KEY);
        const body = { sdp, previous_line_id: previous, take_over: takeOver };
        const line = await answer(api.POST('/api/v1/agent/line', { body }));
        lineId = line.line_id;
        return line.sdp;
      });
      if (generation !== this.#generation) return peer.connection.close();
      this.#connection = peer.connection;
      this.setMicrophone(this.#use);
      this.#speaker.srcObject = peer.remote;
      void playOn(this.#speaker, this.#devices.speakerId);
      this.#play();
      if (!(await connects(peer.connection, CONNECT_MS_MAX))) throw new Error('media does not connect');
      if (generation !== this.#generation) return;
      this.#retries = 0;
      this.#watch(peer.connection, generation);
      // One that never stood would hide from the server which one did.
      localStorage.setItem(LAST_LINE_KEY, lineId);
      this.#events.opened(lineId);
    } catch (error) {
      if (generation === this.#generation) this.#failed(error, generation, takeOver);
    }
  }

  /** Closes the line and gives the microphone back. */
  close(tellServer: boolean) {
    this.#begin();
    this.#retries = 0;
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#microphone = null;
    this.#speaker.srcObject = null;
    // The server closes a line that falls silent by itself: a refusal here changes nothing.
    if (tellServer) void answer(api.DELETE('/api/v1/agent/line')).catch(() => undefined);
  }

  /** Plays what comes in where the browser did not let it be played; must be called from a user gesture. */
  unlock() {
    if (this.#speaker.srcObject && this.#speaker.paused) this.#play();
  }

  /** Says what may leave the microphone; without a track the browser sends nothing. */
  setMicrophone(use: MicrophoneUse) {
    this.#use = use;
    const track = this.#microphone?.getAudioTracks()[0] ?? null;
    if (track) track.enabled = use === 'live';
    // It fails only on a connection that was closed meanwhile.
    void this.#sender?.replaceTrack(use === 'idle' ? null : track).catch(() => undefined);
  }

  /** Uses other devices, during a contact too. */
  async setDevices(devices: DeviceChoice): Promise<void> {
    const micChanged = devices.micId !== this.#devices.micId;
    this.#devices = devices;
    void playOn(this.#speaker, devices.speakerId);
    if (!micChanged || !this.#connection) return;
    try {
      const microphone = await openMicrophone(devices.micId);
      for (const track of this.#microphone?.getTracks() ?? []) {
        track.onended = null;
        track.stop();
      }
      this.#microphone = microphone;
      this.#watchMicrophone(microphone);
      this.setMicrophone(this.#use);
    } catch (error) {
      this.#events.failed(error instanceof MicrophoneError ? error.fault : 'mic_lost');
    }
  }

  get #sender(): RTCRtpSender | undefined {
    return this.#connection?.getSenders()[0];
  }

  #play() {
    this.#speaker.play().catch((error: unknown) => {
      // Any other failure is one of a line that was replaced meanwhile.
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#events.silenced();
    });
  }

  #begin(): number {
    this.#generation += 1;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    this.#connection?.close();
    this.#connection = null;
    this.#events.quality(null);
    return this.#generation;
  }

  #watch(connection: RTCPeerConnection, generation: number) {
    let disturbed: ReturnType<typeof setTimeout> | undefined;
    connection.onconnectionstatechange = () => {
      if (generation !== this.#generation) return;
      clearTimeout(disturbed);
      if (connection.connectionState === 'failed') this.#events.lost();
      if (connection.connectionState === 'disconnected') {
        disturbed = setTimeout(() => generation === this.#generation && this.#events.lost(), DISTURBED_MS_MAX);
        this.#timers.push(disturbed);
      }
    };
    const meter = new QualityMeter();
    const measure = async () => {
      if (generation !== this.#generation) return;
      this.#events.quality(meter.observe(await connection.getStats()));
      if (generation === this.#generation) this.#timers.push(setTimeout(measure, QUALITY_MS));
    };
    this.#timers = [setTimeout(measure, QUALITY_MS)];
  }

  #watchMicrophone(microphone: MediaStream) {
    for (const track of microphone.getAudioTracks()) {
      track.onended = () => {
        if (this.#microphone === microphone) this.#events.failed('mic_lost');
      };
    }
  }

  #failed(error: unknown, generation: number, takeOver: boolean) {
    this.#connection?.close();
    this.#connection = null;
    const { fault, delayMs } = afterFailure(error, this.#retries);
    if (delayMs === null) {
      this.#retries = 0;
      return fault === 'elsewhere' ? this.#events.elsewhere() : this.#events.failed(fault);
    }
    this.#retries += 1;
    this.#timers.push(setTimeout(() => generation === this.#generation && void this.open(takeOver), delayMs));
  }
}
