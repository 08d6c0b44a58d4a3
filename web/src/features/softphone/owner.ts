const LOCK = 'offhook-phone';
/** Set in a tab that had the phone when its page went away. */
const HAD_KEY = 'offhook.phone';
/** A tab that reloads comes back for its phone within this time; another one that waits for it leaves it so long. */
const RELOAD_MS_MAX = 2_000;

/** Sees to it that one tab of this browser has the phone: the first one, or the one that took it over. */
export class PhoneOwner {
  readonly #changed: (mine: boolean) => void;
  readonly #goingAway = () => {
    if (this.#mine) sessionStorage.setItem(HAD_KEY, 'yes');
  };
  #mine = false;
  /** Holds the lock, though the phone may be left to a tab that reloads. */
  #holds = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #waiting = new AbortController();
  #stopped = false;
  #release: () => void = () => {};

  constructor(changed: (mine: boolean) => void) {
    this.#changed = changed;
  }

  /** Takes the phone if it is free or was this tab's before a reload, and waits for it otherwise. */
  start() {
    // Without the API (an insecure page) there is no microphone either: nothing to share.
    if (!('locks' in navigator)) return this.#tell(true);
    window.addEventListener('pagehide', this.#goingAway);
    const had = sessionStorage.getItem(HAD_KEY) !== null;
    sessionStorage.removeItem(HAD_KEY);
    if (had) return this.takeOver();
    void this.#acquire({ ifAvailable: true }).then((got) => {
      if (got || this.#stopped) return;
      this.#tell(false);
      this.#wait();
    });
  }

  /** Takes the phone away from the tab that has it. */
  takeOver() {
    this.#waiting.abort();
    if (!this.#holds) void this.#acquire({ steal: true });
    else this.#tell(true);
  }

  stop() {
    this.#stopped = true;
    window.removeEventListener('pagehide', this.#goingAway);
    this.#waiting.abort();
    this.#release();
  }

  /** Waits in line; the phone comes back when the tab that has it closes. */
  #wait() {
    this.#waiting = new AbortController();
    void this.#acquire({ signal: this.#waiting.signal }, RELOAD_MS_MAX);
  }

  /** Resolves, once it does not hold the lock any more, to whether it ever did. */
  async #acquire(options: LockOptions, patienceMs = 0): Promise<boolean> {
    let got = false;
    try {
      await navigator.locks.request(LOCK, options, (lock) => {
        if (!lock || this.#stopped) return;
        got = true;
        this.#holds = true;
        clearTimeout(this.#patience);
        if (patienceMs > 0) this.#patience = setTimeout(() => this.#tell(true), patienceMs);
        else this.#tell(true);
        return new Promise<void>((resolve) => {
          this.#release = resolve;
        });
      });
    } catch {
      // Another tab took it over, unless it was the waiting itself that was given up.
      if (got) this.#lost();
    }
    return got;
  }

  #lost() {
    this.#holds = false;
    clearTimeout(this.#patience);
    if (this.#stopped) return;
    this.#tell(false);
    this.#wait();
  }

  #tell(mine: boolean) {
    clearTimeout(this.#patience);
    this.#mine = mine;
    if (!this.#stopped) this.#changed(mine);
  }
}
