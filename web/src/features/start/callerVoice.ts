/** The first two formants of five vowels in Hz, after Peterson and Barney (1952). */
const VOWELS = [
  [730, 1090],
  [270, 2290],
  [570, 840],
  [530, 1840],
  [300, 870],
] as const;
const SYLLABLE_S = 0.22;
const SYLLABLES_PER_SENTENCE = 9;
const PAUSE_S = 1.4;
const PITCH_HZ = 125;

/** A voice that is nobody's: vowels in the rhythm of speech, so that a test call carries something to hear. */
export class CallerVoice {
  readonly #context = new AudioContext();
  readonly #destination = this.#context.createMediaStreamDestination();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The voice as a stream that a peer connection can send. */
  get stream(): MediaStream {
    return this.#destination.stream;
  }

  start() {
    void this.#context.resume();
    const throat = this.#context.createOscillator();
    throat.type = 'sawtooth';
    throat.frequency.value = PITCH_HZ;
    const mouth = this.#context.createGain();
    mouth.gain.value = 0;
    const formants = [0, 1].map(() => {
      const filter = this.#context.createBiquadFilter();
      filter.type = 'bandpass';
      filter.Q.value = 8;
      throat.connect(filter);
      filter.connect(mouth);
      return filter;
    });
    mouth.connect(this.#destination);
    throat.start();
    const speak = (sentence: number) => {
      this.#sentence(sentence, throat, mouth, formants);
      const lengthS = SYLLABLES_PER_SENTENCE * SYLLABLE_S + PAUSE_S;
      this.#timer = setTimeout(() => speak(sentence + 1), lengthS * 1000);
    };
    speak(0);
  }

  stop() {
    clearTimeout(this.#timer);
    if (this.#context.state !== 'closed') void this.#context.close();
  }

  #sentence(number: number, throat: OscillatorNode, mouth: GainNode, formants: BiquadFilterNode[]) {
    const begin = this.#context.currentTime + 0.05;
    throat.frequency.setValueAtTime(PITCH_HZ * 1.15, begin);
    throat.frequency.linearRampToValueAtTime(PITCH_HZ * 0.85, begin + SYLLABLES_PER_SENTENCE * SYLLABLE_S);
    for (let i = 0; i < SYLLABLES_PER_SENTENCE; i += 1) {
      const at = begin + i * SYLLABLE_S;
      const vowel = VOWELS[(i * 2 + number) % VOWELS.length];
      formants.forEach((filter, index) => {
        filter.frequency.setTargetAtTime(vowel?.[index] ?? 500, at, 0.03);
      });
      mouth.gain.setTargetAtTime(1.6, at, 0.03);
      mouth.gain.setTargetAtTime(0.08, at + SYLLABLE_S * 0.65, 0.03);
    }
    mouth.gain.setTargetAtTime(0, begin + SYLLABLES_PER_SENTENCE * SYLLABLE_S, 0.05);
  }
}
