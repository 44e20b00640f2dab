import type { Label, QueryTruth, Verdict } from './truth.ts';

/** The site's own click-through rate at an average position: a power law, and a step down to the second page. */
export interface Curve {
  readonly scale: number;
  readonly decay: number;
  /** Share lost behind the first page: nothing up to position 9, all of it from 12 on, in proportion between. */
  readonly secondPageDrop: number;
}
export function rateAt(curve: Curve, position: number): number {
  const behind = Math.min(1, Math.max(0, (position - 9) / 3));
  return curve.scale * Math.max(1, position) ** -curve.decay * (1 - curve.secondPageDrop * behind);
}

/** Rate as a percentage with at most two decimals, trailing zeros dropped, as Google writes it: 3.25, 20, 0. */
export const percentOf = (clicks: number, impressions: number): number =>
  impressions === 0 ? 0 : Math.round((clicks / impressions) * 10_000) / 100;

/** Extra clicks from which a finding is worth a specialist's time, of the site's total clicks. */
export const floorOf = (clicks: number): number => Math.max(5, clicks / 1000);

/** Position that striking-distance gains are reckoned to. */
export const TARGET_POSITION = 3;

/** P(X <= observed) for a Poisson variable of the given mean. */
export function poissonTail(observed: number, mean: number): number {
  let term = -mean;
  let sum = 0;
  for (let count = 0; count <= observed; count += 1) {
    if (count > 0) term += Math.log(mean / count);
    sum += Math.exp(term);
  }
  return Math.min(1, sum);
}

export interface Measured {
  readonly clicks: number;
  readonly impressions: number;
  /** Average position as written in the file (two decimals). */
  readonly position: number;
  /** Share of the query's impressions on its second page, 0 when there is one page. */
  readonly secondShare: number;
}

/** Below half the floor nothing is an opportunity, from twice the floor on it is; between is borderline. */
const band = (clicks: number, floor: number): Verdict =>
  clicks >= 2 * floor ? 'opportunity' : clicks <= floor / 2 ? 'no' : 'borderline';
const ORDER: readonly Verdict[] = ['no', 'borderline', 'opportunity'];
const weaker = (left: Verdict, right: Verdict): Verdict => (ORDER.indexOf(left) < ORDER.indexOf(right) ? left : right);
const agreed = (left: Verdict, right: Verdict): Verdict => (left === right ? left : 'borderline');

function strikingDistance(row: Measured, curve: Curve, floor: number): Verdict {
  const { position, impressions, clicks } = row;
  if (position < 4 || position > 30) return 'no';
  const target = rateAt(curve, TARGET_POSITION) * impressions;
  const gain = agreed(band(target - rateAt(curve, position) * impressions, floor), band(target - clicks, floor));
  return position >= 5 && position <= 20 ? gain : weaker(gain, 'borderline');
}

function underClicked(row: Measured, curve: Curve, floor: number): Verdict {
  if (row.position > 12) return 'no';
  const expected = rateAt(curve, row.position) * row.impressions;
  const chance = poissonTail(row.clicks, expected);
  const lost = band(expected - row.clicks, floor);
  if (row.clicks > 0.75 * expected || chance > 0.05 || lost === 'no') return 'no';
  const sure = row.clicks <= 0.5 * expected && chance < 0.001 && row.position <= 10;
  return sure ? lost : 'borderline';
}

function cannibalised(row: Measured, curve: Curve, floor: number): Verdict {
  if (row.secondShare <= 0.1) return 'no';
  const gain = band(rateAt(curve, TARGET_POSITION) * row.impressions - row.clicks, floor);
  if (gain === 'no') return 'no';
  return row.secondShare >= 0.25 && row.position >= 4 && row.position <= 20 ? gain : 'borderline';
}

/** The definition in README.md, as code. Branded queries are never opportunities. */
export function judge(row: Measured, situation: { curve: Curve; floor: number; branded: boolean; withPages: boolean }) {
  const { curve, floor, branded, withPages } = situation;
  const verdicts: Record<Label, Verdict> = {
    strikingDistance: branded ? 'no' : strikingDistance(row, curve, floor),
    underClicked: branded ? 'no' : underClicked(row, curve, floor),
    cannibalised: branded || !withPages ? 'no' : cannibalised(row, curve, floor),
  };
  const all = Object.values(verdicts);
  const verdict: Verdict = all.includes('opportunity')
    ? 'opportunity'
    : all.includes('borderline')
      ? 'borderline'
      : 'no';
  const round = (value: number): number => Math.round(value * 10) / 10;
  const expected = rateAt(curve, row.position) * row.impressions;
  const extra = Math.max(
    0,
    verdicts.underClicked === 'opportunity' ? expected - row.clicks : 0,
    verdicts.strikingDistance === 'opportunity' || verdicts.cannibalised === 'opportunity'
      ? rateAt(curve, TARGET_POSITION) * row.impressions - row.clicks
      : 0,
  );
  return {
    verdict,
    verdicts,
    extraClicks: round(extra),
    expectedClicks: round(expected),
  } satisfies Partial<QueryTruth>;
}
