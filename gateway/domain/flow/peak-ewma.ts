/**
 * Expected latency of one model: the moving average of what was observed, which goes up at once and comes down slowly,
 * times the calls under way. "Peak EWMA" of Twitter's Finagle (com.twitter.finagle.loadbalancer.PeakEwma).
 */
export class PeakEwma {
  private costMs = 0;
  private stampMs = 0;
  private underWay = 0;

  /** @param decayMs after this, an observation counts for a third of a new one */
  constructor(private readonly decayMs = 10_000) {}

  begin(): void {
    this.underWay += 1;
  }

  /** @param latencyMs undefined when the call says nothing of the model's speed */
  end(latencyMs: number | undefined, nowMs: number): void {
    this.underWay = Math.max(0, this.underWay - 1);
    if (latencyMs === undefined) return;
    const kept = Math.exp(-Math.max(0, nowMs - this.stampMs) / this.decayMs);
    this.costMs = latencyMs > this.costMs ? latencyMs : this.costMs * kept + latencyMs * (1 - kept);
    this.stampMs = nowMs;
  }

  /** A model that was never called costs nothing, so that it is tried. */
  load(nowMs: number): number {
    const kept = Math.exp(-Math.max(0, nowMs - this.stampMs) / this.decayMs);
    return this.costMs * kept * (this.underWay + 1);
  }
}
