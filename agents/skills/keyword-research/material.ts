import type { SearchConsoleExport } from '#platform';
import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { severalOf } from '../read-input.ts';
import { readPerformance, readRankings, sourceOfInput } from '../search-analysis/read-rankings.ts';
import type { RankingTable } from '../search-analysis/types.ts';
import {
  joinRankings,
  type KeywordPlan,
  type RankingExport,
  readKeywordPlanner,
  readRankingExport,
} from '../search-exports/index.ts';

/** Everything that was given besides the business context, read. */
export interface Material {
  readonly table: RankingTable;
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
  const byPage = inputs.rankings_by_page && (await readRankings(inputs.rankings_by_page, 'rankings_by_page'));
  if (byPage && !byPage.hasPages) throw lacks('rankings_by_page', byPage.name, 'page', 'the table of query with page');
  const table = byPage ? withPages(main, byPage, notes) : main;
  const previous = inputs.previous_rankings && (await readRankings(inputs.previous_rankings, 'previous_rankings'));
  if (previous) comparePeriods(table, previous, notes);
  const plan =
    inputs.keyword_planner && (await readKeywordPlanner(sourceOfInput('keyword_planner', inputs.keyword_planner)));
  const tracker = inputs.rank_tracker && (await readRankingExport(sourceOfInput('rank_tracker', inputs.rank_tracker)));
  return {
    table,
    previous,
    countries: await readBy(inputs, 'rankings_by_country', 'country'),
    days: await readBy(inputs, 'rankings_by_date', 'date'),
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
  name: 'rankings_by_country' | 'rankings_by_date',
  dimension: 'country' | 'date',
): Promise<SearchConsoleExport | undefined> {
  const input = inputs[name];
  if (input === undefined) return undefined;
  const { read, name: file } = await readPerformance(name, input);
  if (!read.dimensions.includes(dimension)) throw lacks(name, file, dimension, `the table by ${dimension}`);
  return read;
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
  const total = ({ queries }: RankingTable) => queries.reduce((sum, { impressions }) => sum + impressions, 0);
  const ratio = total(now) / Math.max(1, total(before));
  if (ratio > 2 || ratio < 0.5) {
    notes.push(
      `${now.name} has ${ratio.toFixed(1)} times the impressions of ${before.name}: are the periods equally long, and filtered alike? Changes count as if they were.`,
    );
  }
}
