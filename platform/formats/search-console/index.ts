import { type Clock, systemClock } from '../../clock.ts';
import { Pace } from '../../pace.ts';
import { addWarning, readTable, type TableRow } from '../csv-table.ts';
import { formatErrors } from '../errors.ts';
import type { ByteSource, FormatWarning, InvalidBytes, ReadLimits } from '../types.ts';
import { type DateOrder, dateOrder, parseDate } from './dates.ts';
import {
  type ColumnMap,
  METRICS,
  mapColumns,
  type SearchConsoleColumn,
  type SearchConsoleDimension,
  type SearchConsoleMetric,
} from './headers.ts';
import {
  type DecimalEvidence,
  type DecimalMark,
  decimalEvidence,
  decimalsOf,
  isAmbiguous,
  isPercent,
  parseNumber,
} from './numbers.ts';
import { SeenRows } from './seen-rows.ts';

export type { SearchConsoleDimension } from './headers.ts';

/** Rows between two looks at the clock. */
const ROWS_A_LOOK = 256;

export interface SearchConsoleRow {
  /** In the file, from 1. */
  readonly line: number;
  readonly query?: string;
  readonly page?: string;
  readonly country?: string;
  readonly device?: string;
  /** YYYY-MM-DD. */
  readonly date?: string;
  readonly appearance?: string;
  /** Whole numbers, 0 or more. */
  readonly clicks: number;
  readonly impressions: number;
  /** As the file says it, 0 to 1. */
  readonly ctr: number;
  /** Average rank, from 1; 0 where there were no impressions. */
  readonly position: number;
}

export interface SearchConsoleExport {
  readonly rows: readonly SearchConsoleRow[];
  readonly dimensions: readonly SearchConsoleDimension[];
  /** The file's own header for each column. */
  readonly headers: Readonly<Partial<Record<SearchConsoleColumn, string>>>;
  /** `names`: the header was understood; `shape`: its language is not known and the columns' contents told. */
  readonly columnsBy: 'names' | 'shape';
  readonly decimalMark: DecimalMark;
  /** Whether some cell proves the decimal mark; if none does, a point is assumed. */
  readonly decimalMarkProven: boolean;
  /**
   * `ctr-disagrees`, `clicks-exceed-impressions`, `position-below-one`, `duplicate-row`, `date-in-future`,
   * `number-ambiguous`, `replaced-bytes`; at most 100.
   */
  readonly warnings: readonly FormatWarning[];
  /** How often each kind occurred, also beyond the hundred that are listed. */
  readonly warningCounts: Readonly<Record<string, number>>;
}

export interface SearchConsoleOptions {
  readonly encoding?: string;
  readonly onInvalid?: InvalidBytes;
  /** Rows are held in memory: `maxRows` is 500,000 and `maxBytes` 200 MB unless set. */
  readonly limits?: ReadLimits;
  /** Tells which dates lie in the future. */
  readonly clock?: Clock;
}

/**
 * Reads a performance export of Google Search Console (Queries.csv, Pages.csv, or a table of several dimensions) in
 * whatever locale it was written. Numbers are read, never repaired: a CTR that disagrees with clicks and impressions is
 * kept and warned of.
 * Throws the codes of `readTable` and KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS, _EMPTY, _NUMBER, _NUMBER_MIXED.
 */
export async function readSearchConsole(
  source: ByteSource,
  options: SearchConsoleOptions = {},
): Promise<SearchConsoleExport> {
  const { name } = source;
  const { encoding, onInvalid, clock = systemClock } = options;
  const limits = { maxRows: 500_000, maxBytes: 200e6, ...options.limits };
  const table = await readTable(source, { encoding, onInvalid, limits });
  const raw: TableRow[] = [];
  let mapped: ReturnType<typeof mapColumns> | undefined;
  const map = () =>
    mapColumns(name, {
      columns: table.columns,
      headerLine: table.headerLine,
      sample: raw.slice(0, 50).map((row) => row.cells),
    });
  const pace = new Pace();
  for await (const row of table.rows) {
    // Spreadsheets write rows of nothing behind the last one.
    if (row.cells.every((cell) => cell.trim() === '')) continue;
    if (raw.push(row) % ROWS_A_LOOK === 0 && pace.isDue()) await pace.rest();
    // Wrong columns are told before half a gigabyte of them is read.
    if (raw.length === 50) mapped = map();
  }
  mapped ??= map();
  if (raw.length === 0) {
    throw formatErrors(
      'KAZE_FORMAT_EMPTY',
      `${name} has a header (line ${table.headerLine}) and no rows; export a longer period or remove filters`,
      { fields: { name, line: table.headerLine } },
    );
  }
  const { columns, by } = mapped;
  const report = new Warnings();
  const decimal = await settleDecimal(name, { rows: raw, columns, pace });
  const dates = settleDates(name, raw, columns.get('date'));
  const reader = new RowReader({ name, columns, headers: table.columns, decimal: decimal.mark, dates, raw });
  // A day's grace: a file from the east of the date line is not from the future.
  const latest = new Date(clock.now() + 86_400_000).toISOString().slice(0, 10);
  const rows: SearchConsoleRow[] = [];
  for (const row of raw) {
    const parsed = reader.read(row);
    report.check(parsed, { ctrTolerance: reader.ctrTolerance(row), latest });
    if (rows.push(parsed) % ROWS_A_LOOK === 0 && pace.isDue()) await pace.rest();
  }
  if (!decimal.proven) reportAmbiguous(raw, columns, report);
  const { firstReplaced, replacedCount } = table.encoding;
  if (firstReplaced) {
    report.add(
      'replaced-bytes',
      `${replacedCount} broken characters were replaced, the first on line ${firstReplaced.line}`,
      firstReplaced.line,
    );
  }
  return {
    rows,
    dimensions: [...columns.keys()].filter(isDimension),
    headers: Object.fromEntries([...columns].map(([column, index]) => [column, table.columns[index]])),
    columnsBy: by,
    decimalMark: decimal.mark,
    decimalMarkProven: decimal.proven,
    warnings: report.list,
    warningCounts: report.counts,
  };
}

