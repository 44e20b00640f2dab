import { createHash } from 'node:crypto';
import { type ByteSource, formatErrors, readTable, sourceOf, type TableRow } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { fileSource } from '../read-input.ts';
import { afterwardsReason, identifierReason, isCreated, isId, isOutcomeName } from './headers.ts';
import type { LeadRow, LeadTable } from './types.ts';
import { cleanCell } from './values.ts';

const LIMITS = { maxRows: 300_000, maxBytes: 300e6, maxColumns: 1_000 };
const FOOTER_ROWS = 12;
const KNOWN = 'an export of leads or deals from HubSpot, Pipedrive or Salesforce, or any table of one lead a row';

/**
 * Reads a CRM export whole: any delimiter, encoding and locale; quoted fields may hold line breaks. The lines that
 * Salesforce writes beneath a report ("Confidential information ...") are left out and noted.
 * Errors: KAZE_SKILL_INPUT_MISSING, KAZE_SKILL_INPUT_INVALID, those of `readTable`, KAZE_FORMAT_EMPTY.
 */
export async function readLeads(input: SkillInput | undefined, name: string): Promise<LeadTable> {
  if (input === undefined) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_MISSING',
      `lead-scoring has no ${name}, and no tool is connected that could fetch them; give ${KNOWN}, as CSV`,
      { fields: { skill: 'lead-scoring', input: name } },
    );
  }
  if (input.kind === 'json') throw invalid(name, name, 'is JSON; give the export as a CSV file, or its text');
  const given = input.kind === 'file' ? fileSource(input) : sourceOf(`${name}.csv`, input.text);
  const hash = createHash('sha256');
  const source: ByteSource = { name: given.name, bytes: hashing(given.bytes, (part) => hash.update(part)) };
  const table = await readTable(source, { ragged: 'pad', limits: LIMITS });
  const width = table.columns.length;
  if (width < 3) {
    const found = `${width === 1 ? 'one column' : 'two columns'} (${table.columns.join(', ').slice(0, 80)})`;
    throw invalid(source.name, name, `line ${table.headerLine}: found ${found}, and ${KNOWN} was expected`);
  }
  const rows: LeadRow[] = [];
  for await (const row of table.rows) rows.push({ line: row.line, cells: row.cells.map(cleanCell) });
  const notes: string[] = [];
  const ragged = table.warnings.filter(({ kind }) => kind === 'ragged-row').map(({ line }) => line!);
  const footer = cutFooter(rows, ragged);
  if (footer > 0) notes.push(`${source.name}: ${footer} lines beneath the table were left out, as a report has them.`);
  const uneven = ragged.find((line) => rows.some((row) => row.line === line));
  if (uneven !== undefined) throw raggedRow(source.name, uneven, width);
  for (const { kind, message } of table.warnings) if (kind !== 'ragged-row') notes.push(`${source.name}: ${message}.`);
  if (rows.length === 0) {
    throw formatErrors('KAZE_FORMAT_EMPTY', `${source.name} has a header (line ${table.headerLine}) and no rows`, {
      fields: { name: source.name, line: table.headerLine },
    });
  }
  requireLeads(source.name, name, table.columns, table.headerLine);
  const { delimiter } = table.dialect;
  return { name: source.name, headers: table.columns, rows, sha256: hash.digest('hex'), delimiter, notes };
}

async function* hashing(bytes: AsyncIterable<Uint8Array>, see: (part: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const part of bytes) {
    see(part);
    yield part;
  }
}

/** Rows at the end that have one field where the table has many. */
function cutFooter(rows: LeadRow[], ragged: readonly number[]): number {
  let cut = 0;
  while (cut < FOOTER_ROWS && rows.length > 0) {
    const { line, cells } = rows.at(-1)! as LeadRow & Pick<TableRow, 'line'>;
    if (!ragged.includes(line) || cells.slice(1).some((cell) => cell !== '')) break;
    rows.pop();
    cut++;
  }
  return cut;
}

function raggedRow(name: string, line: number, width: number): Error {
  return formatErrors(
    'KAZE_FORMAT_CSV_RAGGED',
    `${name}: line ${line} has another number of fields than the header, which has ${width}; a field that holds the delimiter must be quoted`,
    { fields: { name, line, expected: width } },
  );
}

/** A table of something else, such as search queries, has none of a lead's columns. */
function requireLeads(file: string, input: string, headers: readonly string[], line: number): void {
  const known = (header: string) =>
    isId(header) || isCreated(header) || isOutcomeName(header) || identifierReason(header) || afterwardsReason(header);
  if (headers.some(known)) return;
  const shown = headers.slice(0, 6).join(', ');
  const looks = /quer|klick|click|impression|suchanfrage/i.test(shown)
    ? ' (it looks like a Search Console export, which keyword-research reads)'
    : '';
  throw invalid(
    file,
    input,
    `line ${line}: found the columns ${shown}${looks}; ${KNOWN} was expected, with a column for the status, the creation or the name`,
  );
}

function invalid(file: string, input: string, problem: string): Error {
  return skillErrors('KAZE_SKILL_INPUT_INVALID', `${file} ${problem}`, {
    fields: { skill: 'lead-scoring', input, name: file },
  });
}
