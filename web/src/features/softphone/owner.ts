const LOCK = 'offhook-phone';

/** Sees to it that one tab of this browser has the phone: the first one, or the one that took it over. */
export class PhoneOwner {
  readonly #changed: (mine: boolean) => void;
  #stopped = false;
  #release: () => void = () => {};

  constructor(changed: (mine: boolean) => void) {
    this.#changed = changed;
  }

  /** Takes the phone if it is free, and waits for it otherwise. */
  start() {
    // Without the API (an insecure page) there is no microphone either: nothing to share.
    if (!('locks' in navigator)) return this.#changed(true);
    void this.#acquire({ ifAvailable: true }).then((got) => {
      if (got || this.#stopped) return;
      this.#changed(false);
      void this.#acquire({});
    });
  }

  /** Takes the phone away from the tab that has it. */
  takeOver() {
    void this.#acquire({ steal: true });
  }

  stop() {
    this.#stopped = true;
    this.#release();
  }

  async #acquire(options: LockOptions): Promise<boolean> {
    let got = false;
    try {
      await navigator.locks.request(LOCK, options, (lock) => {
        if (!lock || this.#stopped) return;
        got = true;
        this.#changed(true);
        return new Promise<void>((resolve) => {
          this.#release = resolve;
        });
      });
    } catch {
      // Another tab took it over: wait in line, it comes back when that tab closes.
      if (!this.#stopped) {
        this.#changed(false);
        void this.#acquire({});
      }
    }
    return got;
  }
}
