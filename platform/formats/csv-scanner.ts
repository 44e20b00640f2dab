/**
 * A CSV scanner of our own (RFC 4180 with mixed line ends), because citations need what csv-parse 7.0 and papaparse 5.7
 * do not tell: each row's character offsets and first line, and the line where an unclosed quote was opened, over a
 * stream in bounded memory.
 */
import { formatErrors } from './errors.ts';

export interface CsvRow {
  /** Line on which the row begins, from 1. */
  readonly line: number;
  readonly cells: string[];
  /** Characters of the decoded text, without the line end. */
  readonly start: number;
  readonly end: number;
}

export interface CsvScannerOptions {
  readonly name: string;
  readonly delimiter: string;
  readonly maxFieldChars: number;
  readonly maxRowChars: number;
  readonly maxColumns: number;
  /** What was left out before the first chunk, for lines and offsets. Default 0. */
  readonly skippedLines?: number;
  readonly skippedChars?: number;
}

const QUOTE = 34;
const LF = 10;
const CR = 13;

export class CsvScanner {
  private buffer = '';
  /** Offset of the buffer's first character in the whole text. */
  private base = 0;
  private cells: string[] = [];
  private line = 1;
  private rowLine = 1;
  private rowStart = 0;
  /** Inside a quoted field: where to look on for its end, in the buffer. */
  private quotedFrom?: number;
  private readonly delimiter: number;

  constructor(private readonly options: CsvScannerOptions) {
    this.delimiter = options.delimiter.charCodeAt(0);
    this.line = this.rowLine = 1 + (options.skippedLines ?? 0);
    this.base = this.rowStart = options.skippedChars ?? 0;
  }

  /** Rows completed by this chunk. Blank lines are not rows. */
  push(chunk: string): CsvRow[] {
    this.buffer = this.buffer === '' ? chunk : this.buffer + chunk;
    return this.scan(false);
  }

  /** The rest, once there is no more text. */
  end(): CsvRow[] {
    return this.scan(true);
  }

  private scan(atEnd: boolean): CsvRow[] {
    const { buffer, delimiter } = this;
    const length = buffer.length;
    const rows: CsvRow[] = [];
    let field = 0;
    // One field a turn, from `field` on; whatever is not complete waits in the buffer for the next chunk.
    for (;;) {
      let cell: string;
      let at: number;
      if (buffer.charCodeAt(field) === QUOTE) {
        const close = this.closingQuote(field, atEnd);
        if (close < 0) break;
        at = close + 1;
        // Blanks between the closing quote and the delimiter are common in hand-made files.
        while (buffer.charCodeAt(at) === 32) at++;
        if (at >= length && !atEnd) {
          this.quotedFrom = close;
          break;
        }
        const code = buffer.charCodeAt(at);
        cell = buffer.slice(field + 1, close);
        const newlines = countLineEnds(cell);
        if (at < length && code !== delimiter && code !== LF && code !== CR) throw this.afterQuote(at, newlines);
        this.quotedFrom = undefined;
        this.line += newlines;
        if (cell.includes('"')) cell = cell.replaceAll('""', '"');
      } else {
        at = field;
        let code = buffer.charCodeAt(at);
        while (at < length && code !== delimiter && code !== LF && code !== CR) code = buffer.charCodeAt(++at);
        if (at >= length && !atEnd) break;
        cell = buffer.slice(field, at);
      }
      if (at === length - 1 && buffer.charCodeAt(at) === CR && !atEnd) {
        // Half a CRLF: the field is read again when its other half is here.
        if (buffer.charCodeAt(field) === QUOTE) this.line -= countLineEnds(cell);
        break;
      }
      this.accept(cell, at);
      if (at < length && buffer.charCodeAt(at) === delimiter) {
        field = at + 1;
        if (field === length && !atEnd) break;
        continue;
      }
      const row = this.closeRow(at, field);
      if (row) rows.push(row);
      if (at >= length) {
        field = length;
        break;
      }
      field = at + (buffer.charCodeAt(at) === CR && buffer.charCodeAt(at + 1) === LF ? 2 : 1);
      this.line++;
      this.rowLine = this.line;
      this.rowStart = this.base + field;
      if (field >= length) break;
    }
    this.keep(field);
    return rows;
  }

