/**
 * What work is told by when it has to end; an `AbortSignal` is one. Node's own costs five microseconds to make and to
 * listen to, and outlives every collection of the young generation with all that hangs on it: on the way of each call
 * that was a fifth of what the gateway did.
 */
export interface Ending {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** An ending of ours. Listeners are told once, in their order. */
export class OwnEnding implements Ending {
  aborted = false;
  reason: unknown = undefined;
  private readonly listeners: Array<() => void> = [];
  private controller: AbortController | undefined = undefined;

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.listeners.splice(0)) listener();
    this.controller?.abort(reason);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.aborted) this.listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.listeners.indexOf(listener);
    if (at >= 0) this.listeners.splice(at, 1);
  }

  /** The same as a signal of the platform, for those who take nothing else. Made when it is first asked for. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.aborted) this.controller.abort(this.reason);
    return this.controller.signal;
  }
}

/** As a signal of the platform. */
export function signalOf(ending: Ending): AbortSignal {
  if (ending instanceof AbortSignal) return ending;
  if (ending instanceof OwnEnding) return ending.signal;
  const controller = new AbortController();
  if (ending.aborted) controller.abort(ending.reason);
  else ending.addEventListener('abort', () => controller.abort(ending.reason), { once: true });
  return controller.signal;
}
