import type { SearchConsoleExport } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { readNames, severalOf } from '../read-input.ts';
import { notesOf, readPerformance, readRankings, sourceOfInput } from '../search-analysis/read-rankings.ts';
import type { RankingTable } from '../search-analysis/types.ts';
import {
  joinRankings,
  type KeywordPlan,
  type RankingExport,
  readKeywordPlanner,
  readRankingExport,
} from '../search-exports/index.ts';
import { daysBetween } from '../text/calendar.ts';
import { DAYS_FOR_A_STEP } from './days.ts';

/** Everything that was given besides the business context, read. */
export interface Material {
  readonly table: RankingTable;
  /** Names or domains; none where a table of their rankings was given in their place. */
  readonly competitors: readonly string[];
  readonly previous?: RankingTable;
  readonly countries?: SearchConsoleExport;
  readonly days?: SearchConsoleExport;
  readonly plan?: KeywordPlan;
  readonly tracker?: RankingExport;
  readonly rivals?: RankingExport;
  /** What the files do not bear out among each other. */
  readonly notes: readonly string[];
}

/** The optional inputs, each a file of its own. */
export const MATERIAL_INPUTS = [
  'previous_rankings',
  'rankings_by_page',
  'rankings_by_country',
  'rankings_by_date',
  'keyword_planner',
  'rank_tracker',
  'competitor_rankings',
] as const;

type Inputs = Readonly<Record<string, SkillInput | undefined>>;

/**
 * Reads all exports. Errors: those of the readers, with file, line and column; KAZE_SKILL_INPUT_INVALID for an export
 * without the dimension that its input is for.
 */
export async function readMaterial(inputs: Inputs): Promise<Material> {
  const notes: string[] = [];
  const main = await readRankings(inputs.current_rankings);
  const competitors = inputs.competitors && isTable(inputs.competitors) ? [] : await readNames(inputs.competitors, 100);
  const byPage = inputs.rankings_by_page && (await readRankings(inputs.rankings_by_page, 'rankings_by_page'));
  if (byPage && !byPage.hasPages) throw lacks('rankings_by_page', byPage.name, 'page', 'the table of query with page');
  const table = byPage ? withPages(main, byPage, notes) : main;
  const previous = inputs.previous_rankings && (await readRankings(inputs.previous_rankings, 'previous_rankings'));
  if (previous) comparePeriods(table, previous, notes);
  for (const other of [byPage, previous]) if (other) notes.push(...other.notes.map((note) => `${other.name}: ${note}`));
  const plan =
    inputs.keyword_planner && (await readKeywordPlanner(sourceOfInput('keyword_planner', inputs.keyword_planner)));
  const tracker = inputs.rank_tracker && (await readRankingExport(sourceOfInput('rank_tracker', inputs.rank_tracker)));
  return {
    table,
    competitors,
    previous,
    countries: await readBy(inputs, { input: 'rankings_by_country', dimension: 'country', notes }),
    days: await readBy(inputs, { input: 'rankings_by_date', dimension: 'date', notes }),
    plan,
    tracker,
    rivals: await readRivals(inputs),
    notes,
  };
}

/** A tool that exports one domain a file gives several. */
async function readRivals(inputs: Inputs): Promise<RankingExport | undefined> {
  const given = severalOf(inputs, 'competitor_rankings');
  const { competitors } = inputs;
  if (given.length === 0 && competitors && isTable(competitors))
    given.push({ name: 'competitors', input: competitors });
  const exports: RankingExport[] = [];
  for (const { name, input } of given) exports.push(await readRankingExport(sourceOfInput(name, input)));
  return exports.length > 0 ? joinRankings(exports) : undefined;
}

/** `competitors` may be names, or a table of their rankings. */
const isTable = (input: SkillInput): boolean => input.kind === 'file' && /\.(csv|tsv|tab)$/i.test(input.name);

