import { isKazeError, Pace } from '#platform';
import {
  type ByteSource,
  decodeText,
  formatErrors,
  readSearchConsole,
  type SearchConsoleExport,
  sourceOf,
} from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { formatOfText } from '../known-formats.ts';
import { fileSource } from '../read-input.ts';
import type { PageShare, Query, RankingTable } from './types.ts';

const HEAD_CHARS = 16_384;

/**
 * Reads a Search Console performance export into one entry a query; rows of several pages, countries, devices or days of
 * a query are added up.
 * Errors: those of `readSearchConsole`; KAZE_SKILL_INPUT_MISSING; KAZE_SKILL_INPUT_INVALID for an export without a query
 * column or without impressions, and for JSON.
 */
export async function readRankings(
  input: SkillInput | undefined,
  as = 'current_rankings',
  skill = 'keyword-research',
): Promise<RankingTable> {
  if (input === undefined) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_MISSING',
      `${skill} has no ${as}, and no tool is connected that could fetch them; give a Search Console performance export (Queries.csv, or a table with query and page)`,
      { fields: { skill, input: as } },
    );
  }
  const { name, read } = await readPerformance(as, input);
  if (!read.dimensions.includes('query')) {
    throw invalid(
      as,
      name,
      `has ${read.dimensions.join(' and ')} and no column for queries; export the table "Queries" (Queries.csv), or query with page`,
    );
  }
  const queries = await collect(read, new Pace());
  if (!queries.some((query) => query.impressions > 0)) {
    throw invalid(as, name, 'has no row with impressions; export a longer period or remove filters');
  }
  return {
    name,
    queries,
    hasPages: read.dimensions.includes('page'),
    rows: read.rows.length,
    notes: notesOf(read),
  };
}

/**
 * Reads a performance export as it stands. Errors: those of `readSearchConsole`; what is a table of another product is told
 * by its name, and where it belongs.
 */
export async function readPerformance(
  as: string,
  input: SkillInput,
): Promise<{ readonly name: string; readonly read: SearchConsoleExport }> {
  const source = sourceOfInput(as, input);
  const { name } = source;
  try {
    return { name, read: await readSearchConsole(source) };
  } catch (error) {
    const code = isKazeError(error) ? error.code : '';
    // A planner's title and period before the header make its rows seem ragged.
    if (!/_(?:SEARCH_CONSOLE_COLUMNS|CSV_RAGGED)$/.test(code)) throw error;
    const nearest = formatOfText(await headOf(sourceOfInput(as, input)));
    if (nearest === undefined || nearest.label.includes('Search Console')) throw error;
    throw formatErrors(
      'KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS',
      `${(error as Error).message}; it is nearest to ${nearest.label} (${nearest.wayOut})`,
      { fields: { ...(isKazeError(error) ? error.fields : {}), name, nearestFormat: nearest.label }, cause: error },
    );
  }
}

/** The first characters of a file. */
async function headOf({ name, bytes }: ByteSource): Promise<string> {
  let text = '';
  for await (const chunk of decodeText(bytes, { name, onInvalid: 'replace' }).chunks) {
    text += chunk;
    if (text.length >= HEAD_CHARS) break;
  }
  return text.slice(0, HEAD_CHARS);
}

/** A CSV input as bytes with a name. Errors: KAZE_SKILL_INPUT_INVALID for JSON. */
export function sourceOfInput(name: string, input: SkillInput): ByteSource {
  if (input.kind === 'file') return fileSource(input);
  if (input.kind === 'text') return sourceOf(`${name}.csv`, input.text);
  throw skillErrors('KAZE_SKILL_INPUT_INVALID', `${name} is JSON; give the export as a file, or its text`, {
    fields: { input: name, name },
  });
}

function invalid(input: string, name: string, problem: string): Error {
  return skillErrors('KAZE_SKILL_INPUT_INVALID', `${name} ${problem}`, { fields: { input, name } });
}

interface Sum {
  clicks: number;
  impressions: number;
  weighted: number;
  readonly lines: number[];
}

function add(sums: Map<string, Sum>, key: string, row: SearchConsoleExport['rows'][number]): void {
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = { clicks: 0, impressions: 0, weighted: 0, lines: [] };
    sums.set(key, sum);
  }
  sum.clicks += row.clicks;
  sum.impressions += row.impressions;
  sum.weighted += row.position * row.impressions;
  sum.lines.push(row.line);
}

async function collect(read: SearchConsoleExport, pace: Pace): Promise<Query[]> {
  const hasPages = read.dimensions.includes('page');
  const totals = new Map<string, Sum>();
  const byPage = new Map<string, Map<string, Sum>>();
  for (const row of read.rows) {
    if (pace.isDue()) await pace.rest();
    const query = row.query ?? '';
    if (query.trim() === '') continue;
    add(totals, query, row);
    if (!hasPages || !row.page) continue;
    const pages = byPage.get(query) ?? new Map<string, Sum>();
    byPage.set(query, pages);
    // A fragment names a place on a page, not another page.
    add(pages, row.page.replace(/#.*$/, ''), row);
  }
  const queries: Query[] = [];
  for (const [query, sum] of totals) {
    if (pace.isDue()) await pace.rest();
    const pages = [...(byPage.get(query) ?? [])].map(([page, part]): PageShare => ({ page, ...figures(part) }));
    pages.sort((left, right) => right.impressions - left.impressions || (left.page < right.page ? -1 : 1));
    queries.push({ query, ...figures(sum), pages });
  }
  return queries;
}

function figures(sum: Sum) {
  const { clicks, impressions, weighted, lines } = sum;
  const position = impressions === 0 ? 0 : Math.round((weighted / impressions) * 100) / 100;
  return { clicks, impressions, position, lines };
}

/** What an export says that does not add up, or was not sure to read. */
export function notesOf(read: SearchConsoleExport): string[] {
  const counts = Object.entries(read.warningCounts).map(([kind, count]) => {
    const first = read.warnings.find((warning) => warning.kind === kind);
    return `${count} × ${kind}${first ? ` (first: ${first.message})` : ''}`;
  });
  const known =
    read.columnsBy === 'shape' ? ['The header is in no known language: columns were told by their contents.'] : [];
  return [...known, ...counts];
}