  private keep(field: number): void {
    const waiting = this.buffer.length - field;
    if (waiting > this.options.maxFieldChars) throw this.limit('maxFieldChars', this.quotedFrom !== undefined);
    this.buffer = this.buffer.slice(field);
    this.base += field;
    if (this.quotedFrom !== undefined) this.quotedFrom -= field;
  }

  /** Index of the quote that closes the field, or -1 when more text is needed. */
  private closingQuote(field: number, atEnd: boolean): number {
    const { buffer } = this;
    let at = this.quotedFrom ?? field + 1;
    for (;;) {
      at = buffer.indexOf('"', at);
      if (at < 0) {
        if (atEnd) throw this.unclosed();
        this.quotedFrom = buffer.length;
        return -1;
      }
      if (at === buffer.length - 1 && !atEnd) {
        this.quotedFrom = at;
        return -1;
      }
      if (buffer.charCodeAt(at + 1) !== QUOTE) return at;
      at += 2;
    }
  }

  private accept(cell: string, at: number): void {
    if (cell.length > this.options.maxFieldChars) throw this.limit('maxFieldChars', false);
    this.cells.push(cell);
    if (this.cells.length > this.options.maxColumns) throw this.limit('maxColumns', false);
    if (this.base + at - this.rowStart > this.options.maxRowChars) throw this.limit('maxRowChars', false);
  }

  private closeRow(at: number, field: number): CsvRow | undefined {
    const { cells } = this;
    this.cells = [];
    // A line without a character is no row; a line with an empty quoted field is.
    if (cells.length === 1 && cells[0] === '' && at === field) return undefined;
    return { line: this.rowLine, cells, start: this.rowStart, end: this.base + at };
  }

  private get column(): number {
    return this.cells.length + 1;
  }

  private unclosed(): Error {
    const { name } = this.options;
    return formatErrors(
      'KAZE_FORMAT_CSV_QUOTE',
      `${name}: the quote opened on line ${this.line}, column ${this.column} is never closed; a closing quote (") was expected before the end of the file`,
      { fields: { name, line: this.line, column: this.column, found: 'end of file', expected: 'a closing quote' } },
    );
  }

  private afterQuote(at: number, newlines: number): Error {
    const { name } = this.options;
    const line = this.line + newlines;
    const found = this.buffer.slice(at, at + 12).replaceAll(/\s+/g, ' ');
    return formatErrors(
      'KAZE_FORMAT_CSV_QUOTE',
      `${name}: line ${line}, column ${this.column} has "${found}" after a closing quote; a delimiter or the line's end was expected, and a quote inside a field is written twice`,
      {
        fields: {
          name,
          line,
          column: this.column,
          openedLine: this.line,
          found,
          expected: 'a delimiter or the end of the line',
        },
      },
    );
  }

  private limit(limit: 'maxFieldChars' | 'maxRowChars' | 'maxColumns', quoted: boolean): Error {
    const { name } = this.options;
    const allowed = this.options[limit];
    const what = limit === 'maxColumns' ? 'columns' : 'characters';
    const subject =
      limit === 'maxFieldChars'
        ? `the field on line ${this.line}, column ${this.column}`
        : `the row on line ${this.rowLine}`;
    const hint = quoted ? 'its opening quote is probably never closed' : 'split it or raise the limit';
    return formatErrors(
      'KAZE_FORMAT_LIMIT',
      `${name}: ${subject} has more than ${allowed} ${what} (${limit}); ${hint}`,
      {
        fields: {
          name,
          limit,
          allowed,
          line: limit === 'maxFieldChars' ? this.line : this.rowLine,
          column: this.column,
        },
      },
    );
  }
}

/** CRLF, LF and lone CR each count once. */
function countLineEnds(text: string): number {
  if (!text.includes('\n') && !text.includes('\r')) return 0;
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
