import type { KeywordPlan } from '../search-exports/index.ts';

export interface Season {
  readonly keyword: string;
  readonly line: number;
  readonly volume: number | null;
  /** Calendar months, 1 to 12, the highest first. */
  readonly peakMonths: readonly number[];
  /** Searches in the highest month over those in the median month. */
  readonly factor: number;
  /** In how many years the peak was seen; 1 means that it may have been chance. */
  readonly years: number;
}

/** The peak over the median month; in each single year a little less will do. */
const PEAK = Math.log(1.6);
const PEAK_OF_YEAR = Math.log(1.35);
/** ... and not much less than the mean of the years, else it was one year's. */
const EVERY_YEAR = 0.4;
/** Seen once only, a peak must stand out more. */
const PEAK_SEEN_ONCE = Math.log(1.9);
/** Planner gives volumes in steps: below this a step is half the figure. */
const LEAST_VOLUME = 30;

/**
 * Keywords that are asked for in certain months: the trend from year to year is taken out, logarithms of the same month
 * are averaged over the years, and the peak must be there in every year.
 */
export function findSeasons(plan: KeywordPlan): Season[] {
  if (plan.firstMonth === 0) return [];
  return plan.keywords
    .flatMap((one): Season[] => {
      const found = seasonOf(one.months, plan.firstMonth);
      return found ? [{ keyword: one.keyword, line: one.line, volume: one.volume, ...found }] : [];
    })
    .sort((left, right) => (right.volume ?? 0) - (left.volume ?? 0) || (left.keyword < right.keyword ? -1 : 1));
}

/** `months` oldest first, `firstMonth` 1 to 12. Undefined without a season, or with less than a year. */
export function seasonOf(
  months: ReadonlyArray<number | null>,
  firstMonth: number,
): Pick<Season, 'peakMonths' | 'factor' | 'years'> | undefined {
  const years = Math.floor(months.length / 12);
  // The latest whole years.
  const used = months.slice(months.length - years * 12);
  if (years === 0 || used.some((value) => value === null)) return undefined;
  const values = used as readonly number[];
  if (values.reduce((sum, value) => sum + value, 0) / values.length < LEAST_VOLUME) return undefined;
  const logs = values.map((value) => Math.log(Math.max(1, value)));
  const growth = growthOf(logs, years);
  const level = logs.map((value, at) => value - growth * at);
  const byYear = Array.from({ length: years }, (_, year) => {
    const own = level.slice(year * 12, year * 12 + 12);
    const middle = median(own);
    return own.map((value) => value - middle);
  });
  const profile = Array.from({ length: 12 }, (_, month) => byYear.reduce((sum, own) => sum + own[month]!, 0) / years);
  const top = Math.max(...profile);
  const at = profile.indexOf(top);
  if (
    top < (years > 1 ? PEAK : PEAK_SEEN_ONCE) ||
    byYear.some((own) => own[at]! < Math.max(PEAK_OF_YEAR, top * EVERY_YEAR))
  )
    return undefined;
  const skipped = months.length - years * 12;
  const peaks = profile
    .map((value, month) => ({ value, month: ((firstMonth - 1 + skipped + month) % 12) + 1 }))
    .filter(({ value }) => value >= top / 2)
    .sort((left, right) => right.value - left.value);
  return { peakMonths: peaks.map(({ month }) => month), factor: Math.round(Math.exp(top) * 10) / 10, years };
}

/** Growth a month, from the medians of the first and the last year; one year cannot tell it from a season. */
function growthOf(logs: readonly number[], years: number): number {
  if (years < 2) return 0;
  return (median(logs.slice(-12)) - median(logs.slice(0, 12))) / ((years - 1) * 12);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