async function readBy(
  inputs: Inputs,
  wanted: {
    readonly input: 'rankings_by_country' | 'rankings_by_date';
    readonly dimension: 'country' | 'date';
    readonly notes: string[];
  },
): Promise<SearchConsoleExport | undefined> {
  const { input: as, dimension, notes } = wanted;
  const input = inputs[as];
  if (input === undefined) return undefined;
  const { read, name } = await readPerformance(as, input);
  if (!read.dimensions.includes(dimension)) throw lacks(as, name, dimension, `the table by ${dimension}`);
  notes.push(...notesOf(read).map((note) => `${name}: ${note}`));
  if (dimension === 'date') notes.push(...daysMissing(name, read));
  else if (!read.dimensions.includes('query'))
    notes.push(`${name} has no queries: countries are known by their totals alone.`);
  return read;
}

/** Too few days for what they could tell, and days that the export leaves out. */
function daysMissing(name: string, { rows }: SearchConsoleExport): string[] {
  const days = [...new Set(rows.flatMap(({ date }) => date ?? []))].sort();
  const [from, to] = [days[0], days.at(-1)];
  if (from === undefined || to === undefined) return [];
  const missing = daysBetween(from, to) + 1 - days.length;
  return [
    ...(days.length < DAYS_FOR_A_STEP
      ? [`${name} holds ${days.length} days: a step in the level of clicks is told from ${DAYS_FOR_A_STEP} on.`]
      : []),
    ...(missing > 0
      ? [
          `${name} leaves out ${missing} of the days from ${from} to ${to}: those that are there are taken as if in a row.`,
        ]
      : []),
  ];
}

function lacks(input: string, name: string, dimension: string, wanted: string): Error {
  return skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `${name} (input ${input}) has no column for ${dimension} on its header line, and one was expected; export ${wanted} from the Performance report`,
    { fields: { input, name, line: 1, column: 1, expected: dimension } },
  );
}

/** Google's totals with the pages of another export. What their sums differ in is told and not evened out. */
function withPages(main: RankingTable, byPage: RankingTable, notes: string[]): RankingTable {
  const pagesOf = new Map(byPage.queries.map((query) => [query.query, query]));
  let [shown, inPages, missing] = [0, 0, 0];
  const queries = main.queries.map((query) => {
    const parts = pagesOf.get(query.query);
    if (!parts) {
      missing++;
      return query;
    }
    shown += query.impressions;
    inPages += parts.impressions;
    return { ...query, pages: parts.pages };
  });
  if (missing > 0) notes.push(`${missing} of ${main.queries.length} queries have no page in ${byPage.name}.`);
  if (shown > 0 && Math.abs(inPages / shown - 1) > 0.05) {
    notes.push(
      `${byPage.name} has ${inPages} impressions for the queries of which ${main.name} has ${shown}; the totals of ${main.name} are used, the pages' shares are those of ${byPage.name}.`,
    );
  }
  return { ...main, queries, hasPages: true };
}

function comparePeriods(now: RankingTable, before: RankingTable, notes: string[]): void {
  const earlier = new Map(before.queries.map((query) => [query.query, query]));
  const isSame = now.queries.every(({ query, clicks, impressions }) => {
    const then = earlier.get(query);
    return then?.clicks === clicks && then.impressions === impressions;
  });
  if (isSame && now.queries.length === before.queries.length) {
    notes.push(
      `${before.name} (previous_rankings) has the figures of ${now.name} for all ${now.queries.length} queries: is it the period before? No change can be told.`,
    );
  }
  const total = ({ queries }: RankingTable) => queries.reduce((sum, { impressions }) => sum + impressions, 0);
  const ratio = total(now) / Math.max(1, total(before));
  if (ratio > 2 || ratio < 0.5) {
    notes.push(
      `${now.name} has ${ratio.toFixed(1)} times the impressions of ${before.name}: are the periods equally long, and filtered alike? Changes count as if they were.`,
    );
  }
}
