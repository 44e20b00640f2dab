import { nearestName } from '#platform';
import { skillErrors } from '../errors.ts';
import type { WrittenCell } from './amounts.ts';
import { FIELD_NAMES, type FieldName, fieldOf, sumFieldOf } from './fields.ts';
import type { Sheet } from './read-rows.ts';
import { type Place, placeText } from './types.ts';

export type RawFields = Map<FieldName, WrittenCell>;

/** What stands in a file about one invoice, still as text. */
export interface RawInvoice {
  readonly place: Place;
  readonly fields: RawFields;
  readonly items: RawFields[];
}

const ITEM_FIELDS: readonly FieldName[] = ['position', 'description', 'quantity', 'unit', 'price', 'amount', 'vatRate'];
const HEADER_WITHIN = 80;

/** Invoices of a sheet. Errors: KAZE_SKILL_INPUT_INVALID with the columns that were found, expected and near. */
export function rawInvoices(sheet: Sheet): RawInvoice[] {
  return sheet.form === 'table' ? fromTable(sheet) : [fromLines(sheet)];
}

function fromTable(sheet: Sheet): RawInvoice[] {
  const at = sheet.rows.slice(0, HEADER_WITHIN).findIndex(isHeader);
  if (at < 0) throw noHeader(sheet);
  const columns = sheet.rows[at]!.map(({ text }) => fieldOf(text));
  checkTwice(columns, sheet.rows[at]!);
  const head: RawFields = new Map();
  for (const row of sheet.rows.slice(0, at)) readLabel(row, head);
  const isFlat = columns.includes('number');
  const invoices: RawInvoice[] = [];
  let open: RawInvoice | undefined = isFlat ? undefined : { place: sheet.rows[0]![0]!.place, fields: head, items: [] };
  if (open) invoices.push(open);
  for (const row of sheet.rows.slice(at + 1)) {
    if (row.every(({ text }) => text === '')) continue;
    if (!isFlat && (readSum(row, open!.fields) || readLabelRow(row, open!.fields))) continue;
    const fields = rowFields(row, columns, sheet.rows[at]!.length);
    if (isFlat && (!open || isOther(open, fields))) {
      open = {
        place: row[0]!.place,
        fields: new Map([...head, ...[...fields].filter(([name]) => !ITEM_FIELDS.includes(name))]),
        items: [],
      };
      invoices.push(open);
    }
    const item = new Map([...fields].filter(([name]) => ITEM_FIELDS.includes(name)));
    if (item.has('description') || item.has('amount')) open!.items.push(item);
    const rate = fields.get('vatRate');
    if (rate && isFlat && !open!.fields.has('vatRate')) open!.fields.set('vatRate', rate);
  }
  return invoices;
}

function isHeader(row: readonly WrittenCell[]): boolean {
  const known = new Set(row.map(({ text }) => fieldOf(text)).filter((field) => field !== undefined));
  const hasMoney = known.has('amount') || known.has('total') || (known.has('price') && known.has('quantity'));
  return known.size >= 3 && hasMoney && (known.has('description') || known.has('number'));
}

function checkTwice(columns: ReadonlyArray<FieldName | undefined>, header: readonly WrittenCell[]): void {
  columns.forEach((field, at) => {
    const first = field === undefined ? at : columns.indexOf(field);
    if (first === at) return;
    const [one, other] = [header[first]!, header[at]!];
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${placeText(other.place)}: found "${other.text}", and "${one.text}" in column ${one.place.column} means the same; expected one column for each, take one out`,
      { fields: { ...other.place, found: other.text, expected: 'one column a field' } },
    );
  });
}

/** Fields of a row; what stands beyond the header's columns was never meant to be there. */
function rowFields(
  row: readonly WrittenCell[],
  columns: ReadonlyArray<FieldName | undefined>,
  width: number,
): RawFields {
  const surplus = row.slice(width).find(({ text }) => text !== '');
  if (surplus) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${placeText(surplus.place)}: found "${surplus.text.slice(0, 60)}" behind the last of ${width} columns; a cell that holds the separator must be quoted`,
      { fields: { ...surplus.place, found: surplus.text.slice(0, 60), expected: `${width} columns` } },
    );
  }
  const fields: RawFields = new Map();
  columns.forEach((field, at) => {
    const cell = row[at];
    if (field !== undefined && cell !== undefined && cell.text !== '') fields.set(field, cell);
  });
  return fields;
}

