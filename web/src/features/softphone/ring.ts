import { playOn } from './devices';

/** North American ringing: 440 and 480 Hz, 2 s on, 4 s off (ITU-T E.180 supplement 2). */
const RING = { frequencies: [440, 480], onS: 2, periodS: 6 };
const VOLUME = 0.12;
/** A browser that lets a page sound begins within this time. */
const RESUME_MS = 500;

/** The phone's own sounds, made on the spot and played on the ringer device. */
export class Ringer {
  readonly #onSilenced: () => void;
  #context: AudioContext | null = null;
  #deviceId = '';
  #timer: ReturnType<typeof setInterval> | undefined;
  #sounding: GainNode | null = null;

  /** `onSilenced` is called when the browser does not let the page ring. */
  constructor(onSilenced: () => void) {
    this.#onSilenced = onSilenced;
  }

  /** Must run inside a user gesture once: browsers keep a page silent until then. */
  unlock() {
    void this.#audio().resume();
  }

  setDevice(deviceId: string) {
    this.#deviceId = deviceId;
    if (this.#context) void playOn(this.#context, deviceId);
  }

  /** Rings until `stop`. */
  start() {
    if (this.#timer) return;
    const sound = () => {
      this.#sounding = this.#tone(RING.frequencies, RING.onS, VOLUME);
    };
    sound();
    this.#timer = setInterval(sound, RING.periodS * 1000);
    void this.#audio().resume();
    setTimeout(() => this.#timer && this.#audio().state !== 'running' && this.#onSilenced(), RESUME_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#sounding?.disconnect();
    this.#sounding = null;
  }

  /** One soft tick: something changed, or time is nearly up. */
  tick() {
    this.#tone([880], 0.06, VOLUME / 2);
  }

  /** One low tone: something is wrong. */
  low() {
    this.#tone([220], 0.35, VOLUME);
  }

  close() {
    this.stop();
    void this.#context?.close();
    this.#context = null;
  }

  #audio(): AudioContext {
    if (!this.#context) {
      this.#context = new AudioContext();
      void playOn(this.#context, this.#deviceId);
    }
    return this.#context;
  }

  #tone(frequencies: number[], seconds: number, volume: number): GainNode {
    const audio = this.#audio();
    const gain = audio.createGain();
    const end = audio.currentTime + seconds;
    gain.gain.setValueAtTime(0, audio.currentTime);
    gain.gain.linearRampToValueAtTime(volume, audio.currentTime + 0.02);
    gain.gain.setValueAtTime(volume, end - 0.02);
    gain.gain.linearRampToValueAtTime(0, end);
    gain.connect(audio.destination);
    for (const frequency of frequencies) {
      const oscillator = audio.createOscillator();
      oscillator.frequency.value = frequency;
      oscillator.connect(gain);
      oscillator.start();
      oscillator.stop(end);
    }
    return gain;
  }
}
