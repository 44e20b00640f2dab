import type { SearchConsoleExport } from '#platform/formats';

export interface LevelShift {
  /** First day on the new level, YYYY-MM-DD. */
  readonly date: string;
  /** Clicks after over before, weekdays and trend taken out, with an 80 % interval. */
  readonly factor: { readonly low: number; readonly mid: number; readonly high: number };
  /** What moved with it: impressions, the average position, or neither (then the rate of clicks alone). */
  readonly cause: 'demand' | 'position' | 'click_rate';
}

export interface DayReport {
  readonly from: string;
  readonly to: string;
  /** Clicks of each weekday over the average day, Monday first. */
  readonly weekdays: readonly number[];
  readonly shifts: readonly LevelShift[];
  /** The last 28 days against the same weekdays a year before; null where the export does not reach back. */
  readonly yearOnYear: { readonly clicks: number; readonly impressions: number } | null;
}

/** Days on either side of a shift that are looked at: four whole weeks. */
const WINDOW = 28;
export const DAYS_FOR_A_STEP = 2 * WINDOW;
/** A shift smaller than this is not told. */
const LEAST = Math.log(1.15);
/** Standard errors that it must be away from none: every day of the export is tried. */
const SURE = 6;
/** A step must leave this share at most of what a slope leaves unexplained, else it is a slope. */
const BETTER_THAN_SLOPE = 0.75;

interface Day {
  readonly date: string;
  clicks: number;
  impressions: number;
  weighted: number;
}

/** Reads the days of an export: its weekdays, steps in its level, and the same days a year before. */
export function understandDays(read: SearchConsoleExport): DayReport | undefined {
  const byDate = new Map<string, Day>();
  for (const { date = '', clicks, impressions, position } of read.rows) {
    const day = byDate.get(date) ?? { date, clicks: 0, impressions: 0, weighted: 0 };
    byDate.set(date, day);
    day.clicks += clicks;
    day.impressions += impressions;
    day.weighted += position * impressions;
  }
  const days = [...byDate.values()].sort((left, right) => (left.date < right.date ? -1 : 1));
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return undefined;
  const weekdays = weekdayProfile(days);
  return { from: first.date, to: last.date, weekdays, shifts: findShifts(days), yearOnYear: yearOnYear(byDate, last) };
}

const weekdayOf = (date: string): number => (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;

function weekdayProfile(days: readonly Day[]): number[] {
  const all = mean(days.map(({ clicks }) => clicks));
  return Array.from({ length: 7 }, (_, weekday) => {
    const own = days.filter(({ date }) => weekdayOf(date) === weekday);
    return own.length === 0 || all === 0 ? 1 : Math.round((mean(own.map(({ clicks }) => clicks)) / all) * 100) / 100;
  });
}

function findShifts(days: readonly Day[]): LevelShift[] {
  const clicks = withoutWeekdays(days, ({ clicks: value }) => value);
  const scored = days.flatMap((_, at) => {
    if (at < WINDOW || at + WINDOW > days.length) return [];
    const step = stepAt(clicks, at);
    return Math.abs(step.size) >= LEAST && Math.abs(step.size) >= SURE * step.error && step.isStep
      ? [{ at, ...step }]
      : [];
  });
  // The surest of those that lie close together.
  scored.sort((left, right) => Math.abs(right.size) / right.error - Math.abs(left.size) / left.error);
  const chosen = scored.filter(
    (one, place) => !scored.slice(0, place).some((surer) => Math.abs(surer.at - one.at) < WINDOW),
  );
  const impressions = withoutWeekdays(days, ({ impressions: value }) => value);
  const positions = days.map((day) => Math.log(Math.max(1, day.weighted / Math.max(1, day.impressions))));
  return chosen
    .map(({ at, size, error }): LevelShift => {
      const demand = stepAt(impressions, at).size;
      const position = stepAt(positions, at).size;
      const cause =
        Math.abs(demand) >= Math.abs(size) / 2
          ? 'demand'
          : -position * Math.sign(size) >= Math.abs(size) / 2
            ? 'position'
            : 'click_rate';
      const factor = (z: number) => Math.round(Math.exp(size + z * error) * 100) / 100;
      return { date: days[at]!.date, factor: { low: factor(-1.2816), mid: factor(0), high: factor(1.2816) }, cause };
    })
    .sort((left, right) => (left.date < right.date ? -1 : 1));
}

/** Logarithms less the mean of their weekday. */
function withoutWeekdays(days: readonly Day[], figureOf: (day: Day) => number): number[] {
  const logs = days.map((day) => Math.log(figureOf(day) + 0.5));
  const means = Array.from({ length: 7 }, (_, weekday) =>
    mean(logs.filter((_, at) => weekdayOf(days[at]!.date) === weekday)),
  );
  return logs.map((value, at) => value - means[weekdayOf(days[at]!.date)]!);
}

/** The step between the four weeks before a day and those from it on, against a slope through both. */
function stepAt(values: readonly number[], at: number): { size: number; error: number; isStep: boolean } {
  const before = values.slice(at - WINDOW, at);
  const after = values.slice(at, at + WINDOW);
  const size = mean(after) - mean(before);
  const left = rest(before) + rest(after);
  const error = Math.sqrt((left / (2 * WINDOW - 2)) * (2 / WINDOW)) || 1e-9;
  const both = [...before, ...after];
  const centre = (both.length - 1) / 2;
  const slope =
    both.reduce((sum, value, place) => sum + (place - centre) * value, 0) /
    both.reduce((sum, _, place) => sum + (place - centre) ** 2, 0);
  const ofSlope = rest(both.map((value, place) => value - slope * (place - centre)));
  return { size, error, isStep: left <= BETTER_THAN_SLOPE * ofSlope };
}

/** Sum of squares about the mean. */
function rest(values: readonly number[]): number {
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
}

function yearOnYear(byDate: ReadonlyMap<string, Day>, last: Day): DayReport['yearOnYear'] {
  const now = { clicks: 0, impressions: 0 };
  const then = { clicks: 0, impressions: 0 };
  for (let back = 0; back < WINDOW; back++) {
    const day = byDate.get(shifted(last.date, -back));
    // 52 weeks and not a year: the same weekdays.
    const earlier = byDate.get(shifted(last.date, -back - 364));
    if (!day || !earlier) return null;
    for (const [sum, one] of [
      [now, day],
      [then, earlier],
    ] as const) {
      sum.clicks += one.clicks;
      sum.impressions += one.impressions;
    }
  }
  if (then.clicks === 0 || then.impressions === 0) return null;
  const ratio = (a: number, b: number) => Math.round((a / b) * 1000) / 1000;
  return { clicks: ratio(now.clicks, then.clicks), impressions: ratio(now.impressions, then.impressions) };
}

const shifted = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
