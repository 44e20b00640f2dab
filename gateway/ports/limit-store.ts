import type { Awaitable } from '../domain/awaitable.ts';
import type { Rate } from '../domain/flow/gcra.ts';

/** Calls under way at once under one key. */
export interface Slots {
  readonly key: string;
  readonly max: number;
}

export interface LimitAsk {
  /** Of the attempt. */
  readonly id: string;
  readonly rates: readonly Rate[];
  readonly slots: readonly Slots[];
  /** A slot is free again after this, should its process have died. */
  readonly leaseMs: number;
}

export type LimitAnswer =
  | { readonly state: 'taken' }
  /** Nothing was taken. `waitMs` is null where only the end of another call can make room. */
  | { readonly state: 'refused'; readonly key: string; readonly waitMs: number | null };

/**
 * Rates and calls at once. Every operation is atomic over all keys of an ask, for all processes that share the store.
 * Errors of every call: KAZE_GATEWAY_LIMITS_UNAVAILABLE.
 */
export interface LimitStore {
  readonly capabilities: {
    /** Room may appear without this process doing anything. */
    readonly sharedBetweenProcesses: boolean;
  };
  /** All or nothing. */
  take(ask: LimitAsk): Awaitable<LimitAnswer>;
  /** Frees the slots, and gives back units of the rates (`cost`: how many; below 0 takes more). */
  leave(id: string, slots: readonly Slots[], back: readonly Rate[]): Awaitable<void>;
  close(): Promise<void>;
}
