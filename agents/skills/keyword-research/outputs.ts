import type { Json } from '../handler.ts';
import { TARGET_POSITION } from '../search-analysis/estimate.ts';
import { wordsOf } from '../text/languages.ts';
import { shown } from '../text/shown.ts';
import type { Analysis } from './analyse.ts';
import { rivals } from './opportunities.ts';
import type { Ranked } from './ranking.ts';

/** The list `keyword_opportunities`, in the order of the ranking. */
export function opportunityList(
  analysis: Analysis,
  { ranked, competitors }: { ranked: readonly Ranked[]; competitors: readonly string[] },
): Json[] {
  const { table, grouping, fit } = analysis;
  const sizes = new Map<number, number>();
  for (const group of grouping.groupOf) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const topicOf = new Map(
    analysis.topics.flatMap(({ name, queries }) => queries.map((index) => [index, name] as const)),
  );
  const peaks = new Map(analysis.seasons?.map(({ keyword, peakMonths }) => [keyword.toLowerCase(), peakMonths]));
  return ranked.map(({ finding, fit: own }): Json => {
    const query = table.queries[finding.index]!;
    const group = grouping.groupOf[finding.index]!;
    return {
      query: query.query,
      group: table.queries[grouping.leads[group]!]!.query,
      group_queries: sizes.get(group)!,
      kind: finding.kinds[0]!,
      kinds: finding.kinds,
      impressions: query.impressions,
      clicks: query.clicks,
      position: query.position,
      ctr: round(query.clicks / query.impressions),
      expected_ctr: round(finding.expectedCtr),
      extra_clicks: { ...finding.extraClicks },
      assumption: ASSUMPTIONS[finding.kinds[0]!],
      monthly_searches: analysis.volumes.get(query.query.toLowerCase()) ?? null,
      peak_months: peaks.get(query.query.toLowerCase()) ?? [],
      topic: topicOf.get(finding.index) ?? null,
      fit: own,
      fit_reason: fit.reasons.get(finding.index) ?? null,
      branded: false,
      competitor: competitors.find((name) => mentions(query.query, name)) ?? null,
      pages: (finding.kinds.includes('cannibalised') ? rivals(query) : query.pages.slice(0, 1)).map(({ page }) => page),
      rows: query.lines,
      why: shown(finding.why.join(' '), 1_000),
    };
  });
}

/** The list `priority_ranking`: what to do first, a line each. */
export function priorityList(analysis: Analysis, ranked: readonly Ranked[]): Json[] {
  return ranked.map(({ finding, fit, score }, at): Json => {
    const query = analysis.table.queries[finding.index]!;
    return {
      rank: at + 1,
      query: query.query,
      kind: finding.kinds[0]!,
      score,
      extra_clicks: finding.extraClicks.mid,
      fit,
      action: ACTIONS[finding.kinds[0]!],
      rows: query.lines,
    };
  });
}

/** What an estimate takes for granted, by the kind of finding that it is reckoned for. */
const REST =
  'impressions unchanged; 80 % interval from the error of the click curve, the spread between queries and chance';
const ASSUMPTIONS = {
  striking_distance: `position ${TARGET_POSITION} is reached, ${REST}`,
  under_clicked: `clicked as the site's other queries at this position, ${REST}`,
  cannibalised: `one page collects the signals and reaches position ${TARGET_POSITION}, ${REST}`,
} as const;

const ACTIONS = {
  striking_distance: 'Improve the page that ranks: answer the query in full, link to it from related pages.',
  under_clicked: 'Rewrite title and description to say what the searcher gets; see what else the result page shows.',
  cannibalised: 'Choose one page for the query; merge, redirect or link the others to it.',
} as const;

/** All words of the name stand in the query, or its domain's name does. */
function mentions(query: string, competitor: string): boolean {
  const words = new Set(wordsOf(query));
  const name = wordsOf(
    competitor
      .replace(/^https?:\/\//, '')
      .replace(/^www\./, '')
      .replace(/\.[a-z.]{2,}$/i, ''),
  );
  return name.length > 0 && name.every((word) => words.has(word));
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
