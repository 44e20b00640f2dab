import type { ClickCurve } from '../search-analysis/click-curve.ts';
import type { Query, RankingTable } from '../search-analysis/types.ts';
import { type Contribution, contributionsOf, type Group } from './contributions.ts';
import type { Source, Sources } from './sourced.ts';

/**
 * What a change in clicks is made up of: days in the period, impressions a day, their mix over the queries, positions
 * (by the site's own click curve), clicks at a position; and queries that stand in one of the exports only.
 */
export type SearchFactor = 'days' | 'demand' | 'mix' | 'position' | 'rate' | 'appeared' | 'gone';

/** Queries with fewer clicks in either period are taken together: their own rates would be noise. */
const LEAST_CLICKS = 10;

interface Side {
  clicks: number;
  impressions: number;
  /** Clicks that the curve expects at the positions. */
  expected: number;
}

interface ExplainOptions {
  readonly curve: ClickCurve;
  readonly sources: Sources;
  readonly days: { readonly now: number; readonly before: number };
  readonly of: readonly Source[];
}

/** Contributions that add up to the change in clicks exactly; undefined when the exports share no query with clicks. */
export function explainClicks(
  tables: { readonly now: RankingTable; readonly before: RankingTable },
  { curve, sources, days, of }: ExplainOptions,
): Contribution<SearchFactor>[] | undefined {
  const earlier = new Map(tables.before.queries.map((query) => [query.query, query]));
  const side = ({ clicks, impressions, position }: Query): Side => ({
    clicks,
    impressions,
    expected: impressions * curve.rate(Math.max(1, position)),
  });
  const pairs: Array<{ now: Side; before: Side }> = [];
  const rest = { now: empty(), before: empty() };
  let appeared = 0;
  for (const query of tables.now.queries) {
    const before = earlier.get(query.query);
    earlier.delete(query.query);
    if (!before) {
      appeared += query.clicks;
      continue;
    }
    const pair = { now: side(query), before: side(before) };
    const isOwn = Math.min(query.clicks, before.clicks) >= LEAST_CLICKS && isWhole(pair.now) && isWhole(pair.before);
    if (isOwn) pairs.push(pair);
    else {
      add(rest.now, pair.now);
      add(rest.before, pair.before);
    }
  }
  let gone = 0;
  for (const query of earlier.values()) gone += query.clicks;
  if (isWhole(rest.now) && isWhole(rest.before)) pairs.push(rest);
  else {
    appeared += rest.now.clicks;
    gone += rest.before.clicks;
  }
  if (pairs.length === 0) return undefined;
  const total = (which: 'now' | 'before') => pairs.reduce((sum, pair) => sum + pair[which].impressions, 0);
  const totals = { now: total('now'), before: total('before') };
  const factors = ({ clicks, impressions, expected }: Side, which: 'now' | 'before') => [
    days[which],
    totals[which] / days[which],
    impressions / totals[which],
    expected / impressions,
    clicks / expected,
  ];
  const groups = pairs.map(
    (pair): Group => ({ before: factors(pair.before, 'before'), after: factors(pair.now, 'now') }),
  );
  const names = ['days', 'demand', 'mix', 'position', 'rate'] as const;
  const found: Contribution<SearchFactor>[] = contributionsOf(groups, { names, unit: 'count', of, sources });
  const lone = (name: SearchFactor, value: number, source: Source) => {
    if (value !== 0) found.push({ name, figure: sources.change(value, 'count', sources.derived('sum', [source])) });
  };
  lone('appeared', appeared, of[0]!);
  lone('gone', -gone, of[1]!);
  return days.now === days.before ? found.filter(({ name }) => name !== 'days') : found;
}

const empty = (): Side => ({ clicks: 0, impressions: 0, expected: 0 });
const isWhole = ({ clicks, impressions, expected }: Side): boolean => clicks > 0 && impressions > 0 && expected > 0;

function add(sum: Side, one: Side): void {
  sum.clicks += one.clicks;
  sum.impressions += one.impressions;
  sum.expected += one.expected;
}
