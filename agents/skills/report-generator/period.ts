import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { addDays, daysBetween, endOfMonth, MONTH_WORDS, monthOf, parseDay } from '../text/calendar.ts';

/** Whole days of UTC, both included, YYYY-MM-DD. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
const MONTH = new RegExp(`^(${MONTH_WORDS})\\.?,? (\\d{4})$`, 'iu');
const EXPECTED =
  'a month (2026-10, October 2026), a quarter (2026-Q3), a year, "last month", or days (2026-10-01 to 2026-10-31)';

/** The period that is meant; the last whole month before `now` when nothing is said. Errors: KAZE_SKILL_INPUT_INVALID. */
export function periodOf(input: SkillInput | undefined, now: number): Period {
  const today = dayOf(now);
  if (input === undefined) return lastMonth(today);
  const text = plain(input, 'period');
  const found = /^(?:last|previous) month$|^(?:letzter|voriger) monat$/iu.test(text)
    ? lastMonth(today)
    : /^this month$|^dieser monat$/iu.test(text)
      ? { from: `${today.slice(0, 7)}-01`, to: endOfMonth(today) }
      : read(text);
  if (!found || found.from > found.to) throw invalid('period', text);
  if (found.from > today) throw invalid('period', text, `it begins after today (${today})`);
  if (length(found) > 1_100) throw invalid('period', text, 'it is longer than three years');
  return found;
}

/**
 * What the period is compared with: as many days before it (whole months and quarters with whole ones), or what is said,
 * `year-before` among it. Errors: KAZE_SKILL_INPUT_INVALID.
 */
export function comparedPeriod(input: SkillInput | undefined, period: Period): Period {
  const text = input === undefined ? '' : plain(input, 'compare_with').toLowerCase();
  if (text === 'year-before' || text === 'vorjahr') {
    return { from: yearBefore(period.from), to: yearBefore(period.to) };
  }
  if (text !== '' && text !== 'previous' && text !== 'period before') {
    const named = read(text);
    if (!named || named.from > named.to || named.to >= period.from) {
      throw invalid('compare_with', text, named && 'it must end before the period begins');
    }
    return named;
  }
  const to = addDays(period.from, -1);
  const months = wholeMonths(period);
  if (months === undefined) return { from: addDays(period.from, -length(period)), to };
  const [year, month] = period.from.split('-').map(Number) as [number, number];
  return { from: new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 10), to };
}

/** Days in it. */
export const length = ({ from, to }: Period): number => daysBetween(from, to) + 1;

/** First and last millisecond bounds: `from` is within, `to` is not. */
export const instants = ({ from, to }: Period): { from: number; to: number } => ({
  from: Date.parse(`${from}T00:00:00Z`),
  to: Date.parse(`${to}T00:00:00Z`) + DAY_MS,
});

/** How many of its days are over. */
export function daysOver(period: Period, now: number): number {
  return Math.max(0, Math.min(length(period), Math.floor((now - instants(period).from) / DAY_MS)));
}

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

function read(text: string): Period | undefined {
  const quarter = /^(\d{4})[- ]?Q([1-4])$|^Q([1-4])[- /]?(\d{4})$/i.exec(text);
  if (quarter) {
    const first = 3 * Number(quarter[2] ?? quarter[3]) - 2;
    const year = quarter[1] ?? quarter[4];
    const month = (one: number) => `${year}-${String(one).padStart(2, '0')}-01`;
    return { from: month(first), to: endOfMonth(month(first + 2)) };
  }
  if (/^\d{4}$/.test(text)) return { from: `${text}-01-01`, to: `${text}-12-31` };
  const month = /^(\d{4})-(\d{2})$/.exec(text);
  const named = MONTH.exec(text);
  const number = month ? Number(month[2]) : named ? monthOf(named[1]!) : undefined;
  if (number !== undefined && number >= 1 && number <= 12) {
    const from = `${month?.[1] ?? named![2]}-${String(number).padStart(2, '0')}-01`;
    return { from, to: endOfMonth(from) };
  }
  const ends = text.split(/\s*(?:\.\.|–|—|\/(?=\d{4}-)|\s(?:to|bis|until|-)\s)\s*/iu);
  if (ends.length !== 2) return undefined;
  const [from, to] = ends.map((end) => parseDay(end));
  return from && to ? { from, to } : undefined;
}

function lastMonth(today: string): Period {
  const to = addDays(`${today.slice(0, 7)}-01`, -1);
  return { from: `${to.slice(0, 7)}-01`, to };
}

/** Undefined for a period that is not made of whole calendar months. */
function wholeMonths({ from, to }: Period): number | undefined {
  if (!from.endsWith('-01') || endOfMonth(to) !== to) return undefined;
  const [[y, m], [year, month]] = [from, to].map((day) => day.split('-').map(Number)) as [number[], number[]];
  return (year! - y!) * 12 + (month! - m!) + 1;
}

function yearBefore(day: string): string {
  const [year, month, date] = day.split('-') as [string, string, string];
  const before = `${Number(year) - 1}-${month}-${date}`;
  return endOfMonth(day) === day ? endOfMonth(`${Number(year) - 1}-${month}-01`) : before;
}

function plain(input: SkillInput, name: string): string {
  if (input.kind === 'text') return input.text.trim().replaceAll(/\s+/g, ' ');
  if (input.kind === 'json' && (typeof input.value === 'string' || typeof input.value === 'number')) {
    return String(input.value).trim();
  }
  throw invalid(name, input.kind === 'file' ? input.name : JSON.stringify(input.value));
}

function invalid(name: string, found: string, why?: string): Error {
  return skillErrors(
    'KAZE_SKILL_INPUT_INVALID',
    `${name}: found "${found.slice(0, 60)}"${why ? `, and ${why}` : ''}; expected ${EXPECTED}${name === 'compare_with' ? ', "previous" or "year-before"' : ''}`,
    { fields: { skill: 'report-generator', input: name, found: found.slice(0, 60) } },
  );
}