/** The next invoice begins: another number or supplier, or the same ones with positions from the start. */
function isOther(open: RawInvoice, fields: RawFields): boolean {
  const differs = (name: FieldName) => fields.get(name)?.text !== open.fields.get(name)?.text;
  if (differs('number') || differs('vendor') || differs('date') || differs('total')) return true;
  const [before, now] = [open.items.at(-1)?.get('position')?.text, fields.get('position')?.text];
  return before !== undefined && now !== undefined && Number(now) <= Number(before);
}

/** `label;value` before the items. */
function readLabel(row: readonly WrittenCell[], into: RawFields): void {
  const [label, value] = row.filter(({ text }) => text !== '');
  if (!label) return;
  if (value === undefined) {
    readTextLine(label, into);
    return;
  }
  const field = fieldOf(label.text.replace(/[:.]\s*$/, ''));
  if (field !== undefined && !into.has(field)) into.set(field, value);
}

function readLabelRow(row: readonly WrittenCell[], into: RawFields): boolean {
  const filled = row.filter(({ text }) => text !== '');
  if (filled.length !== 2) return false;
  const field = fieldOf(filled[0]!.text.replace(/[:.]\s*$/, ''));
  if (field === undefined || ITEM_FIELDS.includes(field) || into.has(field)) return false;
  into.set(field, filled[1]!);
  return true;
}

function readSum(row: readonly WrittenCell[], into: RawFields): boolean {
  const filled = row.filter(({ text }) => text !== '');
  const value = filled.at(-1);
  const label = filled.length >= 2 && filled.length <= 3 ? filled[0] : undefined;
  const sum = label && value ? sumFieldOf(label.text) : undefined;
  if (!sum || !label || !value || !/\d/.test(value.text)) return false;
  into.set(sum.field, value);
  if (sum.rate !== undefined) into.set('vatRate', { text: sum.rate, place: label.place });
  return true;
}

const NUMBER = String.raw`[-−]?\(?\d[\d.,’'\u00a0\u202f]*\)?-?`;
const CURRENCY = String.raw`(?:(?:EUR|USD|GBP|CHF|€|\$|£)\s*)?`;
const AFTER = String.raw`(?:\s*(?:EUR|USD|GBP|CHF|€|\$|£))?`;
const ITEM = new RegExp(
  String.raw`^(?:(\d{1,3})[.)]?\s+)?(\S.*?)\s+(${NUMBER})\s*(?:x\s+)?(?:([\p{L}][\p{L}.²/-]*)\s+)?${CURRENCY}(${NUMBER})${AFTER}\s+(?:(\d{1,2}(?:[.,]\d)?)\s*%\s+)?${CURRENCY}(${NUMBER})${AFTER}$`,
  'u',
);
const SUM = new RegExp(String.raw`^(.{2,60}?)[:\s]\s*${CURRENCY}(${NUMBER})${AFTER}$`, 'u');

