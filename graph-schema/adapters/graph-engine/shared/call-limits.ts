import { graphError } from '../../../errors.ts';
import type { EngineCallOptions } from '../../../ports/graph-engine.ts';

export const DEFAULT_CALL_TIMEOUT_MS = 30_000;

/**
 * One call's time limit and cancellation. What it races is answered on time whatever the engine does; `ended` tells
 * the adapter to end the work behind it.
 */
export class CallLimits {
  readonly timeoutMs: number;
  readonly #startedAt = performance.now();
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #stopped: Promise<never>;
  #stop: (error: Error) => void = () => undefined;
  #reason: Error | undefined;
  readonly #listeners: Array<() => void> = [];

  constructor(options: EngineCallOptions = {}) {
    this.timeoutMs = options.timeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
    this.#signal = options.signal;
    this.#stopped = new Promise<never>((_, reject) => {
      this.#stop = reject;
    });
    this.#stopped.catch(() => undefined);
    this.#timer = setTimeout(() => this.end(this.#timeoutError()), this.timeoutMs);
    if (this.#signal?.aborted) this.#onAbort();
    else this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Why the call was ended, or undefined while it may go on. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  get remainingMs(): number {
    return Math.max(0, this.timeoutMs - (performance.now() - this.#startedAt));
  }

  /** Called once when time is over, the caller cancelled, or the adapter ended the call for a reason of its own. */
  onEnded(listener: () => void): void {
    if (this.#reason) listener();
    else this.#listeners.push(listener);
  }

  /** Ends the call with this error; without effect on a call that has ended. */
  end(error: Error): void {
    if (this.#reason) return;
    this.#reason = error;
    this.#stop(error);
    for (const listener of this.#listeners.splice(0)) listener();
  }

  async race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    if (this.#reason) throw this.#reason;
    return Promise.race([work, this.#stopped]);
  }

  /** From here on neither time nor signal ends the call: it is past the point of no return. */
  disarm(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.end(
      graphError('KAZE_GRAPH_CANCELLED', 'The caller cancelled while the graph was asked.', {
        cause: this.#signal?.reason,
      }),
    );
  };

  #timeoutError(): Error {
    return graphError(
      'KAZE_GRAPH_TIMEOUT',
      `The graph did not answer within ${this.timeoutMs} ms; the query was ended.`,
      {
        fields: { limitMs: this.timeoutMs },
      },
    );
  }
}
