import type { ClickCurve } from '../search-analysis/click-curve.ts';
import { estimateAt, TARGET_POSITION } from '../search-analysis/estimate.ts';
import { wilsonLower } from '../search-analysis/statistics.ts';
import type { Finding, Query } from '../search-analysis/types.ts';
import { findUnderClicked, type Gain } from '../search-analysis/under-clicked.ts';

/**
 * About places 5 to 20: below the fold of the first page and the second page. The figure is an average, so half a place
 * more. The same range stands in the pack, `seo/domain-concepts/striking-distance`; a test holds the two together.
 */
export const STRIKING = { from: 4.5, to: 20.5 } as const;
const CANNIBALISED = { from: 4, to: 20.5, share: 0.18, sure: 0.1 } as const;
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

const rate = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
