import { limitBytes, peekBytes } from './bytes.ts';
import { type CsvDialect, detectDialect } from './csv-dialect.ts';
import { type CsvRow, CsvScanner } from './csv-scanner.ts';
import { detectFormat, expectFormat } from './detect.ts';
import { decodeText } from './encoding.ts';
import { formatErrors } from './errors.ts';
import {
  type ByteSource,
  type EncodingReport,
  type FormatWarning,
  type InvalidBytes,
  type ReadLimits,
  type ResolvedLimits,
  resolveLimits,
} from './types.ts';

export interface TableOptions {
  /** Overrides detection. One character. */
  readonly delimiter?: string;
  readonly encoding?: string;
  /** Default `strict`. */
  readonly onInvalid?: InvalidBytes;
  /**
   * Rows with another number of fields than the header: `error` (default) ends with KAZE_FORMAT_CSV_RAGGED; `pad` fills
   * up with empty cells, keeps what is too much at the end of `cells`, and warns.
   */
  readonly ragged?: 'error' | 'pad';
  /** Columns of one name: `rename` (default) makes "name", "name (2)" and warns; `error` ends with KAZE_FORMAT_CSV_HEADER. */
  readonly duplicates?: 'rename' | 'error';
  readonly limits?: ReadLimits;
}

export interface TableRow {
  /** Line on which the row begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  readonly offset: { readonly start: number; readonly end: number };
}

export interface Table {
  /** The header's names, trimmed, distinct; a column without one is "column 3". */
  readonly columns: readonly string[];
  readonly headerLine: number;
  /** Read once, in bounded memory. Leaving it early closes the source. */
  readonly rows: AsyncIterable<TableRow>;
  readonly dialect: CsvDialect;
  /** Complete once the rows have ended. */
  readonly encoding: EncodingReport;
  /** Grows while the rows are read; at most 100. */
  readonly warnings: readonly FormatWarning[];
}

const MAX_WARNINGS = 100;
const PEEK_BYTES = 64 * 1024;

/**
 * Opens a CSV table with a header. Formulas in cells are data like any other (see `neutraliseCell` for writing them).
 * Throws KAZE_FORMAT_MISMATCH, _UNSUPPORTED, _EMPTY, _ENCODING, _LIMIT, _CSV_QUOTE, _CSV_HEADER; the rows throw these
 * and KAZE_FORMAT_CSV_RAGGED.
 */
export async function readTable(source: ByteSource, options: TableOptions = {}): Promise<Table> {
  const { name } = source;
  const limits = resolveLimits('csv', options.limits);
  const { head, bytes } = await peekBytes(source.bytes, PEEK_BYTES);
  if (head.length === 0) throw emptyTable(name);
  expectFormat(name, detectFormat(name, head), 'csv');
  const { chunks, report } = decodeText(limitBytes(bytes, { name, maxBytes: limits.maxBytes }), { ...options, name });
  const batches = new RowBatches(chunks, { name, delimiter: options.delimiter, limits });
  const header = await batches.header();
  const warnings: FormatWarning[] = [];
  const columns = nameColumns(name, header, { duplicates: options.duplicates ?? 'rename', warnings });
  const rows = readRows(batches, { name, columns, limits, warnings, ragged: options.ragged ?? 'error' });
  return { columns, headerLine: header.line, rows, dialect: batches.dialect!, encoding: report, warnings };
}

/** Text to rows: the dialect from the first characters, then batches of rows. */
class RowBatches {
  dialect?: CsvDialect;
  private waiting: CsvRow[] = [];
  private readonly stream: AsyncGenerator<CsvRow[]>;

  constructor(
    private readonly chunks: AsyncIterable<string>,
    private readonly options: { name: string; delimiter?: string; limits: ResolvedLimits },
  ) {
    this.stream = this.scan();
  }

  async header(): Promise<CsvRow> {
    for (let next = await this.stream.next(); !next.done; next = await this.stream.next()) {
      const header = next.value[0];
      if (!header) continue;
      this.waiting = next.value.slice(1);
      return header;
    }
    throw emptyTable(this.options.name);
  }

  async *rest(): AsyncGenerator<CsvRow[]> {
    try {
      if (this.waiting.length > 0) yield this.waiting;
      this.waiting = [];
      for (let next = await this.stream.next(); !next.done; next = await this.stream.next()) yield next.value;
    } finally {
      await this.stream.return(undefined);
    }
  }

