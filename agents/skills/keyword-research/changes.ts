import type { ClickCurve } from '../search-analysis/click-curve.ts';
import type { Estimate, Query, RankingTable } from '../search-analysis/types.ts';

export type ChangeCause = 'position' | 'demand' | 'click_rate' | 'new' | 'gone';

export interface Change {
  /** Index in the present table; undefined for a query that is gone. */
  readonly index: number | undefined;
  readonly now: Query | undefined;
  readonly before: Query | undefined;
  readonly direction: 'lost' | 'gained';
  /** What moved most in the direction of the change. */
  readonly cause: ChangeCause;
  /** Difference in clicks, with the 80 % interval that chance in both counts allows. */
  readonly clicks: Estimate;
  /** Parts of the logarithm of clicks after / before, which they make up together. */
  readonly parts: { readonly demand: number; readonly position: number; readonly clickRate: number };
}

/** A change is told when it is worth the work, beyond chance, and more than drift. */
const LEAST = { floors: 1.2, deviations: 2.8, share: 0.22 } as const;
const Z80 = 1.2816;

/**
 * Queries whose clicks changed between two exports of equally long periods, most clicks first. The difference of two
 * Poisson counts has their sum as its variance; the cause is the largest part of
 * log(clicks) = log(impressions) + log(curve at the position) + log(own rate over the curve).
 */
export function compareQueries(
  table: RankingTable,
  previous: RankingTable,
  by: { readonly curve: ClickCurve; readonly branded: readonly boolean[]; readonly floorClicks: number },
): Change[] {
  const earlier = new Map(previous.queries.map((query) => [query.query, query]));
  const found: Change[] = [];
  const tell = (index: number | undefined, now: Query | undefined, before: Query | undefined) => {
    const change = (now?.clicks ?? 0) - (before?.clicks ?? 0);
    if (!isTold(change, { now: now?.clicks ?? 0, before: before?.clicks ?? 0, floor: by.floorClicks })) return;
    const noise = Z80 * Math.sqrt((now?.clicks ?? 0) + (before?.clicks ?? 0));
    const parts = partsOf(now, before, by.curve);
    found.push({
      index,
      now,
      before,
      direction: change < 0 ? 'lost' : 'gained',
      cause: now === undefined ? 'gone' : before === undefined ? 'new' : causeOf(parts, Math.sign(change)),
      clicks: { low: tenth(change - noise), mid: change, high: tenth(change + noise) },
      parts,
    });
  };
  for (const [index, query] of table.queries.entries()) {
    const before = earlier.get(query.query);
    earlier.delete(query.query);
    if (!by.branded[index]) tell(index, query, before);
  }
  // What is gone may have been the brand's: its words are told from the present export only.
  for (const before of earlier.values()) tell(undefined, undefined, before);
  return found.sort((left, right) => Math.abs(right.clicks.mid) - Math.abs(left.clicks.mid));
}

function isTold(change: number, { now, before, floor }: { now: number; before: number; floor: number }): boolean {
  const size = Math.abs(change);
  return (
    size >= LEAST.floors * floor &&
    size >= LEAST.deviations * Math.sqrt(now + before) &&
    size >= LEAST.share * Math.max(now, before)
  );
}

function partsOf(now: Query | undefined, before: Query | undefined, curve: ClickCurve): Change['parts'] {
  if (!now || !before || now.impressions === 0 || before.impressions === 0) {
    return { demand: 0, position: 0, clickRate: 0 };
  }
  const demand = Math.log(now.impressions / before.impressions);
  const position = Math.log(curve.rate(now.position) / curve.rate(before.position));
  const all = Math.log((now.clicks + 0.5) / (before.clicks + 0.5));
  return { demand, position, clickRate: all - demand - position };
}

function causeOf(parts: Change['parts'], sign: number): ChangeCause {
  const named: ReadonlyArray<readonly [ChangeCause, number]> = [
    ['position', parts.position * sign],
    ['demand', parts.demand * sign],
    ['click_rate', parts.clickRate * sign],
  ];
  return named.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** A change as an output: figures of both periods, the difference with its interval, the cause with its part. */
export function listedChange({ now, before, direction, cause, clicks, parts }: Change) {
  const figures = (query: Query | undefined) =>
    query ? { clicks: query.clicks, impressions: query.impressions, position: query.position } : null;
  const part = (value: number) => Math.round(value * 100) / 100;
  return {
    query: (now ?? before)!.query,
    direction,
    cause,
    change: { ...clicks },
    assumption: 'equally long periods; the 80 % interval is that of chance in both counts',
    now: figures(now),
    before: figures(before),
    parts: { demand: part(parts.demand), position: part(parts.position), click_rate: part(parts.clickRate) },
    rows: now?.lines ?? [],
    rows_before: before?.lines ?? [],
  };
}
