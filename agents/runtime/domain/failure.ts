import { isKazeError, type KazeError } from '#platform';
import { agentError } from '../../errors.ts';

/** How a run that did not produce an outcome ended, and what follows from it. */
export type Failure =
  | { readonly kind: 'lost' }
  | { readonly kind: 'handed-back' }
  | { readonly kind: 'waiting'; readonly error: KazeError }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'final'; readonly error: KazeError }
  | { readonly kind: 'retry'; readonly error: KazeError; readonly crashed: boolean };

/** Sorts an error by who must act: the caller (final), the environment (again later), us (again, and the actor crashed). */
export function classify(error: unknown): Failure {
  const known = isKazeError(error) ? error : unexpected(error);
  switch (known.code) {
    case 'KAZE_TASK_LEASE_LOST':
      return { kind: 'lost' };
    case 'KAZE_TASK_HANDED_BACK':
      return { kind: 'handed-back' };
    case 'KAZE_TASK_WAITING':
      return { kind: 'waiting', error: known };
    case 'KAZE_TASK_CANCELLED':
      return { kind: 'cancelled' };
  }
  if (known.kind === 'internal') return { kind: 'retry', error: known, crashed: true };
  return known.retryable ? { kind: 'retry', error: known, crashed: false } : { kind: 'final', error: known };
}

/** An error of a handler's own. Its text may hold data of a client, so people get the kind of error only. */
function unexpected(error: unknown): KazeError {
  const name = error instanceof Error ? error.name : typeof error;
  return agentError('KAZE_TASK_FAILED', `the handler failed unexpectedly (${name}); the log has the whole error`, {
    cause: error,
  });
}

export interface BackoffOptions {
  /** Milliseconds before the second attempt. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Doubles with each attempt; up to a quarter less by chance, so that tasks which failed together do not return so. */
export function backoffMs(attempt: number, { firstMs, longestMs }: BackoffOptions, random = Math.random()): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (1 - random / 4));
}
