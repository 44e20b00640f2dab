/** Days as people write them, English and German, with the French names of months. Days are YYYY-MM-DD, without a clock and without a time zone. */
const MONTHS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    ['january', 'jan', 'januar', 'jänner', 'jän', 'janvier'],
    ['february', 'feb', 'februar', 'feber', 'février'],
    ['march', 'mar', 'märz', 'mär', 'mrz', 'maerz', 'mars'],
    ['april', 'apr', 'avril'],
    ['may', 'mai'],
    ['june', 'jun', 'juni', 'juin'],
    ['july', 'jul', 'juli', 'juillet'],
    ['august', 'aug', 'août'],
    ['september', 'sep', 'sept', 'septembre'],
    ['october', 'oct', 'oktober', 'okt', 'octobre'],
    ['november', 'nov', 'novembre'],
    ['december', 'dec', 'dezember', 'dez', 'décembre'],
  ].flatMap((names, at) => names.map((name) => [name, at + 1])),
);

/** Words that name a month, as an alternation for patterns; longest first. */
export const MONTH_WORDS = Object.keys(MONTHS)
  .sort((a, b) => b.length - a.length)
  .join('|');

export function monthOf(word: string): number | undefined {
  return MONTHS[word.toLowerCase().replace(/\.$/, '')];
}

/** Which comes first in 03/04/2026. */
export type DayOrder = 'day-first' | 'month-first';

/** Undefined for a day that no calendar has. Two-digit years are of this century. */
export function dayOf(year: number, month: number, date: number): string | undefined {
  const full = year < 100 ? 2000 + year : year;
  const time = Date.UTC(full, month - 1, date);
  const day = new Date(time);
  if (full < 1900 || full > 2200 || day.getUTCMonth() !== month - 1 || day.getUTCDate() !== date) return undefined;
  return day.toISOString().slice(0, 10);
}

/** What one writing tells of the order; undefined when it tells nothing. */
export function orderTold(text: string): DayOrder | undefined {
  const parts = /^(\d{1,2})\/(\d{1,2})\/\d{2,4}$/.exec(text.trim());
  if (!parts) return undefined;
  if (Number(parts[1]) > 12) return 'day-first';
  return Number(parts[2]) > 12 ? 'month-first' : undefined;
}

const WORDED = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?\\.?\\s*(?:of\\s+)?(${MONTH_WORDS})\\.?,?\\s+(\\d{4})$`, 'iu');
const AMERICAN = new RegExp(`^(${MONTH_WORDS})\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})$`, 'iu');

/**
 * A whole date: 2026-03-07, 20260307, 7.3.2026, 07.03.26, 7/3/2026 (by `order`), 7. März 2026, March 7, 2026. A time of
 * day behind it is passed over. Undefined when it is none.
 */
export function parseDay(text: string, order: DayOrder = 'day-first'): string | undefined {
  const plain = text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').replace(' ,', ',');
  const parts =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}.*)?$/.exec(plain) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  if (parts) return dayOf(Number(parts[1]), Number(parts[2]), Number(parts[3]));
  const dotted = /^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})(?: \d{2}:\d{2}.*)?$/.exec(plain);
  if (dotted) return dayOf(Number(dotted[3]), Number(dotted[2]), Number(dotted[1]));
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})$/.exec(plain);
  if (slashed) {
    const [first, second] = [Number(slashed[1]), Number(slashed[2])];
    return order === 'day-first' ? dayOf(Number(slashed[3]), second, first) : dayOf(Number(slashed[3]), first, second);
  }
  const worded = WORDED.exec(plain);
  if (worded) return dayOf(Number(worded[3]), monthOf(worded[2]!)!, Number(worded[1]));
  const american = AMERICAN.exec(plain);
  return american ? dayOf(Number(american[3]), monthOf(american[1]!)!, Number(american[2])) : undefined;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** 0 Monday to 6 Sunday. */
export function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

export function endOfMonth(day: string): string {
  const [year, month] = day.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}
