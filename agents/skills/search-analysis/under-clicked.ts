import type { ClickCurve } from './click-curve.ts';
import { estimateAt } from './estimate.ts';
import { falseDiscoveryControl, poissonLowerTail } from './statistics.ts';
import type { Estimate, OpportunityKind, Query } from './types.ts';

const UNDER_CLICKED_TO = 10.5;
/** Share of false alarms that is put up with among the queries called under-clicked. */
const FALSE_DISCOVERY_RATE = 0.01;

export interface UnderClickedOptions {
  readonly curve: ClickCurve;
  readonly branded: readonly boolean[];
  readonly floorClicks: number;
}

export interface Gain {
  readonly kind: OpportunityKind;
  readonly extraClicks: Estimate;
  readonly why: string;
}

/**
 * Clicked clearly less than the position explains: the Poisson chance of so few clicks is small, with the false discovery
 * rate held over all queries tested, and the shortfall is larger than the site's queries differ among each other.
 */
export function findUnderClicked(queries: readonly Query[], options: UnderClickedOptions): Map<number, Gain> {
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

const chance = (p: number): string => (p < 0.0001 ? 'below 1 in 10,000' : `${(p * 100).toFixed(2)} %`);
