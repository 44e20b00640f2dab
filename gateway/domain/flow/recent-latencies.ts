const KEPT = 200;
/** Fewer say nothing of the slowest twentieth. */
const LEAST = 20;
/** How many more make the figure be worked out anew. */
const STALE = 10;

/** What the last calls to one model took. */
export class RecentLatencies {
  private readonly latencies: number[] = [];
  private next = 0;
  private added = 0;
  private known: number | undefined;

  add(latencyMs: number): void {
    this.latencies[this.next] = latencyMs;
    this.next = (this.next + 1) % KEPT;
    this.added += 1;
  }

  /** What 95 of 100 of them did not exceed, milliseconds; undefined while there are fewer than 20. */
  p95(): number | undefined {
    if (this.latencies.length < LEAST) return undefined;
    if (this.known === undefined || this.added >= STALE) {
      const sorted = [...this.latencies].sort((a, b) => a - b);
      this.known = sorted[Math.ceil(0.95 * sorted.length) - 1]!;
      this.added = 0;
    }
    return this.known;
  }
}
