import type { Ledger, UsageRow } from '#platform';

export interface TaskCostsOptions {
  /** Up to date when it answers: with the rows that are still on their way. */
  readonly usage: Pick<Ledger, 'sumUsage'>;
  /** Tasks that are remembered; the one asked for longest ago goes first. Default 10,000. */
  readonly most?: number;
}

interface Tally {
  micros: number;
  /** Undefined once the ledger was asked. */
  asking: Promise<void> | undefined;
}

/**
 * What tasks have cost. The ledger is asked once a task; from then on the rows of this process are counted as they end,
 * since an attempt at a task runs in one process. Asking anew after every call of a model would write the journal out and
 * sum up, which costs more than everything else about the call.
 */
export class TaskCosts {
  private readonly tallies = new Map<string, Tally>();

  constructor(private readonly options: TaskCostsOptions) {}

  /** A row that has ended. */
  add({ task, costMicros }: Pick<UsageRow, 'task' | 'costMicros'>): void {
    const tally = task === null ? undefined : this.tallies.get(task);
    if (!tally) return;
    // While the ledger is being asked it may or may not have the row: ask again.
    if (tally.asking) this.tallies.delete(task!);
    else tally.micros += costMicros;
  }

  /** The ledger is asked again, since another process may have run the task meanwhile; of a first attempt it knows nothing. */
  begin(task: string, isFirst: boolean): void {
    this.tallies.delete(task);
    if (isFirst) this.keep(task, { micros: 0, asking: undefined });
  }

  /** Called before a model is, so that nothing of the task is on its way meanwhile. Errors: the ledger's. */
  async know(task: string): Promise<void> {
    const known = this.tallies.get(task);
    if (known) return known.asking;
    const tally: Tally = { micros: 0, asking: undefined };
    tally.asking = this.options.usage.sumUsage({ task }, ['task']).then(
      ([sum]) => {
        tally.micros = sum?.costMicros ?? 0;
        tally.asking = undefined;
      },
      (error: unknown) => {
        if (this.tallies.get(task) === tally) this.tallies.delete(task);
        throw error;
      },
    );
    this.keep(task, tally);
    return tally.asking;
  }

  private keep(task: string, tally: Tally): void {
    this.tallies.set(task, tally);
    if (this.tallies.size > (this.options.most ?? 10_000)) this.tallies.delete(this.tallies.keys().next().value!);
  }

  /** Micro US dollars, failed calls and earlier attempts included. Errors: the ledger's. */
  async micros(task: string): Promise<number> {
    const tally = this.tallies.get(task);
    if (tally && !tally.asking) {
      this.tallies.delete(task);
      this.tallies.set(task, tally);
      return tally.micros;
    }
    const [sum] = await this.options.usage.sumUsage({ task }, ['task']);
    return sum?.costMicros ?? 0;
  }
}
