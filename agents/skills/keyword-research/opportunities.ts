import type { ClickCurve } from './click-curve.ts';
import { falseDiscoveryControl, poissonLowerTail, wilsonLower } from './statistics.ts';
import type { Estimate, Finding, OpportunityKind, Query } from './types.ts';

/**
 * Gains are reckoned to position 3: first place is seldom in reach from behind, and the upper three take most clicks.
 */
export const TARGET_POSITION = 3;
/** About places 5 to 20: below the fold of the first page and the second page. The figure is an average, so half a place more. */
const STRIKING = { from: 4.5, to: 20.5 } as const;
const UNDER_CLICKED_TO = 10.5;
const CANNIBALISED = { from: 4, to: 20.5, share: 0.18, sure: 0.1 } as const;
/** Share of false alarms that is put up with among the queries called under-clicked. */
const FALSE_DISCOVERY_RATE = 0.01;
/** Width of the intervals: 80 %. */
const Z80 = 1.2816;

/** Least gain worth an hour's work in the export's period: 5 clicks, on large sites .1 % of all clicks. */
export function floorOf(queries: readonly Query[]): number {
  return Math.max(5, queries.reduce((sum, { clicks }) => sum + clicks, 0) / 1000);
}

export interface OpportunityOptions {
  readonly curve: ClickCurve;
  readonly branded: readonly boolean[];
  readonly floorClicks: number;
  readonly hasPages: boolean;
}

/** Every unbranded query with a gain worth the work, in the table's order. Pure. */
export function findOpportunities(queries: readonly Query[], options: OpportunityOptions): Finding[] {
  const underClicked = findUnderClicked(queries, options);
  return queries.flatMap((query, index): Finding[] => {
    if (options.branded[index] || query.impressions === 0 || query.position < 1) return [];
    const gains = [
      strikingDistance(query, options),
      underClicked.get(index),
      options.hasPages ? cannibalised(query, options) : undefined,
    ].filter((gain) => gain !== undefined);
    if (gains.length === 0) return [];
    gains.sort((left, right) => right.extraClicks.mid - left.extraClicks.mid);
    return [
      {
        index,
        kinds: gains.map(({ kind }) => kind),
        expectedCtr: options.curve.rate(query.position),
        extraClicks: gains[0]!.extraClicks,
        why: gains.map(({ why }) => why),
      },
    ];
  });
}

export interface Gain {
  readonly kind: OpportunityKind;
  readonly extraClicks: Estimate;
  readonly why: string;
}

/**
 * Both the gain over what the position explains and the gain over what was clicked must be worth the work: a query's own
 * luck alone makes no finding.
 */
function strikingDistance(query: Query, { curve, floorClicks }: OpportunityOptions): Gain | undefined {
  const { position, impressions, clicks } = query;
  if (position < STRIKING.from || position > STRIKING.to) return undefined;
  const atTarget = impressions * curve.rate(TARGET_POSITION);
  const byCurve = atTarget - impressions * curve.rate(position);
  if (Math.min(byCurve, atTarget - clicks) < floorClicks) return undefined;
  const why = `At position ${position} it is clicked ${rate(clicks / impressions)} of the time; at position ${TARGET_POSITION} the site's queries are clicked ${rate(curve.rate(TARGET_POSITION))}.`;
  return { kind: 'striking_distance', extraClicks: estimateAt(query, { curve, at: TARGET_POSITION }), why };
}

/**
 * Clicked clearly less than the position explains: the Poisson chance of so few clicks is small, with the false discovery
 * rate held over all queries tested, and the shortfall is larger than the site's queries differ among each other.
 */
export function findUnderClicked(
  queries: readonly Query[],
  options: Omit<OpportunityOptions, 'hasPages'>,
): Map<number, Gain> {
  const { curve, branded, floorClicks } = options;
  const tested = queries.flatMap((query, index) => {
    const expected = query.impressions * curve.rate(query.position);
    const isTestable = !branded[index] && query.position >= 1 && query.position <= UNDER_CLICKED_TO && expected >= 1;
    return isTestable ? [{ query, index, expected }] : [];
  });
  const chances = tested.map(({ query, expected }) => poissonLowerTail(query.clicks, expected));
  const significant = falseDiscoveryControl(chances, FALSE_DISCOVERY_RATE);
  const largestShare = Math.min(0.6, Math.exp(-1.645 * curve.spread));
  const found = new Map<number, Gain>();
  for (const [place, { query, index, expected }] of tested.entries()) {
    const lost = expected - query.clicks;
    if (!significant[place] || query.clicks > largestShare * expected || lost < floorClicks) continue;
    const why = `${query.clicks} clicks where the site's queries at position ${query.position} get about ${Math.round(expected)}; the chance of so few is ${chance(chances[place]!)}.`;
    found.set(index, {
      kind: 'under_clicked',
      extraClicks: estimateAt(query, { curve, at: query.position }),
      why,
    });
  }
  return found;
}

/** Two or more own pages share a query's impressions, so that none of them collects its signals. */
function cannibalised(query: Query, { curve, floorClicks }: OpportunityOptions): Gain | undefined {
  const { position, impressions, clicks, pages } = query;
  const [first, second] = pages;
  if (!first || !second || position < CANNIBALISED.from || position > CANNIBALISED.to) return undefined;
  const shown = pages.reduce((sum, page) => sum + page.impressions, 0);
  const share = second.impressions / shown;
  if (share < CANNIBALISED.share || wilsonLower(second.impressions, shown) < CANNIBALISED.sure) return undefined;
  if (impressions * curve.rate(TARGET_POSITION) - clicks < floorClicks) return undefined;
  const parts = rivals(query).map((page) => `${page.page} ${rate(page.impressions / shown)}`);
  return {
    kind: 'cannibalised',
    extraClicks: estimateAt(query, { curve, at: TARGET_POSITION }),
    why: `${parts.length} of the site's pages share its impressions: ${parts.join(', ')}.`,
  };
}

/** Pages with at least a tenth of the query's impressions. */
export function rivals(query: Query): Query['pages'] {
  const shown = query.pages.reduce((sum, page) => sum + page.impressions, 0);
  return query.pages.filter((page) => page.impressions >= shown * CANNIBALISED.sure);
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
const rate = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const chance = (p: number): string => (p < 0.0001 ? 'below 1 in 10,000' : `${(p * 100).toFixed(2)} %`);