const isDimension = (column: SearchConsoleColumn): column is SearchConsoleDimension =>
  !METRICS.includes(column as SearchConsoleMetric);

async function settleDecimal(
  name: string,
  { rows, columns, pace }: { rows: readonly TableRow[]; columns: ColumnMap; pace: Pace },
): Promise<{ mark: DecimalMark; proven: boolean }> {
  const first = {};
  let evidence: DecimalEvidence = {};
  for (let at = 0; at < rows.length && !evidence.conflict; at += ROWS_A_LOOK) {
    evidence = decimalEvidence(numberCells(rows.slice(at, at + ROWS_A_LOOK), columns), first);
    if (pace.isDue()) await pace.rest();
  }
  if (evidence.conflict) {
    const [comma, point] = evidence.conflict;
    throw formatErrors(
      'KAZE_FORMAT_NUMBER_MIXED',
      `${name}: "${comma.text}" on line ${comma.line} has a decimal comma and "${point.text}" on line ${point.line} a decimal point; export the table again in one locale`,
      { fields: { name, commaLine: comma.line, comma: comma.text, pointLine: point.line, point: point.text } },
    );
  }
  return { mark: evidence.mark ?? '.', proven: evidence.mark !== undefined };
}

function settleDates(name: string, rows: readonly TableRow[], column: number | undefined): DateOrder['order'] {
  if (column === undefined) return undefined;
  const { order, conflict } = dateOrder(rows.map(({ line, cells }) => ({ text: cells[column] ?? '', line })));
  if (!conflict) return order;
  const [day, month] = conflict;
  throw formatErrors(
    'KAZE_FORMAT_NUMBER_MIXED',
    `${name}: "${day.text}" on line ${day.line} has the day first and "${month.text}" on line ${month.line} the month; export the table again, dates as YYYY-MM-DD`,
    { fields: { name, line: day.line, found: day.text, otherLine: month.line, other: month.text } },
  );
}

function* numberCells(rows: readonly TableRow[], columns: ColumnMap) {
  for (const { line, cells } of rows) {
    for (const metric of METRICS) {
      const text = cells[columns.get(metric)!] ?? '';
      yield { text, line, whole: metric === 'clicks' || metric === 'impressions' };
    }
  }
}

function reportAmbiguous(rows: readonly TableRow[], columns: ColumnMap, report: Warnings): void {
  for (const { text, line, whole } of numberCells(rows, columns)) {
    if (whole || !isAmbiguous(text)) continue;
    report.add(
      'number-ambiguous',
      `line ${line}: "${text}" may have a decimal mark or part thousands; nothing in the file tells, read as a decimal point`,
      line,
    );
  }
}

class RowReader {
  private readonly ctrIsPercent: boolean;

  constructor(
    private readonly table: {
      name: string;
      columns: ColumnMap;
      headers: readonly string[];
      decimal: DecimalMark;
      dates: DateOrder['order'];
      raw: readonly TableRow[];
    },
  ) {
    const index = table.columns.get('ctr')!;
    const signed = table.raw.some((row) => isPercent(row.cells[index] ?? ''));
    // The API and some tools write CTR as a fraction: then no value exceeds 1, and clicks bear it out.
    this.ctrIsPercent = signed || !this.looksLikeFractions(index);
  }

