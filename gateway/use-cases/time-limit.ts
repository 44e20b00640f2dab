/** The caller's signal and the call's time limit in one, and afterwards which of the two it was. */
export class TimeLimit {
  readonly signal: AbortSignal;
  private readonly timer: NodeJS.Timeout;
  private expired = false;

  constructor(
    timeoutMs: number,
    private readonly caller: AbortSignal | undefined,
  ) {
    const own = new AbortController();
    this.timer = setTimeout(() => {
      this.expired = true;
      own.abort(new Error(`${timeoutMs} ms are over`));
    }, timeoutMs);
    this.signal = caller ? AbortSignal.any([caller, own.signal]) : own.signal;
  }

  ended(): { cancelled: boolean; timedOut: boolean } {
    return { cancelled: !this.expired && (this.caller?.aborted ?? false), timedOut: this.expired };
  }

  /** Settles as `work` does, or rejects at once when the signal aborts: a provider that does not listen is left. */
  async race<T>(work: Promise<T>): Promise<T> {
    // Handled from the start: work that fails after it was given up has nobody else to tell.
    work.catch(() => {});
    this.signal.throwIfAborted();
    let onAbort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(this.signal.reason);
      this.signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  clear(): void {
    clearTimeout(this.timer);
  }
}
