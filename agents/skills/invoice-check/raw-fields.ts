import { parseDay } from '../text/calendar.ts';
import { plainAmount, type WrittenCell } from './amounts.ts';
import { DAY_FIELDS, type FieldName, fieldOf } from './fields.ts';
import { compactId } from './tax-ids.ts';
import type { Place } from './types.ts';

export type RawFields = Map<FieldName, WrittenCell>;

/** What stands in a file about one invoice, still as text. */
export interface RawInvoice {
  readonly place: Place;
  readonly fields: RawFields;
  readonly items: RawFields[];
}

export const ITEM_FIELDS: readonly FieldName[] = [
  'position',
  'description',
  'quantity',
  'unit',
  'price',
  'amount',
  'vatRate',
];

const LABELLED = /^(.{2,45}?)\s*:\s*(\S.*)$/;
const NUMBERED =
  /^((?:Rechnung|Invoice|Facture)\s*(?:Nr\.?|No\.?|#|number|n[°º])):?\s*(\S*\d\S*)(?:\s+(?:du|vom|of|dated)\s+(\S.*))?$/i;
/** `Date limite de paiement le 05 Juillet 2015`: a label that runs on into its day. */
const DATED = /^(\D{3,45}?)\s+(?:(?:le|am|on)\s+)?(\d.*)$/;
/** When to pay, as a term and not as a day; the contract has it, and the day follows from the invoice's. */
const PAYMENT_TERM = /^(?:net(?:to)?\s*)?\d{1,3}\s*(?:Tage|days|jours)/i;

/** Reads `label: value` cells, and labels with their value in the next cell. Returns the labels without one. */
export function readLabels(row: readonly WrittenCell[], into: RawFields): WrittenCell[] {
  const open: WrittenCell[] = [];
  row.forEach((cell, at) => {
    if (readSentence(cell, into)) return;
    const field = labelOf(cell.text);
    const next = row[at + 1];
    if (field === undefined || ITEM_FIELDS.includes(field)) return;
    if (next && isPlausible(field, next.text)) put(field, next, into);
    else open.push(cell);
  });
  return open;
}

/** What a cell is the label of; undefined when it is none. */
export function labelOf(text: string): FieldName | undefined {
  return fieldOf(text.replace(/\s*[:.]\s*$/, ''));
}

/** Keeps what came first: a page repeats its number in the footer, not the other way round. */
export function put(field: FieldName, { text, place }: WrittenCell, into: RawFields): void {
  if (into.has(field) || (field === 'due' && PAYMENT_TERM.test(text))) return;
  const bare = field === 'number' ? text.replace(/^[#№]\s*/, '') : text.replace(/,$/, '');
  into.set(field, { text: bare.trim(), place });
}

function readSentence({ text, place }: WrittenCell, into: RawFields): boolean {
  const numbered = NUMBERED.exec(text);
  if (numbered) {
    put('number', { text: numbered[2]!, place }, into);
    if (numbered[3] !== undefined && parseDay(numbered[3])) put('date', { text: numbered[3], place }, into);
    return true;
  }
  const labelled = LABELLED.exec(text);
  const field = labelled ? fieldOf(labelled[1]!) : undefined;
  if (labelled && field !== undefined) {
    put(field, { text: labelled[2]!, place }, into);
    return true;
  }
  const dated = DATED.exec(text);
  const day = dated ? fieldOf(dated[1]!) : undefined;
  if (!dated || !isDayField(day) || parseDay(dated[2]!) === undefined) return false;
  put(day!, { text: dated[2]!, place }, into);
  return true;
}

const isDayField = (field: FieldName | undefined) => (DAY_FIELDS as readonly unknown[]).includes(field);

/** Whether a text without a colon before it can be the value of a field: what stands beside a label may be anything. */
export function isPlausible(field: FieldName, text: string): boolean {
  if (isDayField(field)) return parseDay(text) !== undefined;
  switch (field) {
    case 'number':
      return /^(?:[#№]\s*)?(?=\S*\d)[\p{L}\d][\w./-]*$/u.test(text) && parseDay(text) === undefined;
    case 'taxId':
      return /^[A-Z\d][A-Z\d ./-]{6,20}$/.test(text) && (compactId(text).match(/\d/g)?.length ?? 0) >= 6;
    case 'iban':
      return /^[A-Z]{2}\d{2}[A-Z\d ]{11,36}$/.test(text);
    case 'currency':
      return /^(?:[A-Z]{3}|[€$£₹])$/.test(text);
    case 'period':
      return /\d/.test(text);
    case 'net':
    case 'vat':
    case 'total':
      return plainAmount(text) !== undefined;
    default:
      return /\p{L}{2}/u.test(text) && labelOf(text) === undefined;
  }
}
