import { soundsLikeDate } from './headers.ts';
import type { Column, ColumnKind, LeadTable } from './types.ts';
import {
  bareNumber,
  cellError,
  countedDay,
  type DayOrder,
  type DecimalMark,
  dayNumber,
  decimalVote,
  parseNumber,
  type WrittenDate,
  writtenDate,
} from './values.ts';

/** So many of the cells that say something must read as a number (or a date) for the column to be one. */
const MOSTLY = 0.95;
/** A column of fewer different numbers names classes (0 and 1, grades). */
const LEAST_NUMBERS = 11;
/** More different values than this share of the filled cells are names or words, not classes. */
const MOST_CLASSES = 0.3;
const SAMPLE = 400;

export interface ReadColumns {
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
}

interface Draft {
  readonly header: string;
  readonly index: number;
  readonly texts: readonly string[];
  readonly filled: number;
  kind: ColumnKind;
  bares?: ReadonlyArray<string | undefined>;
  dates?: ReadonlyArray<WrittenDate | undefined>;
}

/**
 * Reads every column of a table as what it holds. Numbers follow one decimal mark a column, dates one order of day and
 * month a file, both told by the cells. A few cells that are not what their column is are left empty and noted.
 * Errors: KAZE_FORMAT_NUMBER_MIXED for a column with two decimal marks, or a file with two orders of day and month.
 */
export function readColumns(table: LeadTable): ReadColumns {
  const notes: string[] = [];
  const drafts = table.headers.map((header, index) => draft(table, header, index));
  const order = settleOrder(table, drafts, notes);
  const fileMark = settleFileMark(drafts);
  const columns = drafts.map((one): Column => {
    const { header, index, texts, filled, kind } = one;
    const distinct = new Set(texts).size - (texts.includes('') ? 1 : 0);
    const base = { header, index, texts, filled: filled / Math.max(1, texts.length), distinct };
    if (kind === 'number') return { ...base, kind, numbers: numbersOf(table, one, { fileMark, notes }) };
    if (kind === 'date') return { ...base, kind, numbers: daysOf(table, one, order, notes) };
    if (kind === 'category' && distinct > 30 && distinct > filled * MOST_CLASSES) return { ...base, kind: 'text' };
    return { ...base, kind };
  });
  return { columns, notes };
}

function draft(table: LeadTable, header: string, index: number): Draft {
  const texts = table.rows.map(({ cells }) => cells[index] ?? '');
  const said = texts.filter((text) => text !== '');
  const made: Draft = { header, index, texts, filled: said.length, kind: 'category' };
  if (said.length === 0) return { ...made, kind: 'empty' };
  const step = Math.max(1, Math.floor(said.length / SAMPLE));
  const sample = said.filter((_, at) => at % step === 0);
  const share = (fits: (text: string) => boolean) => sample.filter(fits).length / sample.length;
  const counted = soundsLikeDate(header) && share((text) => isRealDay(countedDay(text))) >= MOSTLY;
  if (counted || share((text) => writtenDate(text) !== undefined) >= MOSTLY) {
    return { ...made, kind: 'date', dates: counted ? undefined : texts.map((text) => writtenDate(text)) };
  }
  if (share((text) => bareNumber(text) !== undefined) < MOSTLY) return made;
  if (new Set(said).size < LEAST_NUMBERS) return made;
  return { ...made, kind: 'number', bares: texts.map((text) => (text === '' ? undefined : bareNumber(text))) };
}

/** 1980 to 2100: other counts of five digits are numbers, not days. */
const isRealDay = (day: number): boolean => day > 3_650 && day < 47_500;

function settleFileMark(drafts: readonly Draft[]): DecimalMark {
  const votes = { ',': 0, '.': 0 };
  for (const { bares } of drafts) {
    for (const bare of bares ?? []) {
      const vote = bare === undefined ? undefined : decimalVote(bare);
      if (vote) votes[vote]++;
    }
  }
  return votes[','] > votes['.'] ? ',' : '.';
}

