import type { Pace } from '#platform';
import { fitPaced, type LogisticFit, logOdds, type SparseRows, sigmoid } from './logistic.ts';
import { shuffled } from './random.ts';

/** Strengths tried, strong first: each fit is where the next begins. */
const LAMBDAS = [512, 128, 32, 8, 2, 0.5];
const FOLDS = 3;
const SEED = 20_261_122;

export interface Trained {
  readonly fit: LogisticFit;
  readonly lambda: number;
  /** Log-odds of the fit to calibrated ones: slope times them plus shift. */
  readonly slope: number;
  readonly shift: number;
}

export interface TrainingData {
  readonly data: SparseRows;
  /** 1 won, 0 lost; by row. */
  readonly wins: Float64Array;
  /** Day of creation by row, where days are known: recent leads weigh more in the calibration. */
  readonly days?: Float64Array;
}

/**
 * Chooses the strength of the penalty by the log-loss of left-out rows (three folds), calibrates on the same left-out
 * scores (Platt 1999, drawn towards no change where rows are few), and fits all rows.
 */
export async function train(given: TrainingData, rows: Int32Array, pace: Pace): Promise<Trained> {
  const { data, wins } = given;
  const order = shuffled(rows, SEED);
  const parts = Array.from({ length: FOLDS }, (_, fold) => ({
    test: order.filter((_, at) => at % FOLDS === fold),
    learn: order.filter((_, at) => at % FOLDS !== fold),
    last: undefined as LogisticFit | undefined,
  }));
  let best: { loss: number; lambda: number; odds: Float64Array } | undefined;
  for (const lambda of LAMBDAS) {
    const odds = new Float64Array(wins.length);
    let loss = 0;
    for (const part of parts) {
      part.last = await fitPaced(data, wins, { lambda, rows: part.learn, from: part.last, tolerance: 1e-3, pace });
      for (const row of part.test) {
        odds[row] = logOdds(data, row, part.last);
        loss -= Math.log(Math.max(1e-15, sigmoid(wins[row] === 1 ? odds[row]! : -odds[row]!)));
      }
      await pace.rest();
    }
    if (best === undefined || loss < best.loss) best = { loss, lambda, odds };
    // The loss over strengths has one valley: once it rises clearly, weaker penalties only rise further.
    else if (loss > best.loss * 1.002) break;
  }
  const { lambda, odds } = best!;
  const fit = await fitPaced(data, wins, { lambda, rows, from: parts[0]!.last, tolerance: 1e-5, pace });
  await pace.rest();
  return { fit, lambda, ...calibrate(odds, { ...given, rows }) };
}

/** Prior strength on both numbers of the calibration: a shift of about .3 is as far as few rows may pull it. */
const PULL = 10;
/** Rows that the recent half shall have: with few rows a trend is harder to tell from chance than to bear. */
const RECENT_ROWS = 1_000;
const LEAST_HALF_LIFE = 0.15;

/** Slope and shift by Newton's method on weighted rows. */
function calibrate(
  odds: Float64Array,
  { wins, days, rows }: TrainingData & { readonly rows: Int32Array },
): { slope: number; shift: number } {
  const weights = recency(rows, days);
  let [slope, shift] = [1, 0];
  for (let step = 0; step < 30; step++) {
    let [g0, g1, h00, h01, h11] = [PULL * shift, PULL * (slope - 1), PULL, 0, PULL];
    for (const [at, row] of rows.entries()) {
      const x = odds[row]!;
      const chance = sigmoid(slope * x + shift);
      const error = weights[at]! * (chance - wins[row]!);
      const weight = weights[at]! * Math.max(1e-10, chance * (1 - chance));
      g0 += error;
      g1 += error * x;
      h00 += weight;
      h01 += weight * x;
      h11 += weight * x * x;
    }
    const det = h00 * h11 - h01 * h01;
    const [moveShift, moveSlope] = [(h11 * g0 - h01 * g1) / det, (h00 * g1 - h01 * g0) / det];
    shift -= moveShift;
    slope -= moveSlope;
    if (Math.abs(moveShift) + Math.abs(moveSlope) < 1e-8) break;
  }
  // A score that ranks the wrong way round is no score; the checks that follow refuse it.
  return { slope: Math.max(0.05, slope), shift };
}

function recency(rows: Int32Array, days: Float64Array | undefined): Float64Array {
  if (days === undefined) return new Float64Array(rows.length).fill(1);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    const day = days[row]!;
    if (day < first) first = day;
    if (day > last) last = day;
  }
  const share = Math.min(1, Math.max(LEAST_HALF_LIFE, RECENT_ROWS / rows.length));
  const half = Math.max(30, (last - first) * share);
  return Float64Array.from(rows, (row) => (Number.isNaN(days[row]) ? 0.1 : 2 ** ((days[row]! - last) / half)));
}

/** Calibrated log-odds of a row. */
export function scoreOdds(data: SparseRows, row: number, { fit, slope, shift }: Trained): number {
  return slope * logOdds(data, row, fit) + shift;
}
