import { type Ending, OwnEnding } from '../domain/ending.ts';

/** An ending of the caller and a time limit in one, and afterwards which of the two it was. */
export class TimeLimit {
  private readonly own = new OwnEnding();
  private timer: NodeJS.Timeout | undefined = undefined;
  private timerMs = 0;
  private expired = false;
  private readonly onCaller = () => this.own.abort(this.caller?.reason);

  /** @param timeoutMs undefined for none of its own */
  constructor(
    timeoutMs: number | undefined,
    private readonly caller: Ending | undefined,
  ) {
    if (timeoutMs !== undefined) this.renew(timeoutMs);
    if (caller?.aborted) this.onCaller();
    else caller?.addEventListener('abort', this.onCaller, { once: true });
  }

  get ending(): Ending {
    return this.own;
  }

  /** The ending for those who take nothing but a signal of the platform, which costs far more. */
  get signal(): AbortSignal {
    return this.own.signal;
  }

  /** From now on so long. */
  renew(timeoutMs: number): void {
    // As after each event of a stream: cheaper than another timer.
    if (this.timer && this.timerMs === timeoutMs) {
      this.timer.refresh();
      return;
    }
    clearTimeout(this.timer);
    this.timerMs = timeoutMs;
    this.timer = setTimeout(() => {
      this.expired = true;
      this.own.abort(new Error(`${timeoutMs} ms are over`));
    }, timeoutMs);
  }

  /** Ends the work under it, for another reason than time or the caller. */
  end(reason: Error): void {
    this.own.abort(reason);
  }

  ended(): { cancelled: boolean; timedOut: boolean } {
    return { cancelled: !this.expired && (this.caller?.aborted ?? false), timedOut: this.expired };
  }

  /** Settles as `work` does, or rejects at once when the signal aborts: a provider that does not listen is left. */
  race<T>(work: Promise<T>): Promise<T> {
    const { own } = this;
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(own.reason);
      if (own.aborted) onAbort();
      else own.addEventListener('abort', onAbort);
      // Heard to its end in any case: work that fails after it was given up has nobody else to tell.
      work.then(
        (value) => {
          own.removeEventListener('abort', onAbort);
          resolve(value);
        },
        (error: unknown) => {
          own.removeEventListener('abort', onAbort);
          reject(error);
        },
      );
    });
  }

  clear(): void {
    clearTimeout(this.timer);
    this.caller?.removeEventListener('abort', this.onCaller);
  }
}
