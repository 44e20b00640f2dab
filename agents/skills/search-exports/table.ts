import { Pace } from '#platform';
import {
  type ByteSource,
  type DecimalMark,
  decimalEvidence,
  decodeText,
  detectFormat,
  type NumberCell,
  parseNumber,
  readTable,
  sourceOf,
} from '#platform/formats';
import { skillErrors } from '../errors.ts';
import { describeFormats, formatOfColumns, MOST_PREAMBLE } from '../known-formats.ts';
import { type ColumnName, nameColumn } from './names.ts';

/** Planner and tracker tables are held in memory; a year of 100,000 keywords is some 20 MB. */
const MOST_BYTES = 60_000_000;
const NOTHING = /^\s*(?:[-–—]|n\/?a|none|>\s*100)?\s*$/i;

export interface ExportTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** What is known of the columns, by place. */
  readonly meanings: readonly (ColumnName | undefined)[];
  readonly headerLine: number;
  readonly rows: ReadonlyArray<{ readonly line: number; readonly cells: readonly string[] }>;
}

/**
 * Opens a CSV table of a keyword tool, whatever stands before its header; lines are those of the file as it is.
 * Errors: those of `readTable`; KAZE_SKILL_INPUT_INVALID for a file beyond 60 MB or without a row.
 */
export async function openExport(source: ByteSource): Promise<ExportTable> {
  const { name } = source;
  const bytes = await collect(source);
  // What is no text at all is refused by the reader, with the right words for it.
  const { format } = detectFormat(name, bytes.subarray(0, 65_536));
  const isText = format === 'csv' || format === 'text' || format === 'markdown';
  const table = await readTable(isText ? sourceOf(name, await withoutPreamble(name, bytes)) : sourceOf(name, bytes));
  const pace = new Pace();
  const rows: Array<{ line: number; cells: readonly string[] }> = [];
  for await (const { line, cells } of table.rows) {
    if (rows.push({ line, cells }) % 256 === 0 && pace.isDue()) await pace.rest();
  }
  const { columns, headerLine } = table;
  if (rows.length === 0) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${name} has a header (line ${headerLine}) and no rows; export it again`,
      { fields: { name, line: headerLine } },
    );
  }
  return { name, columns, meanings: columns.map(nameColumn), headerLine, rows };
}

async function collect({ name, bytes }: ByteSource): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > MOST_BYTES) {
      throw skillErrors('KAZE_SKILL_INPUT_INVALID', `${name} is larger than 60 MB; export fewer keywords or months`, {
        fields: { name, limit: MOST_BYTES },
      });
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The text with the lines before its header emptied, so that lines keep their numbers. */
async function withoutPreamble(name: string, bytes: Uint8Array): Promise<string> {
  let text = '';
  for await (const chunk of decodeText(sourceOf(name, bytes).bytes, { name }).chunks) text += chunk;
  let start = 0;
  for (let line = 0; line < MOST_PREAMBLE; line++) {
    const end = text.indexOf('\n', start);
    const own = end < 0 ? text.slice(start) : text.slice(start, end);
    if (looksLikeHeader(own)) return '\n'.repeat(line) + text.slice(start);
    if (end < 0) break;
    start = end + 1;
  }
  return text;
}

function looksLikeHeader(line: string): boolean {
  return ['\t', ';', ',', '|'].some((delimiter) => {
    const known = line.split(delimiter).map((cell) => nameColumn(cell.trim().replaceAll(/^"|"$/g, '')));
    return known.filter((one) => one !== undefined).length >= 2 && known.includes('keyword');
  });
}

/** Reads cells of a table as numbers, in the one convention that the table's own cells tell. */
export class NumberReader {
  private readonly mark: DecimalMark;

  constructor(
    private readonly table: ExportTable,
    columns: readonly number[],
  ) {
    const whole = new Set(columns.filter((column) => table.meanings[column] !== 'position'));
    const cells = table.rows.flatMap(({ line, cells: own }) =>
      columns.map((column): NumberCell => ({ text: own[column] ?? '', line, whole: whole.has(column) })),
    );
    const evidence = decimalEvidence(cells);
    if (evidence.conflict) {
      const [comma, point] = evidence.conflict;
      throw skillErrors(
        'KAZE_SKILL_INPUT_INVALID',
        `${table.name}: "${comma.text}" on line ${comma.line} has a decimal comma and "${point.text}" on line ${point.line} a decimal point; export the table again in one locale`,
        { fields: { name: table.name, line: comma.line, found: comma.text } },
      );
    }
    this.mark = evidence.mark ?? '.';
  }

  /** Null where the cell says that there is no figure. Errors: KAZE_SKILL_INPUT_INVALID with line and column. */
  read(row: ExportTable['rows'][number], column: number): number | null {
    const text = row.cells[column] ?? '';
    if (NOTHING.test(text)) return null;
    const value = parseNumber(text, this.mark) ?? rangeOf(text);
    if (value !== undefined && value >= 0) return value;
    const { name, columns } = this.table;
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${name}: line ${row.line}, column ${column + 1} ("${columns[column]}") has "${text.slice(0, 40)}", and a number was expected; mend the cell or export the table again`,
      { fields: { name, line: row.line, column: column + 1, found: text.slice(0, 40), expected: 'a number' } },
    );
  }
}

/** "100 – 1K", as accounts without advertising are shown, "1.7k-2.9k" and "2,9 Tsd.": the geometric mean of both ends. */
function rangeOf(text: string): number | undefined {
  const parts = text.split(/\s*[–-]\s*/).map((part) => /^(\d[\d.,]*)\s*(K|M|Tsd\.?|Mio\.?)?$/i.exec(part.trim()));
  const ends = parts.map((part) => {
    if (!part) return Number.NaN;
    const [, figure, unit = ''] = part;
    // Behind a thousand or a million stand at most two decimals; what three digits follow parts thousands.
    const plain = unit === '' ? figure! : figure!.replace(/[.,](?=\d{1,2}$)/, 'd');
    return (
      Number(plain.replaceAll(/[.,]/g, '').replace('d', '.')) * (/^[kt]/i.test(unit) ? 1e3 : unit === '' ? 1 : 1e6)
    );
  });
  const [low = Number.NaN, high = low] = ends;
  return ends.length > 2 || Number.isNaN(low * high) ? undefined : Math.round(Math.sqrt(Math.max(1, low) * high));
}

/** The error for a table that lacks what its reader needs, with the format that is nearest to it. */
export function wrongColumns(table: ExportTable, needed: { readonly what: string; readonly missing: string }): Error {
  const { name, headerLine, columns } = table;
  const nearest = formatOfColumns(columns);
  const shown = columns
    .slice(0, 8)
    .map((column) => `"${column.slice(0, 40)}"`)
    .join(', ');
  const hint = nearest ? `; it is nearest to ${nearest.label} (${nearest.wayOut})` : `; known are ${describeFormats()}`;
  return skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `${name}: line ${headerLine} has no column for ${needed.missing} (found: ${shown}${columns.length > 8 ? ` and ${columns.length - 8} more` : ''}), and ${needed.what} was expected${hint}`,
    {
      fields: {
        name,
        line: headerLine,
        column: 1,
        expected: needed.missing,
        found: columns.slice(0, 20),
        nearest: nearest?.label,
      },
    },
  );
}
