import type { ClickCurve } from './click-curve.ts';
import type { Estimate, Query } from './types.ts';

/**
 * Gains are reckoned to position 3: first place is seldom in reach from behind, and the upper three take most clicks.
 */
export const TARGET_POSITION = 3;
/** Width of the intervals: 80 %. */
const Z80 = 1.2816;

/** Least gain worth an hour's work in the export's period: 5 clicks, on large sites .1 % of all clicks. */
export function floorOf(queries: readonly Query[]): number {
  return Math.max(5, queries.reduce((sum, { clicks }) => sum + clicks, 0) / 1000);
}

/**
 * Extra clicks if the query were clicked as the site's queries at `at` are, impressions unchanged. The interval holds the
 * curve's own error, the spread between queries, and chance in the clicks to come.
 */
export function estimateAt(
  query: Pick<Query, 'clicks' | 'impressions'>,
  { curve, at }: { curve: ClickCurve; at: number },
): Estimate {
  const expected = query.impressions * curve.rate(at);
  const error = Math.hypot(curve.logError(at), curve.spread, 1 / Math.sqrt(Math.max(1, expected)));
  const gain = (clicks: number) => Math.max(0, Math.min(query.impressions, clicks) - query.clicks);
  return {
    low: tenth(gain(expected * Math.exp(-Z80 * error))),
    mid: tenth(gain(expected)),
    high: tenth(gain(expected * Math.exp(Z80 * error))),
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
