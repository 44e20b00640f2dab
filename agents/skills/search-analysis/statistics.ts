/** Natural logarithm of the gamma function, by Lanczos' approximation (g = 7, n = 9); x > 0. */
export function logGamma(x: number): number {
  const coefficients = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const shifted = x - 1;
  const base = shifted + 7.5;
  const sum = coefficients.reduce((total, c, at) => (at === 0 ? c : total + c / (shifted + at)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/**
 * P(X <= observed) of a Poisson variable. Exact up to a mean of 2,000, beyond that by Wilson and Hilferty's cube-root
 * approximation (Proceedings of the National Academy of Sciences 17, 1931), whose error is far below any use here.
 */
export function poissonLowerTail(observed: number, mean: number): number {
  if (observed < 0) return 0;
  if (mean <= 0) return 1;
  if (mean > 2_000) {
    const degrees = observed + 1;
    const z = ((mean / degrees) ** (1 / 3) - (1 - 1 / (9 * degrees))) / Math.sqrt(1 / (9 * degrees));
    return 1 - normalCdf(z);
  }
  // From the last term down, each from the one above it; far below the mean the rest is nothing.
  let term = Math.exp(observed * Math.log(mean) - mean - logGamma(observed + 1));
  let sum = term;
  for (let count = observed; count > 0; count--) {
    term *= count / mean;
    sum += term;
    if (count < mean && term < sum * 1e-17) break;
  }
  return Math.min(1, sum);
}

/** Abramowitz and Stegun 26.2.17; absolute error below 7.5e-8. */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = Math.exp((-z * z) / 2) * poly * 0.3989422804014327;
  return z >= 0 ? 1 - tail : tail;
}

/**
 * Benjamini and Hochberg's step-up procedure (Journal of the Royal Statistical Society B 57, 1995): which p-values may be
 * called significant when at most the share `rate` of those called so shall be false.
 */
export function falseDiscoveryControl(pValues: readonly number[], rate: number): boolean[] {
  const order = pValues.map((_, index) => index).sort((left, right) => pValues[left]! - pValues[right]!);
  let last = -1;
  for (const [place, index] of order.entries()) {
    if (pValues[index]! <= (rate * (place + 1)) / pValues.length) last = place;
  }
  const significant = pValues.map(() => false);
  for (const index of order.slice(0, last + 1)) significant[index] = true;
  return significant;
}

/** Lower end of Wilson's 95 % score interval for a share. */
export function wilsonLower(successes: number, trials: number): number {
  if (trials === 0) return 0;
  const z = 1.96;
  const share = successes / trials;
  const centre = share + (z * z) / (2 * trials);
  const margin = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * trials)) / trials);
  return Math.max(0, (centre - margin) / (1 + (z * z) / trials));
}

/**
 * Indexes of values in ascending order, equal ones by index: sorted as packed numbers, many times faster than by a
 * comparison. Values from 0, times `scale` at most 2^32; at most 2^20 of them.
 */
export function ascending(values: ArrayLike<number>, scale = 1): Uint32Array {
  const packed = Float64Array.from(values, (value, index) => Math.round(value * scale) * 2 ** 20 + index).sort();
  return Uint32Array.from(packed, (one) => one % 2 ** 20);
}

/** Linear between order statistics; `sorted` ascending. */
export function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

/** Least-squares fit that never rises: pool adjacent violators, weighted. */
export function nonIncreasing(values: readonly number[], weights: readonly number[]): number[] {
  const blocks: Array<{ mean: number; weight: number; size: number }> = [];
  for (const [index, value] of values.entries()) {
    blocks.push({ mean: value, weight: weights[index]!, size: 1 });
    while (blocks.length > 1 && blocks.at(-2)!.mean < blocks.at(-1)!.mean) {
      const right = blocks.pop()!;
      const left = blocks.pop()!;
      const weight = left.weight + right.weight;
      const mean = (left.mean * left.weight + right.mean * right.weight) / weight;
      blocks.push({ mean, weight, size: left.size + right.size });
    }
  }
  return blocks.flatMap(({ mean, size }) => new Array<number>(size).fill(mean));
}
