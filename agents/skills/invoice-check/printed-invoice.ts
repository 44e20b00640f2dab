import { skillErrors } from '../errors.ts';
import { CURRENCIES, plainAmount, type WrittenCell } from './amounts.ts';
import { fieldOf, sumFieldOf } from './fields.ts';
import { type Column, columnsOf, continues, itemUnder, sumsUnder } from './printed-columns.ts';
import { isPlausible, labelOf, put, type RawFields, type RawInvoice, readLabels } from './raw-fields.ts';
import type { Sheet } from './read-rows.ts';
import { letterhead, loneIds } from './sender.ts';

const NUMBER = String.raw`[-−]?\(?\d[\d.,’'\u00a0\u202f]*\)?-?`;
const CURRENCY = String.raw`(?:(?:${CURRENCIES})\s*)?`;
const AFTER = String.raw`(?:\s*(?:${CURRENCIES}))?(?:\s+(?:TTC|HT))?`;
const ITEM = new RegExp(
  String.raw`^(?:(\d{1,3})[.)]?\s+)?(\S.*?)\s+(${NUMBER})\s*(?:x\s+)?(?:([\p{L}][\p{L}.²/-]*)\s+)?${CURRENCY}(${NUMBER})${AFTER}\s+(?:(\d{1,2}(?:[.,]\d)?)\s*%\s+)?${CURRENCY}(${NUMBER})${AFTER}$`,
  'u',
);
const SUM = new RegExp(String.raw`^(.{2,60}?)[:\s]\s*${CURRENCY}(${NUMBER})${AFTER}$`, 'u');
const NAMED_CURRENCY = new RegExp(CURRENCIES);

/** One invoice from its printed lines. Errors: KAZE_SKILL_INPUT_INVALID when there is neither an item nor a total. */
export function printedInvoice(sheet: Sheet): RawInvoice {
  const reader = new PrintedReader();
  for (const row of sheet.rows) reader.read(row);
  const { fields, items } = reader;
  const vendor = letterhead(sheet.rows);
  if (vendor) put('vendor', vendor, fields);
  for (const [field, cell] of loneIds(sheet.rows)) put(field, cell, fields);
  if (items.length === 0 && !fields.has('total')) throw noInvoice(sheet);
  return { place: sheet.rows[0]![0]!.place, fields, items };
}

class PrintedReader {
  readonly fields: RawFields = new Map();
  readonly items: RawFields[] = [];
  /** Headings of the table that is being read; undefined for one whose cells have no places. */
  #columns?: readonly Column[];
  #inItems = false;
  /** Labels of the row above without a value beside them: it may stand below. */
  #above: readonly WrittenCell[] = [];

  read(row: readonly WrittenCell[]): void {
    const above = this.#above;
    this.#above = [];
    if (this.#readSum(row) || this.#readHeader(row) || this.#readItem(row) || this.#readMore(row)) return;
    const open = readLabels(row, this.fields);
    this.#above = open.filter(({ left }) => left !== undefined);
    for (const label of above) {
      const field = labelOf(label.text)!;
      const value = row.find((cell) => cell.left! < label.right! && cell.right! > label.left!);
      if (value && isPlausible(field, value.text)) put(field, value, this.fields);
    }
  }

  #readSum(row: readonly WrittenCell[]): boolean {
    const found = sumIn(row);
    if (!found) return false;
    const { meant, value } = found;
    const sums = this.#columns ? sumsUnder(row, this.#columns) : new Map();
    if (meant.field === 'total' && sums.size > 1) for (const [field, cell] of sums) put(field, cell, this.fields);
    put(meant.field, value, this.fields);
    const currency = NAMED_CURRENCY.exec(value.text)?.[0];
    if (currency) put('currency', { text: currency, place: value.place }, this.fields);
    if (meant.rate !== undefined) put('vatRate', { text: meant.rate, place: value.place }, this.fields);
    this.#inItems = false;
    this.#columns = undefined;
    return true;
  }

  /** Behind items and their total come details and terms, which have tables of their own. */
  #readHeader(row: readonly WrittenCell[]): boolean {
    const columns = columnsOf(row);
    if (!columns && !isPrintedHeader(textOf(row))) return false;
    const isOver = this.items.length > 0 && this.fields.has('total');
    this.#inItems = !isOver;
    this.#columns = isOver ? undefined : columns;
    return true;
  }

  #readItem(row: readonly WrittenCell[]): boolean {
    if (!this.#inItems) return false;
    const item = this.#columns ? itemUnder(row, this.#columns) : itemIn(row);
    if (item) this.items.push(item);
    return item !== undefined;
  }

  #readMore(row: readonly WrittenCell[]): boolean {
    const last = this.items.at(-1);
    if (!this.#inItems || !last || (this.#columns && !continues(row, this.#columns))) return false;
    const description = last.get('description')!;
    last.set('description', { ...description, text: `${description.text} ${textOf(row)}`.slice(0, 500) });
    return true;
  }
}

const textOf = (row: readonly WrittenCell[]) => row.map(({ text }) => text).join(' ');

/** What a row sums up: its words before its last number, whatever else stands further left on the page. */
function sumIn(row: readonly WrittenCell[]) {
  const { place } = row[0]!;
  for (const cells of row.length > 2 ? [row, row.slice(-2), row.slice(-1)] : [row, row.slice(-1)]) {
    const text = textOf(cells);
    const sum = SUM.exec(text);
    const meant = sum ? sumFieldOf(sum[1]!) : undefined;
    if (meant)
      return { meant, value: { text: text.slice(sum![1]!.length).replace(/^\s*:?\s*/, ''), place: cells[0]!.place } };
  }
  const last = row.at(-1)!;
  const meant = row.length > 2 && plainAmount(last.text) !== undefined ? sumFieldOf(row[0]!.text) : undefined;
  return meant && { meant, value: { text: last.text, place } };
}

function isPrintedHeader(text: string): boolean {
  const words = text.split(/\s+/);
  const pairs = words.map((word, at) => `${word} ${words[at + 1] ?? ''}`);
  const known = new Set([...words, ...pairs].map(fieldOf).filter((field) => field !== undefined));
  return known.has('description') && (known.has('amount') || known.has('price')) && !/\d{2}/.test(text);
}

/** An item from a line whose cells have no places. */
function itemIn(row: readonly WrittenCell[]): RawFields | undefined {
  const item = ITEM.exec(textOf(row));
  if (!item) return undefined;
  const cell = (text: string) => ({ text, place: row[0]!.place });
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
  return made;
}

function noInvoice(sheet: Sheet): Error {
  const found = sheet.rows[0]?.[0]?.text.slice(0, 60) ?? '';
  return skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `${sheet.file}, line 1, column 1: found "${found}" and ${sheet.rows.length} lines without an invoice's items or total; expected lines such as "1 Consulting 2 hour 90.00 180.00" under a line of headings, or "Total: 180.00"; a register or export is read as .csv`,
    { fields: { name: sheet.file, line: 1, column: 1, found, expected: 'items or a total' } },
  );
}
