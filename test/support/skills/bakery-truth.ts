import type { Analysis } from '../../../agents/skills/keyword-research/analyse.ts';
import { analyse } from '../../../agents/skills/keyword-research/analyse.ts';
import { readMaterial } from '../../../agents/skills/keyword-research/material.ts';
import { readInputText } from '../../../agents/skills/read-input.ts';
import { understandContext } from '../../../agents/skills/search-analysis/business-context.ts';
import type { Bakery, BakeryTruth } from '../../fixtures/clients/bakery/index.ts';
import { fileInput, textInput } from './context.ts';
import { Tally } from './keyword-truth.ts';

export const BAKERY_KINDS = [
  'opportunities',
  'branded',
  'cannibalised',
  'pagePairs',
  'changes',
  'seasons',
  'gaps',
  'weakerAbroad',
  'levelShift',
  'topicPairs',
  'pillars',
] as const;
export type BakeryKind = (typeof BAKERY_KINDS)[number];

/** The bakery's files under the inputs that take them. */
export function bakeryInputs({ files, businessContext }: Bakery) {
  const file = ({ name, bytes }: Bakery['files']['current']) => fileInput(name, bytes);
  return {
    current_rankings: file(files.current),
    business_context: textInput(businessContext),
    previous_rankings: file(files.previous),
    rankings_by_country: file(files.countries),
    rankings_by_date: file(files.dates),
    keyword_planner: file(files.planner),
    rank_tracker: file(files.tracker),
    competitor_rankings: file(files.rivals),
  };
}

export async function analyseBakery(bakery: Bakery): Promise<Analysis> {
  const inputs = bakeryInputs(bakery);
  const { table, ...material } = await readMaterial(inputs);
  const context = understandContext(await readInputText('business_context', inputs.business_context));
  return analyse(table, { context, material });
}

/** As test/fixtures/clients/bakery/README.md says; adds to the tallies. */
export function judgeBakery(analysis: Analysis, truth: BakeryTruth, tallies: Record<BakeryKind, Tally>): void {
  const { queries } = analysis.table;
  const text = (index: number) => queries[index]!.query;
  const count = (
    kind: BakeryKind,
    expected: Iterable<string>,
    reported: Iterable<string>,
    ignored: Iterable<string> = [],
  ) => tallies[kind].count(new Set(expected), new Set(reported), new Set(ignored));
  const borderline = truth.borderline.map(({ query }) => query);
  count(
    'opportunities',
    truth.opportunities.map(({ query }) => query),
    analysis.findings.map(({ index }) => text(index)),
    borderline,
  );
  count(
    'branded',
    truth.branded,
    queries.filter((_, at) => analysis.brand.branded[at]).map(({ query }) => query),
  );
  count(
    'cannibalised',
    truth.cannibalised.map(({ query }) => query),
    analysis.findings.filter(({ kinds }) => kinds.includes('cannibalised')).map(({ index }) => text(index)),
    [...truth.borderline, ...truth.opportunities]
      .filter(({ verdicts }) => verdicts.cannibalised === 'borderline')
      .map(({ query }) => query),
  );
  const pair = (pages: readonly string[]) => [...pages].sort().join(' ');
  count(
    'pagePairs',
    truth.pagePairs.map(pair),
    analysis.conflicts.map(({ pages }) => pair(pages)),
  );
  const borderlineChanges = new Set(truth.borderlineChanges);
  count(
    'changes',
    truth.changes.map(({ query, direction, cause }) => `${query} ${direction} ${cause}`),
    (analysis.changes ?? [])
      .map(({ now, before, direction, cause }) => ({ query: (now ?? before)!.query, direction, cause }))
      .filter(({ query }) => !borderlineChanges.has(query))
      .map(({ query, direction, cause }) => `${query} ${direction} ${cause}`),
  );
  const months = new Map(truth.seasonal.map(({ query, months: own }) => [query, own]));
  count(
    'seasons',
    months.keys(),
    (analysis.seasons ?? []).map(({ keyword, peakMonths }) =>
      months.get(keyword)?.includes(peakMonths[0]!) === false ? `${keyword} in the wrong month` : keyword,
    ),
  );
  count(
    'gaps',
    truth.gaps,
    (analysis.gaps ?? []).filter(({ fit }) => fit === 'on_topic').map(({ keyword }) => keyword),
    truth.borderlineGaps,
  );
  const abroad = ({ query, country }: { query: string; country: string }) => `${query} ${country}`;
  count('weakerAbroad', truth.weakerAbroad.map(abroad), (analysis.countries?.weaker ?? []).map(abroad));
  const near = (date: string) => Math.abs(Date.parse(date) - Date.parse(truth.levelShift.date)) <= 3 * 86_400_000;
  count(
    'levelShift',
    [truth.levelShift.date],
    (analysis.days?.shifts ?? []).map(({ date }) => (near(date) ? truth.levelShift.date : date)),
  );
  countTopics(analysis, truth, count);
}

function countTopics(
  analysis: Analysis,
  truth: BakeryTruth,
  count: (kind: BakeryKind, expected: Iterable<string>, reported: Iterable<string>) => void,
): void {
  const { queries } = analysis.table;
  const real = new Map(truth.topics.flatMap(({ id, queries: own }) => own.map((query) => [query, id] as const)));
  const found = new Map(
    analysis.topics.flatMap((topic, at) => topic.queries.map((index) => [queries[index]!.query, at] as const)),
  );
  const largest = queries
    .filter(({ query }) => real.has(query))
    .toSorted((a, b) => b.impressions - a.impressions)
    .slice(0, 400)
    .map(({ query }) => query);
  const pairs = (topicOf: ReadonlyMap<string, unknown>) =>
    largest.flatMap((left, at) =>
      largest
        .slice(at + 1)
        .filter((right) => topicOf.has(left) && topicOf.get(left) === topicOf.get(right))
        .map((right) => `${left} | ${right}`),
    );
  count('topicPairs', pairs(real), pairs(found));
  count(
    'pillars',
    truth.topics.map(({ pillar }) => pillar),
    analysis.topics.map(({ pillar }) => pillar),
  );
}

export const emptyTallies = (): Record<BakeryKind, Tally> =>
  Object.fromEntries(BAKERY_KINDS.map((kind) => [kind, new Tally()])) as Record<BakeryKind, Tally>;
