/** Which number of 3/4/2026 is the day. */
type Order = 'day-first' | 'month-first';

/** A cell with its line, for messages. */
export interface DateCell {
  readonly text: string;
  readonly line: number;
}

export interface DateOrder {
  readonly order?: Order;
  /** Two cells that speak against each other, the one that puts the day first before the other. */
  readonly conflict?: readonly [dayFirst: DateCell, monthFirst: DateCell];
}

const YEAR_FIRST = /^(\d{4})(?:[-/]|\. ?)(\d{1,2})(?:[-/]|\. ?)(\d{1,2})\.?$|^(\d{4})(\d{2})(\d{2})$/;
const DOTTED = /^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$/;
const SLASHED = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/;

/**
 * A day as YYYY-MM-DD. Google writes 2026-03-04; a spreadsheet that opens and saves the file writes the day in the form of
 * its own locale: 04.03.2026, 4/3/2026, 3/4/2026 (by `order`), 2026/3/4. Undefined for what is no day, and for slashes
 * without an order.
 */
export function parseDate(text: string, order?: Order): string | undefined {
  const plain = text.trim();
  const year = YEAR_FIRST.exec(plain);
  if (year) return dayOf(year[1] ?? year[4]!, year[2] ?? year[5]!, year[3] ?? year[6]!);
  const dotted = DOTTED.exec(plain);
  if (dotted) return dayOf(dotted[3]!, dotted[2]!, dotted[1]!);
  const slashed = SLASHED.exec(plain);
  if (!slashed || order === undefined) return undefined;
  const [, first, second, last] = slashed;
  return order === 'day-first' ? dayOf(last!, second!, first!) : dayOf(last!, first!, second!);
}

/**
 * What a column tells of its order: a number above twelve is a day; where there is none, exports hold days in a row, so the
 * order is the one in which they lie closer together. Neither in a column that cannot tell.
 */
export function dateOrder(cells: Iterable<DateCell>): DateOrder {
  let [dayFirst, monthFirst]: Array<DateCell | undefined> = [];
  const slashed = new Set<string>();
  for (const cell of cells) {
    const parts = SLASHED.exec(cell.text.trim());
    if (!parts) continue;
    slashed.add(cell.text);
    if (Number(parts[1]) > 12) dayFirst ??= cell;
    else if (Number(parts[2]) > 12) monthFirst ??= cell;
  }
  if (dayFirst && monthFirst) return { conflict: [dayFirst, monthFirst] };
  if (dayFirst || monthFirst) return { order: dayFirst ? 'day-first' : 'month-first' };
  const [asDays, asMonths] = (['day-first', 'month-first'] as const).map((order) => spanOf(slashed, order));
  if (asDays === asMonths) return {};
  return { order: asDays! < asMonths! ? 'day-first' : 'month-first' };
}

/** Milliseconds between the first and the last day. */
function spanOf(texts: ReadonlySet<string>, order: Order): number {
  const times = [...texts].map((text) => Date.parse(parseDate(text, order) ?? ''));
  return (
    times.reduce((most, time) => Math.max(most, time), -Infinity) - times.reduce((a, b) => Math.min(a, b), Infinity)
  );
}

/** Undefined for a day that no calendar has. */
function dayOf(year: string, month: string, date: string): string | undefined {
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day) ? day : undefined;
}
