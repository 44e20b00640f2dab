import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seasonOf } from '../../../../agents/skills/keyword-research/seasons.ts';

interface Series {
  /** YYYY-MM of the first value. */
  readonly first: string;
  /** Calendar month, and its values over those of the median month, by a classical decomposition. */
  readonly peak: number;
  readonly factor: number;
  readonly values: readonly number[];
}

const series = JSON.parse(
  readFileSync(new URL('../../../fixtures/public/months/series.json', import.meta.url), 'utf8'),
) as Record<string, Series>;
const found = (name: string) => {
  const { first, values } = series[name]!;
  return seasonOf(values, Number(first.slice(5)));
};

describe('seasons of monthly series from life', () => {
  it.each(['resort: stays with children', 'city: stays with children'])(
    'finds the summer holidays in %s, as high as another method finds them',
    (name) => {
      const { values, factor } = series[name]!;
      const season = found(name)!;
      expect(season).toMatchObject({ peakMonths: [8, 7], years: 2 });
      // Counts of arrivals: two standard errors of a ratio of Poisson counts, and what rounding takes.
      const inPeak = values.slice(-24).filter((_, at) => at % 12 === 11);
      const error = Math.sqrt((1 + factor) / inPeak.reduce((sum, count) => sum + count, 0));
      expect(Math.abs(season.factor - factor)).toBeLessThan(2 * error * factor + 0.05);
    },
  );

  it.each(['resort: stays', 'city: stays', 'airline passengers', 'wine sold'])(
    'reports none in %s, whose best month is less than 1.6 times the median one',
    (name) => {
      expect(series[name]!.factor).toBeLessThan(1.6);
      expect(found(name)).toBeUndefined();
    },
  );
});
