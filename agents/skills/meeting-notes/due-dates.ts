import { addDays, dayOf, endOfMonth, MONTH_WORDS, monthOf, parseDay, weekdayOf } from '../text/calendar.ts';

export interface Due {
  /** The words that say when. */
  readonly said: string;
  /** YYYY-MM-DD; null: the words are relative and nobody knows to which day. */
  readonly day: string | null;
}

const WEEKDAYS = [
  ['monday', 'montag'],
  ['tuesday', 'dienstag'],
  ['wednesday', 'mittwoch'],
  ['thursday', 'donnerstag'],
  ['friday', 'freitag'],
  ['saturday', 'samstag', 'sonnabend'],
  ['sunday', 'sonntag'],
];
const WEEKDAY_WORDS = WEEKDAYS.flat().join('|');
const COUNTS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  ten: 10,
  fourteen: 14,
  ein: 1,
  eine: 1,
  einem: 1,
  einer: 1,
  einen: 1,
  zwei: 2,
  drei: 3,
  vier: 4,
  fünf: 5,
  sechs: 6,
  sieben: 7,
  acht: 8,
  zehn: 10,
  vierzehn: 14,
};
const COUNT_WORDS = Object.keys(COUNTS).join('|');

type Rule = readonly [pattern: RegExp, day: (match: RegExpExecArray, from: string) => string | undefined];

const rule = (pattern: string, day: Rule[1]): Rule => [
  new RegExp(`(?<![\\p{L}\\d])${pattern}(?![\\p{L}\\d])`, 'iu'),
  day,
];
const weekday = (name: string): number => WEEKDAYS.findIndex((names) => names.includes(name.toLowerCase()));
/** The next such day after the meeting, that day itself excluded. */
const following = (from: string, day: number): string => addDays(from, ((day - weekdayOf(from) + 6) % 7) + 1);
const nextMonday = (from: string): string => addDays(from, 7 - weekdayOf(from));
const friday = (from: string): string => addDays(from, (4 - weekdayOf(from) + 7) % 7);
const count = (word: string): number => COUNTS[word.toLowerCase()] ?? Number(word);

/** A day without its year: the next one that is not before the meeting. */
function withoutYear(from: string, month: number | undefined, date: number): string | undefined {
  if (month === undefined) return undefined;
  const year = Number(from.slice(0, 4));
  const day = dayOf(year, month, date);
  return day !== undefined && day >= from ? day : dayOf(year + 1, month, date);
}

function dayOfMonth(from: string, date: number): string | undefined {
  const [year, month] = from.split('-').map(Number) as [number, number];
  const day = dayOf(year, month, date);
  return day !== undefined && day > from ? day : dayOf(month === 12 ? year + 1 : year, (month % 12) + 1, date);
}

/** Whole days first, since they hold parts that other rules would read. */
const ABSOLUTE: readonly Rule[] = [
  rule('\\d{4}-\\d{1,2}-\\d{1,2}', ([text]) => parseDay(text)),
  rule('\\d{1,2}\\. ?\\d{1,2}\\. ?\\d{4}', ([text]) => parseDay(text)),
  rule('\\d{1,2}/\\d{1,2}/\\d{4}', ([text]) => parseDay(text)),
  rule(`\\d{1,2}(?:st|nd|rd|th)?\\.? (?:of )?(?:${MONTH_WORDS})\\.?,? \\d{4}`, ([text]) => parseDay(text)),
  rule(`(?:${MONTH_WORDS})\\.? \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}`, ([text]) => parseDay(text)),
];