  private async *scan(): AsyncGenerator<CsvRow[]> {
    const { name, delimiter, limits } = this.options;
    let scanner: CsvScanner | undefined;
    let sample = '';
    const begin = (): CsvRow[] => {
      this.dialect = delimiter ? { delimiter, origin: 'named', skipChars: 0 } : detectDialect(sample);
      const skippedChars = this.dialect.skipChars;
      const skippedLines = skippedChars > 0 ? 1 : 0;
      scanner = new CsvScanner({ name, delimiter: this.dialect.delimiter, ...limits, skippedChars, skippedLines });
      return scanner.push(sample.slice(skippedChars));
    };
    for await (const chunk of this.chunks) {
      if (scanner) {
        yield scanner.push(chunk);
        continue;
      }
      sample += chunk;
      if (sample.length >= PEEK_BYTES / 2) yield begin();
    }
    if (!scanner) yield begin();
    yield scanner!.end();
  }
}

function nameColumns(
  name: string,
  header: CsvRow,
  options: { duplicates: 'rename' | 'error'; warnings: FormatWarning[] },
): string[] {
  const taken = new Set<string>();
  return header.cells.map((cell, index) => {
    const wanted = cell.trim().replaceAll(/\s+/g, ' ') || `column ${index + 1}`;
    let column = wanted;
    for (let copy = 2; taken.has(column); copy++) column = `${wanted} (${copy})`;
    taken.add(column);
    if (column === wanted) return column;
    const message = `line ${header.line}, column ${index + 1}: the name "${wanted}" is there twice`;
    if (options.duplicates === 'error') {
      throw formatErrors('KAZE_FORMAT_CSV_HEADER', `${name}: ${message}; give every column its own name`, {
        fields: { name, line: header.line, column: index + 1, found: wanted },
      });
    }
    addWarning(options.warnings, {
      kind: 'duplicate-column',
      message: `${message}, read as "${column}"`,
      line: header.line,
    });
    return column;
  });
}

async function* readRows(
  batches: RowBatches,
  table: {
    name: string;
    columns: readonly string[];
    limits: ResolvedLimits;
    warnings: FormatWarning[];
    ragged: 'error' | 'pad';
  },
): AsyncGenerator<TableRow> {
  const { name, columns, limits, warnings } = table;
  let count = 0;
  for await (const batch of batches.rest()) {
    for (const { line, cells, start, end } of batch) {
      if (++count > limits.maxRows) {
        throw formatErrors(
          'KAZE_FORMAT_LIMIT',
          `${name} has more than ${limits.maxRows} rows (maxRows, reached on line ${line}); split it or raise the limit`,
          { fields: { name, limit: 'maxRows', allowed: limits.maxRows, line } },
        );
      }
      if (cells.length !== columns.length) {
        if (table.ragged === 'error') throw raggedRow(name, columns, { line, cells });
        addWarning(warnings, {
          kind: 'ragged-row',
          message: `line ${line} has ${cells.length} fields, the header has ${columns.length}`,
          line,
        });
        while (cells.length < columns.length) cells.push('');
      }
      yield { line, cells, offset: { start, end } };
    }
  }
}

function raggedRow(name: string, columns: readonly string[], row: { line: number; cells: readonly string[] }): Error {
  const found = row.cells.length;
  const expected = columns.length;
  const detail =
    found < expected
      ? `the first missing column is ${found + 1}, "${columns[found]}"`
      : `the first surplus field is column ${expected + 1}, "${row.cells[expected]!.slice(0, 40)}"; a field that holds the delimiter must be quoted`;
  const message = `${name}: line ${row.line} has ${found} field${found === 1 ? '' : 's'}, and ${expected} were expected; ${detail}`;
  return formatErrors('KAZE_FORMAT_CSV_RAGGED', message, {
    fields: { name, line: row.line, column: Math.min(found, expected) + 1, found, expected },
  });
}

function emptyTable(name: string): Error {
  return formatErrors('KAZE_FORMAT_EMPTY', `${name} is empty; a table with a header was expected, export it again`, {
    fields: { name },
  });
}

export function addWarning(warnings: FormatWarning[], warning: FormatWarning): void {
  if (warnings.length < MAX_WARNINGS) warnings.push(warning);
}
