import type { Analysis } from './analyse.ts';

/** Each metric with its formula. */
export const METRICS = {
  evidence_share:
    'Share of the findings (gaps, shared topics, strengths, winning pages) that name at least one row of an input, 0 to 1; 1 without findings.',
  share_of_voice:
    'V of the client / sum of V over the client and all compared domains, where V is the sum over the measured keywords of searches times click rate at the position; 0 where nobody is found.',
  topics: 'Number of topics for which anybody is found.',
  gap_topics:
    'Number of topics for which a competitor is on the first page and the client not within the first 30 places, for 80 % of the searches.',
  gap_clicks: 'Sum of the estimated clicks a month of all gaps that are on topic (their `extra_clicks.mid`).',
  on_topic_share: 'Gaps on topic / gaps; 1 without gaps.',
  pages_compared: 'Pairs of a rival’s and an own page that were compared.',
  curve_from_data: "Share of the click curve's height that the client's export tells; the rest is the published prior.",
} as const;

export function measure({ gaps, shared, strengths, topics, winning, voices, market, curve }: Analysis) {
  const withRows = (keywords: readonly number[]) =>
    keywords.some((at) => {
      const { own, rivals } = market.keywords[at]!;
      return own !== null || rivals.size > 0;
    });
  const findings = [
    ...[...gaps, ...shared, ...strengths].map((topic) => withRows(topic.keywords)),
    ...winning.map(({ places }) => places.some(({ lines }) => lines.length > 0)),
  ];
  const share = (part: number, whole: number) => (whole === 0 ? 1 : thousandth(part / whole));
  const onTopic = gaps.filter(({ fit }) => fit === 'on_topic');
  return {
    evidence_share: share(findings.filter(Boolean).length, findings.length),
    share_of_voice: thousandth(voices.find(({ isOwn }) => isOwn)?.share ?? 0),
    topics: topics.length,
    gap_topics: gaps.length,
    gap_clicks: Math.round(onTopic.reduce((sum, { worth }) => sum + (worth?.mid ?? 0), 0)),
    on_topic_share: share(onTopic.length, gaps.length),
    pages_compared: winning.filter(({ own }) => own !== null).length,
    curve_from_data: thousandth(curve.fromData),
  } satisfies Record<keyof typeof METRICS, number>;
}

const thousandth = (value: number): number => Math.round(value * 1_000) / 1_000;
