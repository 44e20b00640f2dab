import { nearestName } from '#platform';
import { skillErrors } from '../errors.ts';
import { formatOfColumns } from '../known-formats.ts';
import type { WrittenCell } from './amounts.ts';
import { FIELD_NAMES, type FieldName, fieldOf, sumFieldOf } from './fields.ts';
import { printedInvoice } from './printed-invoice.ts';
import { ITEM_FIELDS, type RawFields, type RawInvoice, readLabels } from './raw-fields.ts';
import type { Sheet } from './read-rows.ts';
import { placeText } from './types.ts';

const HEADER_WITHIN = 80;

/** Invoices of a sheet. Errors: KAZE_SKILL_INPUT_INVALID with the columns that were found, expected and near. */
export function rawInvoices(sheet: Sheet): RawInvoice[] {
  return sheet.form === 'table' ? fromTable(sheet) : [printedInvoice(sheet)];
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
    readLabels([label], into);
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

function noHeader(sheet: Sheet): Error {
  const first = sheet.rows[0]!;
  const found = first.map(({ text }) => text).filter(Boolean);
  const near = found.flatMap((name) => {
    const close = fieldOf(name) === undefined ? nearestName(name, Object.values(FIELD_NAMES).flat()) : undefined;
    return close === undefined ? [] : [`"${name.slice(0, 40)}" is near "${close}"`];
  });
  const format = formatOfColumns(found);
  const other =
    format && !format.label.includes('invoices') ? `; it is nearest to ${format.label}, which is not read here` : '';
  const expected =
    'a line that names at least an item or invoice number (Description, Invoice number), and amounts (Amount, Total, or Quantity and Unit price)';
  const message = `${sheet.file}, line ${first[0]!.place.line ?? 1}, column 1: found the columns ${
    found
      .slice(0, 12)
      .map((name) => `"${name.slice(0, 40)}"`)
      .join(', ') || '(none)'
  }; expected ${expected}${near.length > 0 ? `; ${near.slice(0, 3).join(', ')}` : ''}${other}`;
  return skillErrors('KAZE_SKILL_INPUT_INVALID', message, {
    fields: {
      name: sheet.file,
      line: first[0]!.place.line ?? 1,
      column: 1,
      found: found.slice(0, 12),
      expected,
      nearest: near.slice(0, 3),
      nearestFormat: format?.label,
    },
  });
}
