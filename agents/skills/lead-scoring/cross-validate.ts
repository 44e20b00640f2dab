import type { Pace } from '#platform';
import { sigmoid } from './logistic.ts';
import { shuffled } from './random.ts';
import { scoreOdds, type TrainingData, train } from './train.ts';

/** Predictions for leads that the model making them had not seen. */
export interface HeldOut {
  readonly scores: Float64Array;
  readonly wins: Float64Array;
  readonly rows: Int32Array;
  readonly by: 'time' | 'folds';
  readonly parts: number;
}

/** The first share of the leads is only learned from; the rest is predicted in blocks. */
const FIRST_SHARE = 0.4;
const BLOCKS = 4;
const FOLDS = 5;
const LEAST_OF_CLASS = 15;
const SEED = 7_031;

/**
 * Predicts past leads as if they were open: by time (rolling origin; Tashman, International Journal of Forecasting 16,
 * 2000) where days are known, each block from leads that were *decided* before it begins; else in five folds.
 *
 * @param decided day of the decision by row, where known
 */
export async function crossValidate(
  given: TrainingData & { readonly decided?: Float64Array },
  rows: Int32Array,
  pace: Pace,
): Promise<HeldOut | undefined> {
  const days = given.days;
  const parts = days ? timeBlocks(rows, days, given.decided) : folds(rows);
  const scores: number[] = [];
  const wins: number[] = [];
  const seen: number[] = [];
  let made = 0;
  for (const { learn, test } of parts) {
    const won = learn.reduce((sum, row) => sum + given.wins[row]!, 0);
    if (test.length === 0 || won < LEAST_OF_CLASS || learn.length - won < LEAST_OF_CLASS) continue;
    const trained = await train(given, learn, pace);
    for (const row of test) {
      scores.push(sigmoid(scoreOdds(given.data, row, trained)));
      wins.push(given.wins[row]!);
      seen.push(row);
    }
    made++;
  }
  if (made === 0) return undefined;
  return {
    scores: Float64Array.from(scores),
    wins: Float64Array.from(wins),
    rows: Int32Array.from(seen),
    by: days ? 'time' : 'folds',
    parts: made,
  };
}

interface Part {
  readonly learn: Int32Array;
  readonly test: Int32Array;
}

function timeBlocks(rows: Int32Array, days: Float64Array, decided: Float64Array | undefined): Part[] {
  const ordered = rows.filter((row) => !Number.isNaN(days[row])).sort((a, b) => days[a]! - days[b]! || a - b);
  const first = Math.floor(ordered.length * FIRST_SHARE);
  return Array.from({ length: BLOCKS }, (_, block): Part => {
    const from = first + Math.floor(((ordered.length - first) * block) / BLOCKS);
    const to = first + Math.floor(((ordered.length - first) * (block + 1)) / BLOCKS);
    const start = days[ordered[from]!]!;
    const known = (row: number) => {
      const day = decided?.[row] ?? Number.NaN;
      return Number.isNaN(day) || day <= start;
    };
    return { learn: ordered.filter((row, at) => at < from && known(row)), test: ordered.slice(from, to) };
  });
}

function folds(rows: Int32Array): Part[] {
  const order = shuffled(rows, SEED);
  return Array.from({ length: FOLDS }, (_, fold) => ({
    learn: order.filter((_, at) => at % FOLDS !== fold),
    test: order.filter((_, at) => at % FOLDS === fold),
  }));
}
