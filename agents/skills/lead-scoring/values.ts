import { formatErrors } from '#platform/formats';
import { fold } from './fold.ts';

/** What people write where they know nothing. Words that may be an answer ("none", "unknown") are not among them. */
const NOTHING = new Set([
  '',
  '-',
  '–',
  '—',
  '.',
  'n/a',
  'na',
  '#n/a',
  '#nv',
  'null',
  'k.a.',
  'k. a.',
  '(no value)',
  '(kein wert)',
  '(leer)',
  '(blank)',
  'n.d.',
  's/o',
  'nan',
]);

export function cleanCell(cell: string): string {
  const text = cell.trim();
  return text.length <= 10 && NOTHING.has(text.toLowerCase()) ? '' : text;
}

const CURRENCY = /^(?:[€$£¥]|eur|usd|gbp|chf|us\$)\s*|\s*(?:[€$£¥%]|eur|usd|gbp|chf|%)$/giu;
const NEUTRAL_GROUPS = /(?<=\d)[\s\u00a0\u2009\u202f'’](?=\d{3}(?!\d))/gu;

/** Digits with marks, currency and percent signs and neutral group marks gone; undefined when it is no number. */
export function bareNumber(text: string): string | undefined {
  if (text.length > 40) return undefined;
  const minus = /^\(.*\)$/.test(text) ? '-' : '';
  const bare = text
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(CURRENCY, '')
    .trim()
    .replaceAll(NEUTRAL_GROUPS, '');
  const signed = bare.replace(/^([+-]?)(?:[€$£]\s*)?/u, '$1').replace(/^\+/, '');
  return /^-?\d+(?:[.,]\d+)*$/.test(signed) ? minus + signed : undefined;
}

export type DecimalMark = ',' | '.';

/** Which decimal mark a number speaks for: one that stands before other than three digits, or last of two kinds. */
export function decimalVote(bare: string): DecimalMark | undefined {
  const marks = bare.match(/[.,]/g) ?? [];
  if (marks.length === 0) return undefined;
  const last = marks.at(-1) as DecimalMark;
  if (new Set(marks).size === 2) return last;
  if (marks.length > 1) return last === ',' ? '.' : ',';
  const [before = '', after = ''] = bare.replace('-', '').split(last);
  return after.length !== 3 || before.length > 3 || before.startsWith('0') ? last : undefined;
}

/** NaN when it is none by this convention. */
export function parseNumber(bare: string, decimal: DecimalMark): number {
  const pattern = decimal === ',' ? /^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/ : /^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/;
  if (!pattern.test(bare)) return Number.NaN;
  return Number(bare.replaceAll(decimal === ',' ? '.' : ',', '').replace(decimal, '.'));
}

const MONTHS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'jan januar january janvier enero gennaio januari janeiro',
    'feb februar february fevrier febrero febbraio februari fevereiro',
    'mar marz maerz mrz march mars marzo maart marco',
    'apr april avril abril aprile',
    'may mai mayo maggio mei maio',
    'jun juni june juin junio giugno junho',
    'jul juli july juillet julio luglio julho',
    'aug august aout agosto augustus',
    'sep sept september septembre septiembre settembre setembro',
    'oct okt october oktober octobre octubre ottobre outubro',
    'nov november novembre noviembre novembro',
    'dec dez december dezember decembre diciembre dicembre dezembro',
  ].flatMap((names, month) => names.split(' ').map((name) => [name, month + 1])),
);

export type DayOrder = 'day-first' | 'month-first';

/** A date as it stands, with `first` and `second` in the order of the file where only the locale tells. */
export interface WrittenDate {
  readonly year: number;
  readonly first: number;
  readonly second: number;
  readonly order?: DayOrder;
}

const CLOCK = String.raw`(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|GMT|CEST?|[+-]\d{2}:?\d{2})?)?`;
const ISO = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${CLOCK}$`);
const SLASHED = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${CLOCK}$`);
const COMPACT = /^(20\d{2}|19\d{2})(\d{2})(\d{2})$/;
const NAMED_DAY_FIRST = new RegExp(
  `^(\\d{1,2})\\.?(?:\\s+de)?\\s+(\\p{L}+)\\.?(?:\\s+de)?,?\\s+(\\d{4})${CLOCK}$`,
  'u',
);
const NAMED_MONTH_FIRST = new RegExp(`^(\\p{L}+)\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})${CLOCK}$`, 'u');

export function writtenDate(text: string): WrittenDate | undefined {
  if (text.length < 6 || text.length > 40) return undefined;
  const iso = ISO.exec(text) ?? COMPACT.exec(text);
  if (iso) return { year: Number(iso[1]), first: Number(iso[3]), second: Number(iso[2]), order: 'day-first' };
  const slashed = SLASHED.exec(text);
  if (slashed) {
    const [, first, mark, second, year] = slashed;
    const full = year!.length === 2 ? Number(year) + (Number(year) < 50 ? 2000 : 1900) : Number(year);
    // Points part day and month everywhere; a slash or a dash does not tell.
    const order = mark === '.' ? 'day-first' : undefined;
    return { year: full, first: Number(first), second: Number(second), order };
  }
  const dayFirst = NAMED_DAY_FIRST.exec(text);
  const monthFirst = dayFirst ? undefined : NAMED_MONTH_FIRST.exec(text);
  const month = MONTHS[fold(dayFirst?.[2] ?? monthFirst?.[1] ?? '')];
  if (month === undefined) return undefined;
  const [day, year] = dayFirst ? [dayFirst[1], dayFirst[3]] : [monthFirst![2], monthFirst![3]];
  return { year: Number(year), first: Number(day), second: month, order: 'day-first' };
}

/** Days since 1970-01-01; NaN for a day that no calendar has. */
export function dayNumber({ year, first, second, order }: WrittenDate, ambiguous: DayOrder): number {
  const [day, month] = (order ?? ambiguous) === 'day-first' ? [first, second] : [second, first];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return Number.NaN;
  return date.getTime() / 86_400_000;
}

/** Days of Excel's count, or milliseconds since 1970 as HubSpot's interface writes them. */
export function countedDay(text: string): number {
  if (/^\d{5}(?:[.,]\d+)?$/.test(text)) return Math.floor(Number(text.replace(',', '.'))) - 25_569;
  if (/^1\d{12}$/.test(text)) return Math.floor(Number(text) / 86_400_000);
  return Number.NaN;
}

export const isoDay = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** An error about one cell, in the words of the format readers. */
export function cellError(
  code: 'KAZE_FORMAT_NUMBER' | 'KAZE_FORMAT_NUMBER_MIXED',
  cell: { name: string; line: number; column: number; header: string; found: string; expected: string },
): Error {
  const { name, line, column, header, found, expected } = cell;
  const shown = found.slice(0, 40);
  return formatErrors(
    code,
    `${name}: line ${line}, column ${column} ("${header}") has "${shown}", and ${expected} was expected`,
    { fields: { name, line, column, header, found: shown, expected } },
  );
}
