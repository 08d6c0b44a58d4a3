/** Runs something when it is wished for: at once, then at most once in so many ms, and once after the last wish. */
export class Throttle {
  readonly #run: () => void;
  readonly #intervalMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wished = false;

  constructor(run: () => void, intervalMs: number) {
    this.#run = run;
    this.#intervalMs = intervalMs;
  }

  wish() {
    if (this.#timer !== undefined) {
      this.#wished = true;
      return;
    }
    this.#wished = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#wished) this.wish();
    }, this.#intervalMs);
    this.#run();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wished = false;
  }
}
