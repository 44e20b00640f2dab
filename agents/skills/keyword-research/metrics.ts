import type { Analysis } from './analyse.ts';
import type { Ranked } from './ranking.ts';

/** Each metric with its formula; E is a finding's estimated extra clicks (`extra_clicks.mid`). */
export const METRICS = {
  relevance_score:
    'Share of the findings, by E, not shown to be foreign to the business: 1 - sum of E over foreign findings / sum of E over all. Unknown fit (another language, too little context) is not foreign. 1 without findings.',
  on_topic_share: 'Sum of E over findings shown to be on topic / sum of E over all; 0 without findings.',
  unknown_share: 'Sum of E over findings of unknown fit / sum of E over all; 0 without findings.',
  findings: 'Number of findings.',
  extra_clicks: "Sum of E over the findings that are not foreign, over the export's period.",
  evidence_share: 'Share of the findings that name at least one line of the export; 1 without findings.',
  median_impressions: 'Median impressions of the findings; 0 without findings.',
  branded_click_share: 'Clicks of branded queries / clicks of all queries; 0 without clicks.',
  curve_from_data: "Share of the click curve's height that the export tells; the rest is the published prior.",
} as const;

export function measure(analysis: Analysis, ranked: readonly Ranked[]): Record<keyof typeof METRICS, number> {
  const { table, brand, curve } = analysis;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const gain = (fit?: string) =>
    sum(ranked.filter((one) => fit === undefined || one.fit === fit).map(({ finding }) => finding.extraClicks.mid));
  const all = gain();
  const share = (part: number, whole: number, empty: number) => (whole === 0 ? empty : round(part / whole));
  const clicks = sum(table.queries.map((query) => query.clicks));
  const branded = sum(table.queries.filter((_, index) => brand.branded[index]).map((query) => query.clicks));
  const impressions = ranked.map(({ finding }) => table.queries[finding.index]!.impressions).sort((a, b) => a - b);
  const withRows = ranked.filter(({ finding }) => table.queries[finding.index]!.lines.length > 0).length;
  return {
    relevance_score: all === 0 ? 1 : round(1 - gain('foreign') / all),
    on_topic_share: share(gain('on_topic'), all, 0),
    unknown_share: share(gain('unknown'), all, 0),
    findings: ranked.length,
    extra_clicks: Math.round(all - gain('foreign')),
    evidence_share: share(withRows, ranked.length, 1),
    median_impressions: impressions[Math.floor(impressions.length / 2)] ?? 0,
    branded_click_share: share(branded, clicks, 0),
    curve_from_data: round(curve.fromData),
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