/** One invoice from its printed lines. */
function fromLines(sheet: Sheet): RawInvoice {
  const fields: RawFields = new Map();
  const items: RawFields[] = [];
  let inItems = false;
  const lines = sheet.rows.map((row) => ({ text: row.map(({ text }) => text).join(' '), place: row[0]!.place }));
  for (const line of lines) {
    const { text, place } = line;
    const sum = SUM.exec(text);
    const meant = sum ? sumFieldOf(sum[1]!) : undefined;
    if (sum && meant) {
      inItems = false;
      if (!fields.has(meant.field)) fields.set(meant.field, { text: sum[2]!, place });
      const currency = /EUR|USD|GBP|CHF|€|\$|£/.exec(text.slice(sum[1]!.length))?.[0];
      if (currency && !fields.has('currency')) fields.set('currency', { text: currency, place });
      if (meant.rate !== undefined && !fields.has('vatRate')) fields.set('vatRate', { text: meant.rate, place });
      continue;
    }
    if (isPrintedHeader(text)) {
      inItems = true;
      continue;
    }
    const item = inItems ? ITEM.exec(text) : null;
    if (item) {
      const cell = (part: string) => ({ text: part, place });
      const [, position, description, quantity, unit, price, rate, amount] = item;
      const made: RawFields = new Map([
        ['description', cell(description!)],
        ['quantity', cell(quantity!)],
        ['price', cell(price!)],
        ['amount', cell(amount!)],
      ]);
      if (position) made.set('position', cell(position));
      if (unit) made.set('unit', cell(unit));
      if (rate) made.set('vatRate', cell(rate));
      items.push(made);
      continue;
    }
    if (inItems && items.length > 0) {
      const last = items.at(-1)!.get('description')!;
      items.at(-1)!.set('description', { ...last, text: `${last.text} ${text}`.slice(0, 500) });
      continue;
    }
    readTextLine(line, fields);
  }
  if (!fields.has('vendor') && lines[0] && !/[:\d]/.test(lines[0].text)) fields.set('vendor', lines[0]);
  if (items.length === 0 && !fields.has('total')) throw noInvoice(sheet);
  return { place: lines[0]!.place, fields, items };
}

function isPrintedHeader(text: string): boolean {
  const words = text.split(/\s+/);
  const pairs = words.map((word, at) => `${word} ${words[at + 1] ?? ''}`);
  const known = new Set([...words, ...pairs].map(fieldOf).filter((field) => field !== undefined));
  return known.has('description') && (known.has('amount') || known.has('price')) && !/\d{2}/.test(text);
}

function readTextLine({ text, place }: WrittenCell, into: RawFields): void {
  const labelled =
    /^(.{2,45}?)\s*:\s*(\S.*)$/.exec(text) ?? /^((?:Rechnung|Invoice)\s*(?:Nr\.?|No\.?|#|number))\s*(\S+)$/i.exec(text);
  if (!labelled) return;
  const field = fieldOf(labelled[1]!);
  if (field !== undefined && !into.has(field)) into.set(field, { text: labelled[2]!.trim(), place });
}

function noHeader(sheet: Sheet): Error {
  const first = sheet.rows[0]!;
  const found = first.map(({ text }) => text).filter(Boolean);
  const near = found.flatMap((name) => {
    const close = fieldOf(name) === undefined ? nearestName(name, Object.values(FIELD_NAMES).flat()) : undefined;
    return close === undefined ? [] : [`"${name.slice(0, 40)}" is near "${close}"`];
  });
  const expected =
    'a line that names at least an item or invoice number (Description, Invoice number), and amounts (Amount, Total, or Quantity and Unit price)';
  const message = `${sheet.file}, line ${first[0]!.place.line ?? 1}, column 1: found the columns ${
    found
      .slice(0, 12)
      .map((name) => `"${name.slice(0, 40)}"`)
      .join(', ') || '(none)'
  }; expected ${expected}${near.length > 0 ? `; ${near.slice(0, 3).join(', ')}` : ''}`;
  return skillErrors('KAZE_SKILL_INPUT_INVALID', message, {
    fields: {
      name: sheet.file,
      line: first[0]!.place.line ?? 1,
      column: 1,
      found: found.slice(0, 12),
      expected,
      nearest: near.slice(0, 3),
    },
  });
}

function noInvoice(sheet: Sheet): Error {
  const found = sheet.rows[0]?.[0]?.text.slice(0, 60) ?? '';
  return skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `${sheet.file}, line 1, column 1: found "${found}" and ${sheet.rows.length} lines without an invoice's items or total; expected lines such as "1 Consulting 2 hour 90.00 180.00" under a line of headings, or "Total: 180.00"; a register or export is read as .csv`,
    { fields: { name: sheet.file, line: 1, column: 1, found, expected: 'items or a total' } },
  );
}
