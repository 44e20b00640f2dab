/** A call that waits for room. */
export interface Entry {
  readonly tenant: string;
  /** In the unit of `QUANTUM`: tokens. */
  readonly cost: number;
  /** Tries to take its room; how long it must wait at least when there is none, null when another call has to end. */
  attempt(): Promise<{ readonly taken: true } | { readonly taken: false; readonly waitMs: number | null }>;
  done(): void;
  failed(error: unknown): void;
  left: boolean;
}

interface Line {
  readonly tenant: string;
  readonly entries: Entry[];
  deficit: number;
}

/** What a tenant may send in a round. */
export const QUANTUM = 2_048;
const MOST_QUANTA = 64;

/**
 * Calls that wait, in one line a tenant, served by deficit round robin: M. Shreedhar and G. Varghese, "Efficient fair
 * queuing using deficit round-robin", IEEE/ACM Transactions on Networking 4 (3), 1996. A tenant whose own limit stands
 * in the way is passed over, and loses nothing; one without calls keeps nothing.
 */
export class FairQueue {
  private readonly lines: Line[] = [];
  private turn = 0;
  private serving = false;
  private again = false;
  private waiting = 0;

  /** @param blocked told after each round in which calls stayed: when to serve again at the latest, null for unknown */
  constructor(private readonly blocked: (waitMs: number | null) => void) {}

  get size(): number {
    return this.waiting;
  }

  sizeOf(tenant: string): number {
    return this.lines.find((line) => line.tenant === tenant)?.entries.length ?? 0;
  }

  join(entry: Entry): void {
    this.waiting += 1;
    const line = this.lines.find(({ tenant }) => tenant === entry.tenant);
    if (line) line.entries.push(entry);
    else this.lines.push({ tenant: entry.tenant, entries: [entry], deficit: 0 });
  }

  leave(entry: Entry): void {
    entry.left = true;
    const line = this.lines.find(({ tenant }) => tenant === entry.tenant);
    const at = line?.entries.indexOf(entry) ?? -1;
    if (!line || at < 0) return;
    line.entries.splice(at, 1);
    this.waiting -= 1;
    if (line.entries.length === 0) this.drop(line);
  }

  /** One at a time; asked for meanwhile it goes round once more. */
  async serve(): Promise<void> {
    this.again = true;
    if (this.serving) return;
    this.serving = true;
    try {
      while (this.again) {
        this.again = false;
        await this.rounds();
      }
    } finally {
      this.serving = false;
    }
  }

  private async rounds(): Promise<void> {
    const stuck = new Set<Line>();
    let soonest: number | null = null;
    // Whose turn it is once room comes up again: who was served last, while its share lasts.
    let resume: Line | undefined;
    while (this.lines.some((line) => !stuck.has(line))) {
      this.turn %= this.lines.length;
      const line = this.lines[this.turn]!;
      const [head] = line.entries;
      if (!head || stuck.has(line)) {
        this.turn += 1;
        continue;
      }
      const cost = Math.min(head.cost, QUANTUM * MOST_QUANTA);
      if (line.deficit < cost) {
        // Its share is used up: the next one's turn, and a new share for when it comes round.
        line.deficit += QUANTUM;
        if (resume === line) resume = undefined;
        this.turn += 1;
        continue;
      }
      const waitMs = await this.send(line, head, cost);
      if (waitMs === 'sent') {
        resume = line;
        continue;
      }
      if (waitMs !== null && (soonest === null || waitMs < soonest)) soonest = waitMs;
      resume ??= line;
      stuck.add(line);
      this.turn += 1;
    }
    const at = resume ? this.lines.indexOf(resume) : -1;
    if (at >= 0) this.turn = at;
    if (this.waiting > 0) this.blocked(soonest);
  }

  private async send(line: Line, head: Entry, cost: number): Promise<'sent' | number | null> {
    try {
      const answer = await head.attempt();
      if (!answer.taken) return head.left ? 'sent' : answer.waitMs;
      line.deficit -= cost;
      this.remove(line, head);
      head.done();
    } catch (error) {
      this.remove(line, head);
      head.failed(error);
    }
    return 'sent';
  }

  private remove(line: Line, entry: Entry): void {
    const at = line.entries.indexOf(entry);
    if (at < 0) return;
    line.entries.splice(at, 1);
    this.waiting -= 1;
    if (line.entries.length === 0) this.drop(line);
  }

  private drop(line: Line): void {
    const at = this.lines.indexOf(line);
    if (at < 0) return;
    this.lines.splice(at, 1);
    if (at < this.turn) this.turn -= 1;
  }
}
