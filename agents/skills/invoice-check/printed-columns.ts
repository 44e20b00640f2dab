import { plainAmount, type WrittenCell } from './amounts.ts';
import { type FieldName, fieldOf } from './fields.ts';
import type { RawFields } from './raw-fields.ts';

/** A heading of a printed table with what stands below it; `field` is undefined for one that is not read. */
export interface Column {
  readonly field?: FieldName;
  readonly left: number;
  readonly right: number;
}

interface Placed extends WrittenCell {
  readonly left: number;
  readonly right: number;
}

const TEXTS: ReadonlySet<FieldName | undefined> = new Set<FieldName>(['description', 'unit']);
const SUMS = ['net', 'vat', 'total'] as const;

/** The columns that a printed row heads; undefined when it is no heading, or when two of its sums mean the same. */
export function columnsOf(row: readonly WrittenCell[]): readonly Column[] | undefined {
  const cells = placed(row);
  if (cells.length < 3 || row.some(({ text }) => /\d{2}/.test(text))) return undefined;
  const columns = cells.map(({ text, left, right }): Column => ({ field: fieldOf(text), left, right }));
  const fields = columns.flatMap(({ field }) => (field === undefined || TEXTS.has(field) ? [] : [field]));
  const isItems = columns.some(({ field }) => field === 'description') && fields.some(isMoney);
  const isSums = SUMS.filter((name) => fields.includes(name)).length >= 2;
  if ((!isItems && !isSums) || new Set(fields).size < fields.length) return undefined;
  if (isItems) return columns;
  // Sums are headed, what they are of stands before them without a heading.
  return [{ field: 'description', left: Number.NEGATIVE_INFINITY, right: columns[0]!.left - 1 }, ...columns];
}

const isMoney = (field: FieldName) =>
  field === 'price' || field === 'amount' || (SUMS as readonly string[]).includes(field);

/** The cells of a row by the columns that they stand under, texts of one column together. */
export function underColumns(row: readonly WrittenCell[], columns: readonly Column[]): RawFields {
  const fields: RawFields = new Map();
  for (const cell of placed(row)) {
    const isNumber = plainAmount(cell.text.replace(/%$/, '')) !== undefined;
    const [, count, unit] = /^(\d[\d.,]*)\s+(\p{L}[\p{L}.²]*)$/u.exec(cell.text) ?? [];
    const nearest = nearestTo(cell, columns, isNumber || unit !== undefined);
    if (nearest?.field === 'quantity' && unit !== undefined) {
      fields.set('quantity', { text: count!, place: cell.place });
      fields.set('unit', { text: unit, place: cell.place });
    } else if (nearest?.field !== undefined && isNumber !== TEXTS.has(nearest.field)) {
      const { field } = nearest;
      const before = field === 'description' ? fields.get(field) : undefined;
      const text = field === 'vatRate' ? cell.text.replace(/\s*%$/, '') : cell.text;
      fields.set(field, { text: before ? `${before.text} ${text}` : text, place: cell.place });
    }
  }
  return fields;
}

/** Numbers go to columns of numbers; a text to one of texts below which it begins, else to whatever is nearest. */
function nearestTo(cell: Placed, columns: readonly Column[], isNumber: boolean): Column | undefined {
  const fitting = columns.filter(({ field }) => field === undefined || TEXTS.has(field) !== isNumber);
  const best = closest(cell, fitting);
  return isNumber || (best && gap(cell, best) === 0) ? best : closest(cell, columns);
}

function closest(cell: Placed, columns: readonly Column[]): Column | undefined {
  let best = columns[0];
  for (const column of columns) if (gap(cell, column) < gap(cell, best!)) best = column;
  return best;
}

/** Points between the two; 0 where one is below the other. */
function gap(cell: Placed, column: Column): number {
  return Math.max(0, column.left - cell.right, cell.left - column.right);
}

/** An item from a row below headings; undefined when the row has no amount of its own. */
export function itemUnder(row: readonly WrittenCell[], columns: readonly Column[]): RawFields | undefined {
  const fields = underColumns(row, columns);
  const net = fields.get('amount') ?? fields.get('net');
  // With tax beside it, a total is not quantity times price.
  const amount = net ?? (columns.some(({ field }) => field === 'vat') ? undefined : fields.get('total'));
  const isPriced = fields.has('quantity') && fields.has('price');
  if (!(amount ?? fields.get('total')) || !(fields.has('description') || isPriced)) return undefined;
  const item: RawFields = new Map([['description', fields.get('description') ?? { text: '', place: row[0]!.place }]]);
  for (const name of ['position', 'quantity', 'unit', 'price', 'vatRate'] as const) {
    const cell = fields.get(name);
    if (cell) item.set(name, cell);
  }
  if (amount) item.set('amount', amount);
  return item;
}

/** More words about the item above: a row whose cells all stand below its description. */
export function continues(row: readonly WrittenCell[], columns: readonly Column[]): boolean {
  const below = columns.filter(({ field }) => field === 'description');
  return placed(row).every((cell) => below.some((column) => gap(cell, column) === 0));
}

/** The sums of a row of totals, where they stand under headings of their own. */
export function sumsUnder(row: readonly WrittenCell[], columns: readonly Column[]): RawFields {
  const fields = underColumns(row, columns);
  return new Map(SUMS.flatMap((name) => (fields.has(name) ? [[name, fields.get(name)!] as const] : [])));
}

function placed(row: readonly WrittenCell[]): Placed[] {
  return row.flatMap((cell) => (cell.left === undefined ? [] : [cell as Placed]));
}
