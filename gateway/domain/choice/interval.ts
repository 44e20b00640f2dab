export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Two-sided, of 95%. */
const Z = 1.959963984540054;

/**
 * Where the true mean of scores from 0 to 1 lies with 95% confidence: E. B. Wilson, "Probable inference, the law of
 * succession, and statistical inference", JASA 22, 1927. Made for yes and no; for scores between it is wider than need be.
 *
 * @param score sum of the scores
 * @param count how many there are; 0 gives 0 to 1
 */
export function wilsonInterval(score: number, count: number): Interval {
  if (count <= 0) return { low: 0, high: 1 };
  const mean = Math.min(1, Math.max(0, score / count));
  const z2 = Z * Z;
  const centre = (mean + z2 / (2 * count)) / (1 + z2 / count);
  const half = (Z / (1 + z2 / count)) * Math.sqrt((mean * (1 - mean)) / count + z2 / (4 * count * count));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
