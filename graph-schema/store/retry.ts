import { type Clock, isKazeError, type Logger } from '#platform';
import { graphError } from '../errors.ts';

export interface RetryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds in which a unit of work must have been done, retries included. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

const FIRST_WAIT_MS = 4;
const LONGEST_WAIT_MS = 400;
const MAY_PASS = ['KAZE_GRAPH_CONFLICT', 'KAZE_GRAPH_UNAVAILABLE', 'KAZE_GRAPH_HELD'] as const;

/**
 * Runs one attempt after another until one succeeds, fails for good, or the time is up. Waits grow with full jitter
 * (Brooker, "Exponential Backoff And Jitter", 2015), so that writers who collided do not meet again.
 *
 * @param committed after a commit whose answer got lost: whether it happened. Asked until the engine answers.
 */
export async function untilCommitted<T>(
  options: RetryOptions,
  attempt: () => Promise<T>,
  committed: () => Promise<{ readonly value: T } | undefined>,
): Promise<T> {
  const { clock, logger, deadlineMs, signal } = options;
  const end = clock.now() + deadlineMs;
  const pause = async (tries: number) => {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries);
    await clock.sleep(Math.random() * longest, signal);
  };
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const late = clock.now() >= end || signal?.aborted === true;
      if (isKazeError(error, 'KAZE_GRAPH_COMMIT_UNKNOWN')) {
        const known = await settle(committed, { end, clock, pause });
        if (known === 'unknown') throw error;
        if (known) return known.value;
      } else if (!MAY_PASS.some((code) => isKazeError(error, code))) {
        throw error;
      }
      if (late) {
        if (isKazeError(error, 'KAZE_GRAPH_CONFLICT')) {
          throw graphError('KAZE_GRAPH_CONFLICT', `other writers won ${tries + 1} times within ${deadlineMs} ms`, {
            cause: error,
            fields: { tries: tries + 1, deadlineMs },
          });
        }
        throw error;
      }
      logger.debug({ tries, code: isKazeError(error) ? error.code : undefined }, 'transaction is tried again');
      await pause(tries);
    }
  }
}

async function settle<T>(
  committed: () => Promise<{ readonly value: T } | undefined>,
  { end, clock, pause }: { end: number; clock: Clock; pause: (tries: number) => Promise<void> },
): Promise<{ readonly value: T } | undefined | 'unknown'> {
  for (let tries = 0; ; tries++) {
    try {
      return await committed();
    } catch (error) {
      if (!isKazeError(error, 'KAZE_GRAPH_UNAVAILABLE') || clock.now() >= end) return 'unknown';
      await pause(tries + 4);
    }
  }
}
