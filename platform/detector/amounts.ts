import type { Finding } from './types.ts';

const MONTHS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'january januar jan',
    'february februar feb',
    'march märz mrz mar',
    'april apr',
    'may mai',
    'june juni jun',
    'july juli jul',
    'august aug',
    'september sept sep',
    'october oktober oct okt',
    'november nov',
    'december dezember dec dez',
  ].flatMap((names, index) => names.split(' ').map((name) => [name, index + 1])),
);
// "may" and "mar" are words of their own: beside a day they are months, alone they are not, so a day is required.
const MONTH = `(${Object.keys(MONTHS)
  .sort((a, b) => b.length - a.length)
  .join('|')})`;
const DATES: ReadonlyArray<{ pattern: RegExp; read: (m: RegExpExecArray) => (string | undefined)[] }> = [
  { pattern: /(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])/g, read: (m) => [m[1], m[2], m[3]] },
  { pattern: /(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\d.])/g, read: (m) => [m[3], m[2], m[1]] },
  {
    pattern: new RegExp(
      `(?<![\\d:.])(\\d{1,2})(?:st|nd|rd|th|\\.)? (?:of )?${MONTH}\\b(?:\\.?,? (\\d{4}))?(?!\\d)`,
      'gi',
    ),
    read: (m) => [m[3], month(m[2]), m[1]],
  },
  {
    pattern: new RegExp(`\\b${MONTH}\\.? (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?(?![\\d:.]\\d|\\d)`, 'gi'),
    read: (m) => [m[3], month(m[1]), m[2]],
  },
];

const month = (name: string | undefined) => String(MONTHS[(name ?? '').toLowerCase()] ?? '');

/** Days of the calendar, with or without a year: `2026-11-03`, `--11-03` (ISO 8601 without its year). */
export function findDates(text: string): Finding[] {
  return DATES.flatMap(({ pattern, read }) =>
    [...text.matchAll(pattern)].flatMap((match): Finding[] => {
      const [year, rawMonth, rawDay] = read(match as RegExpExecArray);
      const [monthNumber, day] = [Number(rawMonth), Number(rawDay)];
      if (!exists(year === undefined ? 2000 : Number(year), monthNumber, day)) return [];
      const tail = `${String(monthNumber).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
      const normalised = year === undefined ? `--${tail}` : `${year}-${tail}`;
      const confidence = year === undefined ? 0.85 : 0.97;
      return [{ kind: 'date', ...place(match), normalised, confidence, origin: 'rule' }];
    }),
  );
}

function exists(year: number, monthNumber: number, day: number): boolean {
  const date = new Date(Date.UTC(year, monthNumber - 1, day));
  return date.getUTCMonth() === monthNumber - 1 && date.getUTCDate() === day;
}

const CURRENCIES: Readonly<Record<string, string>> = {
  '£': 'GBP',
  gbp: 'GBP',
  pound: 'GBP',
  pounds: 'GBP',
  pfund: 'GBP',
  '€': 'EUR',
  eur: 'EUR',
  euro: 'EUR',
  euros: 'EUR',
  $: 'USD',
  usd: 'USD',
  dollar: 'USD',
  dollars: 'USD',
  chf: 'CHF',
  franken: 'CHF',
  francs: 'CHF',
};
const WORDS = '(gbp|pounds?|pfund|eur|euros?|usd|dollars?|chf|franken|francs)';
const AMOUNT = "(\\d{1,3}(?:[.,’' ]\\d{3})+(?:[.,]\\d{1,2})?|\\d+(?:[.,]\\d{1,2})?)";
const SCALE = '(?: (million|billion|mio|mrd|thousand)\\b\\.?)?';
const MONEY: ReadonlyArray<{ pattern: RegExp; amount: number; scale: number; currency: number }> = [
  { pattern: new RegExp(`([£€$]) ?${AMOUNT}(?!\\d)${SCALE}`, 'gi'), currency: 1, amount: 2, scale: 3 },
  {
    pattern: new RegExp(`(?<![\\d.,])${AMOUNT}(?!\\d)${SCALE} ?(?:([€$£])|${WORDS}\\b)`, 'gi'),
    amount: 1,
    scale: 2,
    currency: 3,
  },
  { pattern: new RegExp(`\\b(gbp|eur|usd|chf) ${AMOUNT}(?!\\d)${SCALE}`, 'gi'), currency: 1, amount: 2, scale: 3 },
];
const SCALES: Readonly<Record<string, number>> = { thousand: 1e3, million: 1e6, mio: 1e6, billion: 1e9, mrd: 1e9 };

/** Sums of money with their currency: `GBP 12.50`. "Dollars" are taken for US dollars. */
export function findMoney(text: string): Finding[] {
  return MONEY.flatMap(({ pattern, amount, scale, currency }) =>
    [...text.matchAll(pattern)].flatMap((match): Finding[] => {
      const code = CURRENCIES[(match[currency] ?? match[4] ?? '').toLowerCase()];
      if (!code) return [];
      const value = numberOf(match[amount]!) * (SCALES[match[scale]?.toLowerCase() ?? ''] ?? 1);
      return [
        { kind: 'money', ...place(match), normalised: `${code} ${round(value)}`, confidence: 0.95, origin: 'rule' },
      ];
    }),
  );
}

/** The last separator before one or two digits is the decimal one; all others group thousands. */
function numberOf(text: string): number {
  const decimal = /[.,](\d{1,2})$/.exec(text);
  const whole = (decimal ? text.slice(0, decimal.index) : text).replace(/\D/g, '');
  return Number(decimal ? `${whole}.${decimal[1]}` : whole);
}

const round = (value: number) => String(Math.round(value * 100) / 100);

const place = (match: RegExpMatchArray) => ({
  text: match[0],
  start: match.index!,
  end: match.index! + match[0].length,
});
