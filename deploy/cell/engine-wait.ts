import { type Clock, isKazeError, type Logger } from '#platform';

export interface EngineWaitOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long an engine is waited for, ms; without it as long as it takes. */
  readonly forMs?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Told the name of what is waited for, and `undefined` once nothing is. */
  readonly onWait?: (name: string | undefined) => void;
}

/** Opens engines, and waits for those that are away: a server may be starting itself. */
export interface EngineWait {
  /**
   * Tries until the engine is there, its time is up, or it fails for a reason that time does not mend (a wrong
   * password, a newer form). The first failure is logged, and then one a minute.
   */
  until<T>(name: string, open: () => Promise<T>): Promise<T>;
  /** Ends all waiting with this error: one part can never open, so that the others are waited for in vain. */
  fail(error: unknown): void;
  /** Short sentences on what is not open yet. */
  reasons(): readonly string[];
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
const LOG_EVERY_MS = 60_000;

/** Whether waiting can help. A server that hangs shows by a time limit that is over. */
export function isAway(error: unknown): boolean {
  return isKazeError(error) && error.kind === 'environment' && (error.retryable || error.code.endsWith('_TIMEOUT'));
}

export function createEngineWait(options: EngineWaitOptions): EngineWait {
  const { clock, logger, forMs = Number.POSITIVE_INFINITY, signal, onWait = () => {} } = options;
  const failed = new AbortController();
  const ended = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const opening = new Map<string, { away: boolean }>();

  async function until<T>(name: string, open: () => Promise<T>): Promise<T> {
    const state = { away: false };
    opening.set(name, state);
    const began = clock.now();
    let loggedAt = Number.NEGATIVE_INFINITY;
    try {
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        ended.throwIfAborted();
        try {
          const engine = await open();
          if (state.away) logger.warn({ waitedMs: clock.now() - began }, `${name} is there`);
          return engine;
        } catch (error) {
          const now = clock.now();
          if (!isAway(error) || !isKazeError(error) || now - began >= forMs) throw error;
          state.away = true;
          onWait(name);
          if (now - loggedAt >= LOG_EVERY_MS) {
            logger.warn({ code: error.code, reason: error.message, waitedMs: now - began }, `waiting for ${name}`);
            loggedAt = now;
          }
          await clock.sleep(pauseMs, ended).catch(() => ended.throwIfAborted());
        }
      }
    } finally {
      opening.delete(name);
      onWait([...opening].find(([, { away }]) => away)?.[0]);
    }
  }

  return {
    until,
    fail: (error) => failed.abort(error),
    reasons: () => [...opening].map(([name, { away }]) => `${name} ${away ? 'does not answer' : 'is being opened'}`),
  };
}
