import { type Clock, isKazeError, type Logger } from '#platform';
import type { Awaitable } from '../../domain/awaitable.ts';
import type { Amount } from '../../domain/budget/amount.ts';
import type { Balance, BudgetStore } from '../../ports/budget-store.ts';

const RETRY_MS = 1_000;
const CLOSE_WITHIN_MS = 2_000;

/**
 * Puts what was used into the store, now or, while the store is away, later: until then the reservation stands, and
 * what it held is charged should this process end before.
 */
export class Settlements {
  private readonly late = new Map<string, Amount>();
  private readonly stopped = new AbortController();
  private retrying: Promise<void> | undefined;

  constructor(
    private readonly store: BudgetStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Never rejects. */
  settle(id: string, used: Amount): Awaitable<readonly Balance[]> {
    const settled = this.store.settle(id, used);
    if (!(settled instanceof Promise)) return settled.balances;
    return settled.then(
      ({ balances }) => balances,
      (error: unknown) => this.later(id, used, error),
    );
  }

  async close(): Promise<void> {
    if (this.late.size > 0)
      await Promise.race([this.tryAll(), this.clock.sleep(CLOSE_WITHIN_MS, this.stopped.signal)]).catch(() => {});
    this.stopped.abort();
    await this.retrying;
    if (this.late.size > 0) {
      this.logger.warn({ reservations: this.late.size }, 'gateway: reservations stay until their leases end');
    }
  }

  private later(id: string, used: Amount, error: unknown): readonly Balance[] {
    if (!isKazeError(error, 'KAZE_BUDGET_UNAVAILABLE')) {
      this.logger.error({ reservation: id, error: String(error) }, 'gateway: a reservation could not be settled');
    }
    this.late.set(id, used);
    this.retrying ??= this.retry();
    return [];
  }

  private async retry(): Promise<void> {
    try {
      while (this.late.size > 0) {
        await this.clock.sleep(RETRY_MS, this.stopped.signal);
        await this.tryAll();
      }
    } catch {
      // Closed meanwhile.
    } finally {
      this.retrying = undefined;
    }
  }

  private async tryAll(): Promise<void> {
    for (const [id, used] of this.late) {
      try {
        await this.store.settle(id, used);
        this.late.delete(id);
      } catch {
        return;
      }
    }
  }
}
