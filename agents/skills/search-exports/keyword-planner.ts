import type { ByteSource } from '#platform/formats';
import { monthOf } from './names.ts';
import { NumberReader, openExport, wrongColumns } from './table.ts';

export interface PlannedKeyword {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly keyword: string;
  /** Average searches a month over the export's period, in Google's steps; null where it gives none. */
  readonly volume: number | null;
  /** Searches by month, oldest first; null where there is none. Empty when the export has no months. */
  readonly months: ReadonlyArray<number | null>;
}

export interface KeywordPlan {
  readonly name: string;
  readonly keywords: readonly PlannedKeyword[];
  /** Calendar month of the first column of months, 1 to 12; 0 without months. */
  readonly firstMonth: number;
  /** As in "2024-11". */
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Reads Keyword Planner's historical metrics (CSV, in English or German, with or without columns by month).
 * Errors: those of `openExport`; KAZE_SKILL_INPUT_INVALID with line, column and the nearest format.
 */
export async function readKeywordPlanner(source: ByteSource): Promise<KeywordPlan> {
  const table = await openExport(source);
  const keyword = table.meanings.indexOf('keyword');
  const volume = table.meanings.indexOf('volume');
  const what = 'a Keyword Planner export';
  if (keyword < 0) throw wrongColumns(table, { what, missing: 'keyword' });
  const months = table.columns
    .map((name, column) => ({ column, month: monthOf(name) }))
    .filter((one): one is { column: number; month: number } => one.month !== undefined)
    .sort((left, right) => left.month - right.month);
  if (volume < 0 && months.length === 0) throw wrongColumns(table, { what, missing: 'monthly searches' });
  if (table.meanings.includes('position'))
    throw wrongColumns(table, { what, missing: 'monthly searches and none for positions' });
  const numbers = new NumberReader(table, [...(volume < 0 ? [] : [volume]), ...months.map(({ column }) => column)]);
  const keywords = table.rows.flatMap((row): PlannedKeyword[] => {
    const text = row.cells[keyword]?.trim() ?? '';
    if (text === '') return [];
    return [
      {
        line: row.line,
        keyword: text,
        volume: volume < 0 ? null : numbers.read(row, volume),
        months: months.map(({ column }) => numbers.read(row, column)),
      },
    ];
  });
  const [first, last] = [months[0]?.month, months.at(-1)?.month];
  return {
    name: table.name,
    keywords,
    firstMonth: first === undefined ? 0 : (first % 12) + 1,
    from: spell(first),
    to: spell(last),
  };
}

function spell(month: number | undefined): string | null {
  return month === undefined ? null : `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
}