const RELATIVE: readonly Rule[] = [
  rule(`(?:the )?(\\d{1,2})(?:st|nd|rd|th)?\\.? (?:of )?(${MONTH_WORDS})\\.?`, ([, date, month], from) =>
    withoutYear(from, monthOf(month!), Number(date)),
  ),
  rule(`(${MONTH_WORDS})\\.? (?:the )?(\\d{1,2})(?:st|nd|rd|th)?`, ([, month, date], from) =>
    withoutYear(from, monthOf(month!), Number(date)),
  ),
  rule('(\\d{1,2})\\.(\\d{1,2})\\.', ([, date, month], from) => withoutYear(from, Number(month), Number(date))),
  rule('(?:the )?day after tomorrow|übermorgen', (_, from) => addDays(from, 2)),
  rule(
    'tomorrow(?: (?:morning|noon|evening))?|(?:bis |ab )?morgen(?: (?:früh|mittag|abend))?(?! zusammen)',
    (_, from) => addDays(from, 1),
  ),
  rule('(?:by )?(?:today|tonight|end of (?:the )?day|eod)|(?:bis )?heute(?: abend)?', (_, from) => from),
  rule('(?:the )?end of next week|ende (?:der )?(?:nächster|nächsten|kommender|kommenden) woche', (_, from) =>
    addDays(nextMonday(from), 4),
  ),
  rule('(?:the )?end of (?:(?:the|this) )?week|eow|ende (?:der|dieser) woche|wochenende', (_, from) => friday(from)),
  rule('(?:the )?end of next month|ende (?:des )?nächsten monats', (_, from) =>
    endOfMonth(addDays(endOfMonth(from), 1)),
  ),
  rule('(?:the )?end of (?:(?:the|this) )?month|eom|monatsende|ende (?:des|dieses) monats', (_, from) =>
    endOfMonth(from),
  ),
  rule(
    '(?:the )?end of (?:(?:the|this) )?year|year[- ]end|jahresende|ende des jahres',
    (_, from) => `${from.slice(0, 4)}-12-31`,
  ),
  rule(`(?:next week|nächste woche|kommende woche) (?:on )?(${WEEKDAY_WORDS})`, ([, name], from) =>
    addDays(nextMonday(from), weekday(name!)),
  ),
  rule(`(?:${WEEKDAY_WORDS}) (?:next week|nächste woche|nächster woche)`, ([text], from) =>
    addDays(nextMonday(from), weekday(/\p{L}+/u.exec(text)![0])),
  ),
  rule(`(?:next|nächste[nrs]?) (${WEEKDAY_WORDS})`, ([, name], from) => addDays(nextMonday(from), weekday(name!))),
  rule(`(?:this |coming |diese[nrs]? |kommende[nrs]? )?(${WEEKDAY_WORDS})`, ([, name], from) =>
    following(from, weekday(name!)),
  ),
  rule(`(?:in|within|innerhalb von|binnen) (${COUNT_WORDS}|\\d{1,3}) (?:weeks?|wochen?)`, ([, n], from) =>
    addDays(from, 7 * count(n!)),
  ),
  rule(`(?:in|within|innerhalb von|binnen) (${COUNT_WORDS}|\\d{1,3}) (?:days?|tage[n]?)`, ([, n], from) =>
    addDays(from, count(n!)),
  ),
  rule(`(?:in|within|innerhalb von) (${COUNT_WORDS}|\\d{1,2}) (?:months?|monate?n?)`, ([, n], from) =>
    monthsOn(from, count(n!)),
  ),
  rule('next week|(?:bis )?(?:nächste|kommende) woche', (_, from) => addDays(nextMonday(from), 4)),
  rule('next month|nächsten monat', (_, from) => endOfMonth(addDays(endOfMonth(from), 1))),
  rule('(?:on|by|until) the (\\d{1,2})(?:st|nd|rd|th)', ([, date], from) => dayOfMonth(from, Number(date))),
  rule('(?:am|bis zum|zum) (\\d{1,2})\\.', ([, date], from) => dayOfMonth(from, Number(date))),
];

/**
 * The day that a sentence names, English or German, counted from the day of the meeting. A weekday is the next one after
 * the meeting; "next" or "nächste" with a weekday is that of the week after; "next week" its Friday; weeks begin on Monday.
 */
export function dueIn(sentence: string, meetingDay: string | null): Due | undefined {
  const text = sentence.replaceAll(/\s+/g, ' ');
  for (const [pattern, day] of ABSOLUTE) {
    const match = pattern.exec(text);
    const found = match && day(match, meetingDay ?? '1970-01-01');
    if (match && found) return { said: match[0], day: found };
  }
  for (const [pattern, day] of RELATIVE) {
    const match = pattern.exec(text);
    if (!match) continue;
    if (meetingDay === null) return { said: match[0], day: null };
    const found = day(match, meetingDay);
    if (found !== undefined) return { said: match[0], day: found };
  }
  return undefined;
}

function monthsOn(from: string, months: number): string {
  const [year, month, date] = from.split('-').map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
