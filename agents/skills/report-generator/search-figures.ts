import { Pace } from '#platform';
import type { SearchConsoleExport } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { type Change, compareQueries } from '../keyword-research/changes.ts';
import { fitClickCurve } from '../search-analysis/click-curve.ts';
import { floorOf } from '../search-analysis/estimate.ts';
import { readPerformance, readRankings } from '../search-analysis/read-rankings.ts';
import type { RankingTable } from '../search-analysis/types.ts';
import { type Chance, chanceIn } from './chance.ts';
import type { Contribution } from './contributions.ts';
import { type LevelStep, levelSteps } from './level-steps.ts';
import { length, type Period } from './period.ts';
import { explainClicks, type SearchFactor } from './search-changes.ts';
import type { Days, Figure, Quote, Source, Sources } from './sourced.ts';

export interface SearchTotals {
  readonly clicks: Figure;
  readonly impressions: Figure;
  readonly ctr: Figure | undefined;
  readonly position: Figure | undefined;
}

export interface Movement {
  readonly query: Quote;
  readonly now: Figure;
  readonly before: Figure;
  readonly change: Figure;
  readonly cause: Change['cause'];
  readonly direction: Change['direction'];
}

export interface SearchFigures {
  readonly now: SearchTotals;
  readonly before: SearchTotals | undefined;
  readonly chance: Chance | undefined;
  readonly why: readonly Contribution<SearchFactor>[] | undefined;
  /** Largest first; at most five of each direction. */
  readonly gained: readonly Movement[];
  readonly lost: readonly Movement[];
  readonly byDay: ReadonlyArray<{ readonly day: Days; readonly clicks: Figure }>;
  readonly steps: readonly LevelStep[];
  /** Days of the period that the export by date has, and how many it should have. */
  readonly covered: Figure | undefined;
  readonly expectedDays: Figure;
  /** Clicks by date beside those by query: what searches that Google does not name make out. */
  readonly unnamed: Figure | undefined;
  readonly file: Quote;
}

export const SEARCH_INPUTS = ['current_rankings', 'previous_rankings', 'rankings_by_date'] as const;

type Inputs = Readonly<Record<string, SkillInput>>;
interface DayRow {
  readonly line: number;
  readonly date: string;
  readonly clicks: number;
  readonly impressions: number;
  readonly position: number;
}

interface Read {
  readonly now?: RankingTable;
  readonly before?: RankingTable;
  readonly days?: { readonly name: string; readonly rows: readonly DayRow[]; readonly read: SearchConsoleExport };
}

/** Reads the search exports that were given. Errors: those of the readers, with file, line and column. */
export async function readSearch(inputs: Inputs): Promise<Read> {
  const { current_rankings: now, previous_rankings: before, rankings_by_date: days } = inputs;
  if (before && !now) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_MISSING',
      'previous_rankings has nothing to be compared with; give current_rankings, the same export of the period',
      { fields: { skill: 'report-generator', input: 'current_rankings' } },
    );
  }
  return {
    ...(now ? { now: await readRankings(now) } : {}),
    ...(before ? { before: await readRankings(before, 'previous_rankings') } : {}),
    ...(days ? { days: await readDays(days) } : {}),
  };
}

async function readDays(input: SkillInput): Promise<NonNullable<Read['days']>> {
  const { name, read } = await readPerformance('rankings_by_date', input);
  if (!read.dimensions.includes('date')) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `rankings_by_date (${name}) has no column for the date on its header line; export the table by date from the Performance report`,
      { fields: { input: 'rankings_by_date', name, line: 1, expected: 'date' } },
    );
  }
  return { name, rows: read.rows.map((row) => ({ ...row, date: row.date ?? '' })), read };
}

export interface SearchOptions {
  readonly sources: Sources;
  readonly period: Period;
  readonly compared: Period;
  readonly periodSource: Source;
  /** Days of the period that are over. */
  readonly daysOver: number;
}

