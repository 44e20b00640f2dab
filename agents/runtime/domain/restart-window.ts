export interface RestartLimits {
  /** More restarts than this within the window are too many. */
  readonly maxRestarts: number;
  readonly windowMs: number;
}

/** Counts the restarts of one child within a moving window. */
export class RestartWindow {
  readonly #limits: RestartLimits;
  #restarts: number[] = [];

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** Notes a restart; false when it was one too many. */
  allow(now: number): boolean {
    this.#restarts = [...this.#restarts.filter((at) => at > now - this.#limits.windowMs), now];
    return this.#restarts.length <= this.#limits.maxRestarts;
  }

  clear(): void {
    this.#restarts = [];
  }
}