  read(row: TableRow): SearchConsoleRow {
    const impressions = this.count(row, 'impressions');
    const clicks = this.count(row, 'clicks');
    const ctr = this.number(row, 'ctr', impressions === 0);
    const dimensions: Partial<Record<SearchConsoleDimension, string>> = {};
    for (const [column, index] of this.table.columns) {
      if (isDimension(column))
        dimensions[column] = column === 'date' ? this.date(row, index) : row.cells[index]!.trim();
    }
    return {
      line: row.line,
      ...dimensions,
      clicks,
      impressions,
      ctr: this.ctrIsPercent ? ctr / 100 : ctr,
      position: this.number(row, 'position', impressions === 0),
    };
  }

  /** How far a CTR may be from clicks / impressions by rounding alone, as a fraction. */
  ctrTolerance(row: TableRow): number {
    const decimals = decimalsOf(row.cells[this.table.columns.get('ctr')!] ?? '', this.table.decimal);
    return 0.5001 * 10 ** -(decimals + (this.ctrIsPercent ? 2 : 0));
  }

  private looksLikeFractions(index: number): boolean {
    let fraction = 0;
    let percent = 0;
    for (const row of this.table.raw) {
      const ctr = parseNumber(row.cells[index] ?? '', this.table.decimal);
      const clicks = parseNumber(row.cells[this.table.columns.get('clicks')!] ?? '', this.table.decimal);
      const impressions = parseNumber(row.cells[this.table.columns.get('impressions')!] ?? '', this.table.decimal);
      if (!ctr || !clicks || !impressions) continue;
      const exact = clicks / impressions;
      if (Math.abs(ctr - exact) <= Math.abs(ctr / 100 - exact)) fraction++;
      else percent++;
    }
    return fraction > percent;
  }

  private count(row: TableRow, metric: 'clicks' | 'impressions'): number {
    const value = this.number(row, metric, false);
    if (Number.isSafeInteger(value)) return value;
    throw this.noNumber(row, metric, 'a whole number');
  }

  private number(row: TableRow, metric: SearchConsoleMetric, mayBeEmpty: boolean): number {
    const text = row.cells[this.table.columns.get(metric)!] ?? '';
    if (mayBeEmpty && /^\s*[-–—]?\s*$/.test(text)) return 0;
    const value = parseNumber(text, this.table.decimal);
    if (value !== undefined && value >= 0) return value;
    throw this.noNumber(row, metric, metric === 'ctr' ? 'a percentage' : 'a number');
  }

  private date(row: TableRow, index: number): string {
    const date = parseDate(row.cells[index]!, this.table.dates);
    if (date !== undefined) return date;
    throw this.noNumber(row, 'date', 'a day in one form throughout, best YYYY-MM-DD,');
  }

  private noNumber(row: TableRow, column: SearchConsoleColumn, expected: string): Error {
    const { name, columns, headers } = this.table;
    const index = columns.get(column)!;
    const found = (row.cells[index] ?? '').slice(0, 40);
    return formatErrors(
      'KAZE_FORMAT_NUMBER',
      `${name}: line ${row.line}, column ${index + 1} ("${headers[index]}", ${column}) has "${found}", and ${expected} was expected`,
      { fields: { name, line: row.line, column: index + 1, header: headers[index], expected, found } },
    );
  }
}

class Warnings {
  readonly list: FormatWarning[] = [];
  readonly counts: Record<string, number> = {};
  private readonly seen = new SeenRows<SearchConsoleRow>();

  add(kind: string, message: string, line: number): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    addWarning(this.list, { kind, message, line });
  }

  check(row: SearchConsoleRow, against: { ctrTolerance: number; latest: string }): void {
    const { line, clicks, impressions, ctr, position, date } = row;
    const earlier = this.seen.earlier(row);
    if (earlier)
      this.add(
        'duplicate-row',
        `line ${line}: the same stands on line ${earlier.line}, so its figures count twice`,
        line,
      );
    if (impressions > 0 && position < 1) {
      this.add('position-below-one', `line ${line}: position ${position}, and positions count from 1`, line);
    }
    if (clicks > impressions) {
      this.add('clicks-exceed-impressions', `line ${line}: ${clicks} clicks of ${impressions} impressions`, line);
    }
    const exact = impressions === 0 ? 0 : clicks / impressions;
    if (Math.abs(ctr - exact) > against.ctrTolerance) {
      const percent = (value: number) => `${Number((value * 100).toFixed(2))} %`;
      this.add(
        'ctr-disagrees',
        `line ${line}: the CTR says ${percent(ctr)}, clicks and impressions say ${percent(exact)}`,
        line,
      );
    }
    if (date !== undefined && date > against.latest)
      this.add('date-in-future', `line ${line}: ${date} lies in the future`, line);
  }
}
