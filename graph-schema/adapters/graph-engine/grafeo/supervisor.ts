import { type Clock, isKazeError, type Logger } from '#platform';
import { graphError } from '../../../errors.ts';
import { EngineChild } from './child-process.ts';
import type { GrafeoLimits } from './config.ts';
import { unavailable } from './errors.ts';

/** A process that lived this long starts the count of deaths anew. */
const STABLE_AFTER_MS = 10_000;
const FIRST_RESTART_DELAY_MS = 50;
const CLOSE_WAIT_MS = 8_000;

export interface SupervisorOptions {
  readonly file: string | undefined;
  readonly limits: GrafeoLimits;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Keeps one child process open on the graph: restarts it when it dies, and ends it when it takes too much memory. */
export class ChildSupervisor {
  readonly #options: SupervisorOptions;
  #open: EngineChild | undefined;
  /** The youngest process, also while it starts or ends. */
  #last: EngineChild | undefined;
  #deaths = 0;
  #failure: Error | undefined;
  #closed: Promise<void> | undefined;
  #stopWaiting: AbortController = new AbortController();
  readonly #waiters = new Set<() => void>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Whether it is open and nothing waits for an answer. */
  get isIdle(): boolean {
    return this.#open !== undefined && !this.#open.isBusy;
  }

  get pid(): number | undefined {
    return this.#open?.pid;
  }

  /** The first open: its failure is the caller's, with no restart. */
  async start(): Promise<void> {
    try {
      await this.#openChild();
    } catch (error) {
      this.#closed = Promise.resolve();
      if (isKazeError(error, 'KAZE_GRAPH_LOCKED')) throw error;
      throw unavailable(`it could not be opened (${(error as Error).message})`, error);
    }
  }

  /** The open child, awaited for at most `waitMs`. @throws KAZE_GRAPH_UNAVAILABLE */
  async child(waitMs: number): Promise<EngineChild> {
    if (this.#open) return this.#open;
    const until = performance.now() + Math.min(waitMs, this.#options.limits.reopenWaitMs);
    while (!this.#closed) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) break;
      await this.#changed(leftMs);
      if (this.#open) return this.#open;
    }
    throw unavailable(
      this.#closed ? 'it was closed' : (this.#failure?.message ?? 'it is being reopened'),
      this.#failure,
    );
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#stopWaiting.abort();
    const child = this.#last;
    this.#open = undefined;
    this.#notify();
    if (!child) return;
    const timer = setTimeout(() => child.kill(), CLOSE_WAIT_MS);
    child.call({ kind: 'close' }).catch(() => undefined);
    await child.exited;
    clearTimeout(timer);
  }

  async #openChild(): Promise<void> {
    const { file, limits, logger } = this.#options;
    const child = new EngineChild(logger, () => {
      if (this.#open === child) this.#open = undefined;
    });
    this.#last = child;
    const timer = setTimeout(() => child.kill(), limits.openTimeoutMs);
    try {
      const { stats } = await child.call({
        kind: 'open',
        file,
        checkpointWalBytes: limits.checkpointWalBytes,
        checkpointIntervalMs: limits.checkpointIntervalMs,
        lockWaitMs: limits.lockWaitMs,
      });
      if (this.#closed) return;
      this.#open = child;
      this.#failure = undefined;
      this.#watch(child, stats?.residentBytes ?? 0);
      this.#notify();
    } catch (error) {
      child.kill();
      await child.exited;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #watch(child: EngineChild, residentAtOpen: number): void {
    const { limits, logger, clock } = this.#options;
    const openedAt = clock.now();
    const limitBytes = Math.max(limits.memoryLimitBytes, residentAtOpen + limits.memoryHeadroomBytes);
    let looking = false;
    const timer = setInterval(() => {
      if (looking || !child.isBusy) return;
      looking = true;
      child
        .residentBytes()
        .then((bytes) => {
          if (bytes <= limitBytes) return;
          logger.error({ bytes, limitBytes }, 'the embedded graph took too much memory and is reopened');
          child.killForMemory(() =>
            graphError(
              'KAZE_GRAPH_TIMEOUT',
              `A query took more memory than the graph may (${limitBytes} bytes) and was ended.`,
              {
                fields: { limitBytes, bytes },
              },
            ),
          );
        })
        .catch(() => undefined)
        .finally(() => {
          looking = false;
        });
    }, limits.memoryCheckMs);
    timer.unref();
    void child.exited.then(() => {
      clearInterval(timer);
      if (this.#closed) return;
      this.#open = undefined;
      if (clock.now() - openedAt >= STABLE_AFTER_MS) this.#deaths = 0;
      logger.warn({ livedMs: clock.now() - openedAt }, 'the process of the embedded graph ended');
      if (this.#options.file === undefined) {
        this.#failure = new Error('its process ended, and a graph in memory cannot be reopened');
        this.#closed = Promise.resolve();
        this.#notify();
        return;
      }
      void this.#restart();
    });
  }

  async #restart(): Promise<void> {
    const { limits, logger, clock } = this.#options;
    while (!this.#closed) {
      const delayMs =
        this.#deaths === 0 ? 0 : Math.min(limits.restartDelayMaxMs, FIRST_RESTART_DELAY_MS * 2 ** this.#deaths);
      this.#deaths += 1;
      try {
        await clock.sleep(delayMs, this.#stopWaiting.signal);
        if (this.#closed) return;
        const startedAt = clock.now();
        await this.#openChild();
        logger.info({ tookMs: clock.now() - startedAt }, 'the embedded graph is open again');
        return;
      } catch (error) {
        if (this.#closed) return;
        this.#failure = error as Error;
        logger.error({ err: error, deaths: this.#deaths }, 'the embedded graph could not be reopened');
      }
    }
  }

  #changed(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#waiters.add(done);
    });
  }

  #notify(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }
}