/** Figures of a client's search performance; undefined when no export was given. */
export async function measureSearch(read: Read, options: SearchOptions): Promise<SearchFigures | undefined> {
  const { sources, period, compared } = options;
  const inPeriod = (one: Period) => read.days?.rows.filter(({ date }) => date >= one.from && date <= one.to) ?? [];
  const [days, daysBefore] = [inPeriod(period), inPeriod(compared)];
  const file = read.now?.name ?? read.days?.name;
  if (file === undefined) return undefined;
  const now = read.now ? totalsOfQueries(read.now, sources) : totalsOfDays(read.days!.name, days, sources);
  const before = read.before
    ? totalsOfQueries(read.before, sources)
    : !read.now && daysBefore.length > 0
      ? totalsOfDays(read.days!.name, daysBefore, sources)
      : undefined;
  const chance = before && chanceIn(now.clicks, before.clicks, sources);
  const table = read.now;
  const curve = table && (await fitClickCurve(table.queries, new Pace()));
  const why =
    table && read.before && curve && chance && !chance.isThin
      ? explainClicks(
          { now: table, before: read.before },
          {
            curve,
            sources,
            days: comparedDays(options, { now: coveredDays(days), before: coveredDays(daysBefore) }),
            of: [now.clicks.source, before.clicks.source],
          },
        )
      : undefined;
  const changes =
    table && read.before && curve
      ? compareQueries(table, read.before, {
          curve,
          branded: table.queries.map(() => false),
          floorClicks: floorOf(table.queries),
        })
      : [];
  const moved = (direction: Change['direction']) =>
    changes
      .filter((change) => change.direction === direction)
      .slice(0, 5)
      .map((change) => movement(change, { now: table!, before: read.before!, sources }));
  const dayTotal = totalsOfDays(read.days?.name ?? '', days, sources).clicks;
  return {
    now,
    before,
    chance,
    why,
    gained: moved('gained'),
    lost: moved('lost'),
    byDay: pointsOf(read.days?.name ?? '', days, sources),
    steps: read.days ? levelSteps(read.days.name, read.days.read, { period, compared, sources }) : [],
    covered: read.days
      ? sources.figure(
          coveredDays(days),
          'days',
          sources.derived('count', [sources.rows(read.days.name, 'date', linesOf(days))]),
        )
      : undefined,
    expectedDays: sources.figure(length(period), 'days', sources.derived('days', [options.periodSource])),
    unnamed:
      table && days.length > 0 && dayTotal.value > now.clicks.value
        ? sources.difference(dayTotal, now.clicks)
        : undefined,
    file: sources.quote(file, sources.input(read.now ? 'current_rankings' : 'rankings_by_date')),
  };
}

/** Days that the exports cover: by their dates, else whole periods. Of one that is not over nobody knows: taken as alike. */
function comparedDays(
  { period, compared, daysOver }: SearchOptions,
  covered: { readonly now: number; readonly before: number },
): { now: number; before: number } {
  if (covered.now > 0 && covered.before > 0) return covered;
  const before = length(compared);
  return { now: daysOver < length(period) ? before : length(period), before };
}

function totalsOfQueries(table: RankingTable, sources: Sources): SearchTotals {
  const rows = table.queries.map(({ clicks, impressions, position }) => ({ clicks, impressions, position }));
  return totals(table.name, rows, { lines: table.queries.flatMap(({ lines }) => lines), sources });
}

function totalsOfDays(name: string, rows: readonly DayRow[], sources: Sources): SearchTotals {
  return totals(name, rows, { lines: linesOf(rows), sources });
}

function totals(
  file: string,
  rows: ReadonlyArray<Pick<DayRow, 'clicks' | 'impressions' | 'position'>>,
  { lines, sources }: { lines: readonly number[]; sources: Sources },
): SearchTotals {
  const sum = (value: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + value(row), 0);
  const total = (column: string, value: number) =>
    sources.figure(value, 'count', sources.derived('sum', [sources.rows(file, column, lines)]));
  const clicks = total(
    'clicks',
    sum((row) => row.clicks),
  );
  const impressions = total(
    'impressions',
    sum((row) => row.impressions),
  );
  const weighted = sum((row) => row.position * row.impressions);
  const position =
    impressions.value === 0
      ? undefined
      : sources.figure(
          weighted / impressions.value,
          'position',
          sources.derived('mean', [sources.rows(file, 'position', lines), impressions.source]),
        );
  return { clicks, impressions, ctr: sources.share(clicks, impressions), position };
}

function movement(
  { now, before, cause, direction }: Change,
  by: { now: RankingTable; before: RankingTable; sources: Sources },
): Movement {
  const { sources } = by;
  const clicks = (query: Change['now'], file: string) =>
    sources.figure(query?.clicks ?? 0, 'count', sources.rows(file, 'clicks', query?.lines ?? []));
  const [here, there] = [clicks(now, by.now.name), clicks(before, by.before.name)];
  const named = now ? { query: now, file: by.now.name } : { query: before!, file: by.before.name };
  return {
    query: sources.quote(named.query.query, sources.rows(named.file, 'query', named.query.lines)),
    now: here,
    before: there,
    change: sources.difference(here, there),
    cause,
    direction,
  };
}

function pointsOf(file: string, rows: readonly DayRow[], sources: Sources): SearchFigures['byDay'] {
  const byDate = new Map<string, { clicks: number; lines: number[] }>();
  for (const { date, clicks, line } of rows) {
    const day = byDate.get(date) ?? { clicks: 0, lines: [] };
    byDate.set(date, day);
    day.clicks += clicks;
    day.lines.push(line);
  }
  return [...byDate]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, { clicks, lines }]) => ({
      day: sources.day(date, sources.rows(file, 'date', lines)),
      clicks: sources.figure(clicks, 'count', sources.rows(file, 'clicks', lines)),
    }));
}

const linesOf = (rows: readonly DayRow[]): number[] => rows.map(({ line }) => line);
const coveredDays = (rows: readonly DayRow[]): number => new Set(rows.map(({ date }) => date)).size;