function numbersOf(
  table: LeadTable,
  column: Draft,
  { fileMark, notes }: { fileMark: DecimalMark; notes: string[] },
): Float64Array {
  const first: Partial<Record<DecimalMark, number>> = {};
  const bares = column.bares!;
  for (const [row, bare] of bares.entries()) {
    const vote = bare === undefined ? undefined : decimalVote(bare);
    if (vote) first[vote] ??= row;
  }
  if (first[','] !== undefined && first['.'] !== undefined) {
    const line = (row: number) => table.rows[row]!.line;
    const later = Math.max(first[','], first['.']);
    const earlier = Math.min(first[','], first['.']);
    throw cellError('KAZE_FORMAT_NUMBER_MIXED', {
      name: table.name,
      line: line(later),
      column: column.index + 1,
      header: column.header,
      found: column.texts[later]!,
      expected: `the decimal mark of "${column.texts[earlier]!.slice(0, 40)}" on line ${line(earlier)}`,
    });
  }
  const mark = first[','] !== undefined ? ',' : first['.'] !== undefined ? '.' : fileMark;
  const numbers = Float64Array.from(bares, (bare) => (bare === undefined ? Number.NaN : parseNumber(bare, mark)));
  noteStrays(table, column, { numbers, expected: 'a number', notes });
  return numbers;
}

function daysOf(table: LeadTable, column: Draft, order: DayOrder, notes: string[]): Float64Array {
  const days = column.dates
    ? Float64Array.from(column.dates, (date) => (date === undefined ? Number.NaN : dayNumber(date, order)))
    : Float64Array.from(column.texts, countedDay);
  noteStrays(table, column, { numbers: days, expected: 'a date', notes });
  return days;
}

function noteStrays(
  table: LeadTable,
  { header, index, texts }: Draft,
  { numbers, expected, notes }: { numbers: Float64Array; expected: string; notes: string[] },
): void {
  const strays = texts.flatMap((text, row) => (text !== '' && Number.isNaN(numbers[row]) ? [row] : []));
  if (strays.length === 0) return;
  const first = strays[0]!;
  notes.push(
    `${table.name}: ${strays.length} ${strays.length === 1 ? 'cell' : 'cells'} of "${header}" (column ${index + 1}) hold no ${expected.slice(2)} and count as empty; the first, on line ${table.rows[first]!.line}, has "${texts[first]!.slice(0, 40)}".`,
  );
}

/** Whether 3/7 is the third of July or the seventh of March: one order a file, since one locale wrote it. */
function settleOrder(table: LeadTable, drafts: readonly Draft[], notes: string[]): DayOrder {
  let dayFirst: { column: Draft; row: number } | undefined;
  let monthFirst: { column: Draft; row: number } | undefined;
  let ambiguous = 0;
  for (const column of drafts) {
    for (const [row, date] of (column.dates ?? []).entries()) {
      if (date === undefined || date.order !== undefined) continue;
      if (date.first > 12) dayFirst ??= { column, row };
      else if (date.second > 12) monthFirst ??= { column, row };
      else ambiguous++;
    }
  }
  if (dayFirst && monthFirst) {
    const { column, row } = monthFirst;
    throw cellError('KAZE_FORMAT_NUMBER_MIXED', {
      name: table.name,
      line: table.rows[row]!.line,
      column: column.index + 1,
      header: column.header,
      found: column.texts[row]!,
      expected: `a date with the day first, as "${dayFirst.column.texts[dayFirst.row]!.slice(0, 40)}" on line ${table.rows[dayFirst.row]!.line}`,
    });
  }
  if (dayFirst) return 'day-first';
  if (monthFirst) return 'month-first';
  const guess: DayOrder = table.delimiter === ';' ? 'day-first' : 'month-first';
  if (ambiguous > 0) {
    notes.push(`${table.name}: nothing in it tells whether 3/7 is in March or July; read ${guess.replace('-', ' ')}.`);
  }
  return guess;
}
