import type { Finding, Fit } from '../search-analysis/types.ts';
import type { Analysis } from './analyse.ts';

/** Findings on topic count in full; of what is unknown about a quarter is held back, until somebody has looked. */
const WEIGHT: Readonly<Record<Fit, number>> = { on_topic: 1, unknown: 0.75, foreign: 0 };

export interface Ranked {
  readonly finding: Finding;
  readonly fit: Fit;
  /** 0 to 100: extra clicks weighed by fit, relative to the first. 0 for foreign findings, which stand at the end. */
  readonly score: number;
}

/** By extra clicks weighed with the fit; foreign findings behind all others, by extra clicks. Nothing is left out. */
export function rankFindings({ findings, fit, table }: Analysis): Ranked[] {
  const weighed = findings.map((finding) => {
    const own = fit.fits[finding.index]!;
    return { finding, fit: own, worth: finding.extraClicks.mid * WEIGHT[own] };
  });
  weighed.sort(
    (left, right) =>
      right.worth - left.worth ||
      right.finding.extraClicks.mid - left.finding.extraClicks.mid ||
      (table.queries[left.finding.index]!.query < table.queries[right.finding.index]!.query ? -1 : 1),
  );
  const most = weighed[0]?.worth || 1;
  return weighed.map(({ finding, fit: own, worth }) => ({
    finding,
    fit: own,
    score: Math.round((1000 * worth) / most) / 10,
  }));
}
