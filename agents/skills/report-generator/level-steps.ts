import type { SearchConsoleExport } from '#platform/formats';
import { type LevelShift, understandDays } from '../keyword-research/days.ts';
import type { Period } from './period.ts';
import type { Days, Figure, Sources } from './sourced.ts';

const LEVEL = 0.8;

/** A day from which clicks stood on another level, weekdays and slopes taken out. */
export interface LevelStep {
  readonly day: Days;
  /** New level in relation to the one before, less one; with its interval. */
  readonly change: Figure;
  readonly low: Figure;
  readonly high: Figure;
  readonly level: Figure;
  readonly cause: LevelShift['cause'];
}

/** Steps between the first day of the compared period and the last of the period, by the export by date. */
export function levelSteps(
  name: string,
  read: SearchConsoleExport,
  by: { readonly period: Period; readonly compared: Period; readonly sources: Sources },
): LevelStep[] {
  const { period, compared, sources } = by;
  const shifts = understandDays(read)?.shifts ?? [];
  const method = sources.method(
    'Level step',
    'mean of the logarithms of four weeks from the day on less that of the four weeks before, weekdays taken out; told from six standard errors on, when a step fits better than a slope',
  );
  return shifts
    .filter(({ date }) => date >= compared.from && date <= period.to)
    .map(({ date, factor, cause }) => {
      const rows = sources.rows(
        name,
        'clicks',
        read.rows.map(({ line }) => line),
      );
      const source = sources.derived('step', [rows, method]);
      const share = (value: number) => sources.change(value - 1, 'share', source);
      return {
        day: sources.day(date, source),
        change: share(factor.mid),
        low: share(factor.low),
        high: share(factor.high),
        level: sources.figure(LEVEL, 'share', method),
        cause,
      };
    });
}
