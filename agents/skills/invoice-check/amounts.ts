import { BigNumber } from 'bignumber.js';
import { bareNumber, type DecimalMark, decimalEvidence, type NumberCell } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import { type DayOrder, orderTold } from '../text/calendar.ts';
import { type Place, placeText } from './types.ts';

/** How a file writes numbers and days. */
export interface Writing {
  readonly decimal: DecimalMark;
  readonly order: DayOrder;
  readonly notes: readonly string[];
}

const CODES = 'EUR|USD|GBP|CHF|PLN|SEK|DKK|NOK|CZK|HUF|RON|INR|AUD|CAD|Fr\\.?|zł|kr|Rs\\.?';
/** Signs and codes of currencies, as an alternation for patterns. */
export const CURRENCIES = String.raw`(?:${CODES})(?![\p{L}\d])|[€$£₹]`;
const CURRENCY = new RegExp(String.raw`(?<![\p{L}\d])(?:${CODES})(?![\p{L}\d])|[€$£₹]`, 'giu');
/** Behind French amounts: with and without tax. */
const TAXED = /\s+(?:TTC|HT)$/i;
const SIGNS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  $: 'USD',
  '£': 'GBP',
  'fr.': 'CHF',
  fr: 'CHF',
  zł: 'PLN',
  '₹': 'INR',
  rs: 'INR',
  'rs.': 'INR',
};

/** The currency that a text names, as ISO 4217; undefined when it names none. */
export function currencyIn(text: string): string | undefined {
  const found = text.match(CURRENCY)?.[0]?.toLowerCase();
  return found === undefined ? undefined : (SIGNS[found] ?? found.toUpperCase());
}

/** Digits and marks alone: without currency, with the sign before; undefined when the text is no number. */
export function plainAmount(text: string): string | undefined {
  const bare = text
    .normalize('NFKC')
    .trim()
    .replace(TAXED, '')
    .replaceAll(CURRENCY, '')
    .replaceAll(/[−–]/g, '-')
    .trim();
  const negative = /^\(.*\)$/.test(bare) || /^-|-$/.test(bare);
  const number = bareNumber(bare.replaceAll(/^[(+-]\s*|\s*[)-]$/g, '').trim());
  if (number === undefined) return undefined;
  return negative && !number.startsWith('-') ? `-${number}` : number;
}

/** The exact decimal in a cell; undefined when it is none by this convention. */
export function parseAmount(text: string, decimal: DecimalMark): BigNumber | undefined {
  const bare = plainAmount(text);
  if (bare === undefined) return undefined;
  const pattern = decimal === ',' ? /^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/ : /^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/;
  if (!pattern.test(bare)) return undefined;
  return new BigNumber(bare.replaceAll(decimal === ',' ? '.' : ',', '').replace(decimal, '.'));
}

export interface WrittenCell {
  readonly text: string;
  readonly place: Place;
  /** Of printed rows: from where to where it reaches, in points. */
  readonly left?: number;
  readonly right?: number;
}

/**
 * One way of writing for a whole file, told by its own cells. Errors: KAZE_SKILL_INPUT_INVALID when the file contradicts
 * itself, naming both places.
 */
export function writingOf(
  numbers: readonly WrittenCell[],
  { days, german }: { readonly days: readonly WrittenCell[]; readonly german: boolean },
): Writing {
  const notes: string[] = [];
  const cells = numbers.flatMap(({ text, place }): Array<NumberCell & { place: Place }> => {
    const bare = plainAmount(text);
    return bare === undefined ? [] : [{ text: bare, line: place.line ?? 0, whole: false, place }];
  });
  const { mark, conflict } = decimalEvidence(cells);
  if (conflict) {
    const [comma, point] = conflict as unknown as [(typeof cells)[0], (typeof cells)[0]];
    throw contradiction('numbers', [comma, point], 'one decimal mark in the whole file');
  }
  if (mark === undefined && cells.some(({ text }) => /[.,]/.test(text))) {
    const assumed = german ? 'comma' : 'point';
    notes.push(
      `No number of ${cells[0]!.place.file} tells how decimals are written; the decimal ${assumed} was assumed.`,
    );
  }
  const told = new Map(
    days.flatMap((cell) =>
      [orderTold(cell.text)].filter((order) => order !== undefined).map((order) => [order, cell] as const),
    ),
  );
  const [dayFirst, monthFirst] = [told.get('day-first'), told.get('month-first')];
  if (dayFirst && monthFirst)
    throw contradiction('days', [dayFirst, monthFirst], 'one order of day and month in the whole file');
  const slashed = days.find(({ text }) => /^\d{1,2}\/\d{1,2}\/\d{2,4}$/.test(text.trim()));
  if (slashed && told.size === 0) {
    notes.push(
      `${placeText(slashed.place)}: "${slashed.text}" and all other days of the file may be read in two ways; the day was taken to come first.`,
    );
  }
  return { decimal: mark ?? (german ? ',' : '.'), order: monthFirst ? 'month-first' : 'day-first', notes };
}

function contradiction(what: string, [one, other]: readonly [WrittenCell, WrittenCell], expected: string): Error {
  const message = `${what} are written in two ways: "${one.text}" (${placeText(one.place)}) and "${other.text}" (${placeText(other.place)}); expected ${expected}, export it again in one language`;
  return skillErrors('KAZE_SKILL_INPUT_INVALID', message, { fields: { ...other.place, found: other.text, expected } });
}

/** "1234.50", always two decimals or more, no grouping. */
export function amountText(value: BigNumber): string {
  return value.toFixed(Math.max(2, value.decimalPlaces() ?? 0));
}

/** To the cent, halves away from zero as invoices do. */
export function toCents(value: BigNumber): BigNumber {
  return value.decimalPlaces(2, BigNumber.ROUND_HALF_UP);
}
