/** Closed lets all calls through; open none until a time; half-open one probe, which decides. */
export interface BreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  readonly openMs: number;
  readonly maxOpenMs: number;
}

/** A circuit breaker after M. Nygard, "Release It!", 2007, chapter 5: of one model, in one process. */
export class Breaker {
  private failed = 0;
  private openUntilMs = 0;
  private openMs: number;
  private probing = false;

  constructor(private readonly options: BreakerOptions) {
    this.openMs = options.openMs;
  }

  /** Milliseconds until a call may be tried; 0 when it may now. */
  waitMs(nowMs: number): number {
    if (this.failed < this.options.failures) return 0;
    if (nowMs < this.openUntilMs) return this.openUntilMs - nowMs;
    return this.probing ? Math.min(1_000, this.openMs) : 0;
  }

  /** Called for every call that is let through; gives back how to tell what came of it, once. */
  enter(): (outcome: 'ok' | 'failed' | 'unknown', nowMs: number) => void {
    const probe = this.failed >= this.options.failures;
    if (probe) this.probing = true;
    let told = false;
    return (outcome, nowMs) => {
      if (told) return;
      told = true;
      if (probe) this.probing = false;
      if (outcome === 'ok') {
        this.failed = 0;
        this.openMs = this.options.openMs;
      }
      if (outcome === 'failed') this.fail(nowMs, probe);
    };
  }

  get state(): 'closed' | 'open' {
    return this.failed < this.options.failures ? 'closed' : 'open';
  }

  private fail(nowMs: number, probe: boolean): void {
    this.failed += 1;
    if (this.failed < this.options.failures) return;
    if (probe) this.openMs = Math.min(this.options.maxOpenMs, this.openMs * 2);
    // Calls that were under way when it opened do not keep it open for longer.
    else if (this.failed > this.options.failures) return;
    this.openUntilMs = nowMs + this.openMs;
  }
}
