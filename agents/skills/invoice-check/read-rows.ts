import { guessLanguage } from '#platform';
import { type ByteSource, readDocument, readTable, sourceOf } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { Json, SkillInput } from '../handler.ts';
import { fileSource } from '../read-input.ts';
import type { WrittenCell } from './amounts.ts';

/** A file as rows of cells with their places; a line of text is a row of one cell. */
export interface Sheet {
  readonly file: string;
  readonly form: 'table' | 'lines';
  readonly rows: ReadonlyArray<readonly WrittenCell[]>;
  readonly german: boolean;
  readonly notes: readonly string[];
}

const MOST_ROWS = 200_000;

/** The sources that an input holds: a file, a text, or a list of texts and `{ name, text }`. */
export function sourcesOf(name: string, input: SkillInput): ByteSource[] {
  if (input.kind === 'file') return [fileSource(input)];
  if (input.kind === 'text') return [sourceOf(`${name}${ending(input.text)}`, input.text)];
  const list: readonly Json[] = Array.isArray(input.value) ? input.value : [input.value];
  return list.map((entry, at) => {
    if (typeof entry === 'string') return sourceOf(`${name} ${at + 1}${ending(entry)}`, entry);
    const { name: own, text } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, Json>;
    if (typeof text === 'string')
      return sourceOf(typeof own === 'string' ? own : `${name} ${at + 1}${ending(text)}`, text);
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `input ${name}, entry ${at + 1}: found ${entry === null ? 'nothing' : typeof entry}; expected a text or { "name", "text" }`,
      {
        fields: { input: name, line: at + 1, expected: 'text' },
      },
    );
  });
}

/** A text that came without a name: a table where its first lines are one. */
function ending(text: string): string {
  const lines = text.trim().split(/\r?\n/).slice(0, 3);
  const isTable = [';', ',', '\t'].some(
    (mark) => lines.length > 1 && lines.every((line) => line.split(mark).length >= 4),
  );
  return isTable ? '.csv' : '.txt';
}

/** Errors: those of the format readers. */
export async function readSheet(source: ByteSource, signal?: AbortSignal): Promise<Sheet> {
  return /\.(csv|tsv)$/i.test(source.name) ? readCsvSheet(source) : readDocumentSheet(source, signal);
}

async function readCsvSheet(source: ByteSource): Promise<Sheet> {
  const { name: file } = source;
  const table = await readTable(source, { ragged: 'pad' });
  const row = (cells: readonly string[], line: number): WrittenCell[] =>
    cells.map((text, at) => ({ text: text.trim(), place: { file, line, column: at + 1 } }));
  const rows = [
    row(
      table.columns.map((name, at) => (name === `column ${at + 1}` ? '' : name)),
      table.headerLine,
    ),
  ];
  for await (const { cells, line } of table.rows) {
    if (rows.length > MOST_ROWS) {
      throw skillErrors(
        'KAZE_SKILL_INPUT_INVALID',
        `${file}: more than ${MOST_ROWS} lines; give the invoices of a shorter time`,
      );
    }
    rows.push(row(cells, line));
  }
  const text = rows
    .slice(0, 40)
    .flat()
    .map((cell) => cell.text)
    .join(' ');
  return { file, form: 'table', rows, german: isGerman(text), notes: [] };
}

async function readDocumentSheet(source: ByteSource, signal?: AbortSignal): Promise<Sheet> {
  const { name: file } = source;
  const reading = readDocument(source, { signal, pdfLayout: 'rows' });
  const rows: WrittenCell[][] = [];
  const printed = new Map<number, number>();
  let isTable = false;
  for await (const { kind, text: whole, line = 1, page, cells } of reading) {
    if (rows.length > MOST_ROWS) break;
    if (page !== undefined) {
      printed.set(page, (printed.get(page) ?? 0) + 1);
      const place = { file, page, line: printed.get(page)! };
      rows.push((cells ?? [{ text: whole }]).map((cell) => ({ ...cell, place })));
      continue;
    }
    whole.split('\n').forEach((text, at) => {
      if (text.trim() === '') return;
      const parts = kind === 'table' ? text.split(' | ') : [text];
      const place = { file, line: line + at };
      const column = (index: number) => (parts.length > 1 ? { column: index + 1 } : {});
      rows.push(parts.map((part, index) => ({ text: part.trim(), place: { ...place, ...column(index) } })));
      isTable ||= parts.length > 2;
    });
  }
  const text = rows
    .flat()
    .map((cell) => cell.text)
    .join(' ');
  return {
    file,
    form: isTable ? 'table' : 'lines',
    rows,
    german: isGerman(text),
    notes: reading.summary.warnings.map(({ message }) => message),
  };
}

function isGerman(text: string): boolean {
  return guessLanguage(text) === 'de' || /\b(Rechnung|Menge|Einzelpreis|Betrag|USt|MwSt|Lieferant)/.test(text);
}
