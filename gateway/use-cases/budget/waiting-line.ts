import type { ReserveAnswer } from '../../ports/budget-store.ts';

/** What came of a try: whoever is still busy waits on, before the budget that it names. */
export type Try = Exclude<ReserveAnswer, { state: 'unseeded' }>;

export interface Waiting {
  readonly tenant: string;
  /** Asks the store. Throws what is final. */
  attempt(): Promise<Try>;
  /** Also called for one that has left meanwhile: it gives the reservation back. */
  readonly granted: (answer: Extract<Try, { state: 'granted' }>) => void;
  readonly failed: (error: unknown) => void;
  readonly exhausted: (answer: Extract<Try, { state: 'exhausted' }>) => void;
  /** True once it waits no longer: too late, cancelled. */
  left: boolean;
}

/**
 * One line per budget that had no room. Within a tenant first come, first served; tenants take turns, so that one with
 * a thousand waiting calls costs another's single call one turn. Nobody overtakes: a short call behind a long one waits
 * for it, or the long one would never find room.
 */
export class WaitingLines {
  private readonly lines = new Map<string, Line>();

  /** The first of these budgets before which somebody waits already. */
  occupied(keys: readonly string[]): string | undefined {
    return keys.find((key) => this.lines.has(key));
  }

  get size(): number {
    let size = 0;
    for (const line of this.lines.values()) size += line.size;
    return size;
  }

  sizeOf(key: string): number {
    return this.lines.get(key)?.size ?? 0;
  }

  keys(): readonly string[] {
    return [...this.lines.keys()];
  }

  join(key: string, waiting: Waiting): void {
    let line = this.lines.get(key);
    if (!line) {
      line = new Line();
      this.lines.set(key, line);
    }
    line.join(waiting);
  }

  /** Lets those in line try, in turn, until one still has to wait. Runs once at a time per line. */
  async serve(key: string): Promise<void> {
    const line = this.lines.get(key);
    if (!line) return;
    if (line.serving) {
      line.again = true;
      return;
    }
    line.serving = true;
    try {
      do {
        line.again = false;
        await this.serveOnce(key, line);
      } while (line.again);
    } finally {
      line.serving = false;
      if (line.size === 0 && this.lines.get(key) === line) this.lines.delete(key);
    }
  }

  private async serveOnce(key: string, line: Line): Promise<void> {
    for (let next = line.first(); next; next = line.first()) {
      const answer = await this.try(next);
      if (answer?.state === 'busy' && answer.key === key) return;
      line.take(next);
      if (answer?.state === 'granted') {
        next.granted(answer);
      } else if (answer?.state === 'exhausted') {
        next.exhausted(answer);
      } else if (answer?.state === 'busy') {
        this.join(answer.key, next);
      }
    }
  }

  private async try(waiting: Waiting): Promise<Try | undefined> {
    if (waiting.left) return undefined;
    try {
      return await waiting.attempt();
    } catch (error) {
      waiting.failed(error);
      return undefined;
    }
  }
}

class Line {
  serving = false;
  again = false;
  private readonly tenants = new Map<string, Waiting[]>();

  get size(): number {
    let size = 0;
    for (const waiting of this.tenants.values()) size += waiting.length;
    return size;
  }

  join(waiting: Waiting): void {
    const own = this.tenants.get(waiting.tenant);
    if (own) own.push(waiting);
    else this.tenants.set(waiting.tenant, [waiting]);
  }

  /** Whose turn it is; stays the same until it is taken. */
  first(): Waiting | undefined {
    return this.tenants.values().next().value?.[0];
  }

  /** Takes it out of the line; its tenant's next one comes after every other tenant. */
  take(waiting: Waiting): void {
    const own = this.tenants.get(waiting.tenant);
    if (!own) return;
    if (own[0] === waiting) own.shift();
    this.tenants.delete(waiting.tenant);
    if (own.length > 0) this.tenants.set(waiting.tenant, own);
  }
}
