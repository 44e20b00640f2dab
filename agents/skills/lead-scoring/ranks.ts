/** An estimate with the ends of its interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export const Z_95 = 1.959963984540054;
export const Z_99 = 2.5758293035489004;

export interface Auc extends Estimate {
  /** Standard error after DeLong. */
  readonly error: number;
}

/**
 * Area under the ROC curve with DeLong's interval (DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988), by the
 * mid-ranks of Sun and Xu (IEEE Signal Processing Letters 21, 2014). Undefined when there is one class only.
 */
export function auc(scores: ArrayLike<number>, wins: ArrayLike<number>, z = Z_95): Auc | undefined {
  const won: number[] = [];
  const lost: number[] = [];
  for (let at = 0; at < scores.length; at++) (wins[at] === 1 ? won : lost).push(scores[at]!);
  const [m, n] = [won.length, lost.length];
  if (m === 0 || n === 0) return undefined;
  const all = midRanks([...won, ...lost]);
  const ownWon = midRanks(won);
  const ownLost = midRanks(lost);
  let sum = 0;
  for (let at = 0; at < m; at++) sum += all[at]!;
  const value = (sum / m - (m + 1) / 2) / n;
  const placesWon = Float64Array.from(won, (_, at) => (all[at]! - ownWon[at]!) / n);
  const placesLost = Float64Array.from(lost, (_, at) => 1 - (all[m + at]! - ownLost[at]!) / m);
  const error = Math.sqrt(variance(placesWon, value) / m + variance(placesLost, value) / n);
  return { value, error, low: Math.max(0, value - z * error), high: Math.min(1, value + z * error) };
}

function variance(values: Float64Array, mean: number): number {
  if (values.length < 2) return 0;
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum / (values.length - 1);
}

function midRanks(values: readonly number[]): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/** Wilson's score interval for a share (Journal of the American Statistical Association 22, 1927). */
export function wilson(successes: number, trials: number, z = Z_95): Estimate {
  if (trials === 0) return { value: 0, low: 0, high: 1 };
  const share = successes / trials;
  const centre = (share + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const margin = (z * Math.sqrt((share * (1 - share) + (z * z) / (4 * trials)) / trials)) / (1 + (z * z) / trials);
  return { value: share, low: Math.max(0, centre - margin), high: Math.min(1, centre + margin) };
}
