/**
 * Quantile of a stream of numbers in five markers, without keeping the numbers: the P² algorithm of R. Jain and
 * I. Chlamtac, "The P² algorithm for dynamic calculation of quantiles and histograms without storing observations",
 * Communications of the ACM 28 (10), 1985, box 1.
 */
export class QuantileEstimate {
  private readonly heights: number[] = [];
  private readonly positions = [1, 2, 3, 4, 5];
  private readonly wanted: number[];
  private readonly steps: readonly number[];
  private seen = 0;

  /** @param quantile 0..1, both excluded */
  constructor(private readonly quantile: number) {
    this.wanted = [1, 1 + 2 * quantile, 1 + 4 * quantile, 3 + 2 * quantile, 5];
    this.steps = [0, quantile / 2, quantile, (1 + quantile) / 2, 1];
  }

  get count(): number {
    return this.seen;
  }

  observe(value: number): void {
    this.seen += 1;
    const { heights: q, positions: n } = this;
    if (q.length < 5) {
      q.push(value);
      q.sort((a, b) => a - b);
      return;
    }
    let cell = 3;
    if (value < q[0]!) {
      q[0] = value;
      cell = 0;
    } else if (value >= q[4]!) {
      q[4] = value;
    } else {
      cell = 0;
      while (value >= q[cell + 1]!) cell += 1;
    }
    for (let i = cell + 1; i < 5; i += 1) n[i]! += 1;
    for (let i = 0; i < 5; i += 1) this.wanted[i]! += this.steps[i]!;
    for (let i = 1; i < 4; i += 1) {
      const off = this.wanted[i]! - n[i]!;
      if ((off >= 1 && n[i + 1]! - n[i]! > 1) || (off <= -1 && n[i - 1]! - n[i]! < -1)) this.move(i, Math.sign(off));
    }
  }

  /** Undefined before the first observation; exact up to the fifth. */
  value(): number | undefined {
    const { heights } = this;
    if (heights.length === 0) return undefined;
    if (this.seen > 5) return heights[2];
    return heights[Math.min(heights.length - 1, Math.ceil(this.quantile * heights.length) - 1)];
  }

  /** By a parabola through the neighbours, or a line where that would leave their order. */
  private move(i: number, by: number): void {
    const { heights: q, positions: n } = this;
    const [before, at, after] = [n[i - 1]!, n[i]!, n[i + 1]!];
    const parabola =
      q[i]! +
      (by / (after - before)) *
        (((at - before + by) * (q[i + 1]! - q[i]!)) / (after - at) +
          ((after - at - by) * (q[i]! - q[i - 1]!)) / (at - before));
    const between = q[i - 1]! < parabola && parabola < q[i + 1]!;
    q[i] = between ? parabola : q[i]! + (by * (q[i + by]! - q[i]!)) / (n[i + by]! - at);
    n[i]! += by;
  }
}

export interface UsualLength {
  /** Tokens that an answer rarely exceeds: the 95th percentile and a tenth above it. */
  readonly usual: number;
  /** Below this about half of the answers would be cut off. */
  readonly least: number;
}

/** Before anything was seen. */
export const FIRST_USUAL_TOKENS = 1_024;
const FEWEST_TOKENS = 16;
const KINDS = 5_000;
const MARGIN = 1.1;

interface Lengths {
  readonly high: QuantileEstimate;
  readonly middle: QuantileEstimate;
}

/** How long answers usually are, per model and kind of work; the kinds least lately used are forgotten. */
export class UsualLengths {
  /** The least lately used first. */
  private readonly kinds = new Map<string, Lengths>();
  private latest: string | undefined;

  of(model: string, taskType: string | null): UsualLength {
    const lengths = this.kinds.get(kind(model, taskType));
    const high = lengths?.high.value();
    if (!lengths || high === undefined) return { usual: FIRST_USUAL_TOKENS, least: FEWEST_TOKENS };
    // Few answers say little about the longest: the fewer, the wider the margin.
    const margin = lengths.high.count < 5 ? MARGIN * (1 + 1 / lengths.high.count) : MARGIN;
    const usual = Math.max(FEWEST_TOKENS, Math.ceil(high * margin));
    return { usual, least: Math.min(usual, Math.max(FEWEST_TOKENS, Math.ceil(lengths.middle.value() ?? 0))) };
  }

  /** @param cut true when the answer ended at a limit of ours: it would have been longer, nobody knows how long */
  observe(model: string, taskType: string | null, answer: { outputTokens: number; cut: boolean }): void {
    const key = kind(model, taskType);
    const lengths = this.kinds.get(key) ?? { high: new QuantileEstimate(0.95), middle: new QuantileEstimate(0.5) };
    const tokens = answer.cut ? answer.outputTokens * 2 : answer.outputTokens;
    lengths.high.observe(tokens);
    lengths.middle.observe(tokens);
    if (key === this.latest) return;
    this.latest = key;
    this.kinds.delete(key);
    this.kinds.set(key, lengths);
    if (this.kinds.size > KINDS) this.kinds.delete(this.kinds.keys().next().value!);
  }
}

function kind(model: string, taskType: string | null): string {
  return `${model}\n${taskType ?? ''}`;
}
