/**
 * Logistic regression with an L2 penalty on all coefficients but the intercept, by Newton's method (iteratively
 * reweighted least squares; le Cessie and van Houwelingen 1992), over sparse rows. Of our own, because the packages for
 * it are unregularised gradient descent (ml-logistic-regression 2.0.0) or years-old builds (ml-xgboost 1.1.2);
 * test/unit/agents/skills/lead-scoring-logistic.test.ts compares it with scikit-learn's coefficients.
 */

import type { Pace } from '#platform';

/** Rows in compressed form: row i has the entries from `starts[i]` to `starts[i + 1]`. */
export interface SparseRows {
  readonly width: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

export interface LogisticFit {
  readonly intercept: number;
  readonly coefficients: Float64Array;
  readonly iterations: number;
}

export interface FitOptions {
  /** Strength of the penalty, above 0: lambda/2 * |coefficients|^2 beside the sum of the log-losses (scikit-learn's 1/C). */
  readonly lambda: number;
  /** Rows to learn from; all when left out. */
  readonly rows?: Int32Array;
  /** Where to begin: a fit of nearly the same rows or strength. */
  readonly from?: LogisticFit;
  /** Largest step at which it ends. Default 1e-6. */
  readonly tolerance?: number;
}

const MOST_STEPS = 50;

/** @param wins 1 or 0 a row of `data` */
export function fitLogistic(data: SparseRows, wins: Float64Array, options: FitOptions): LogisticFit {
  const steps = newton(data, wins, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, giving way between the steps. */
export async function fitPaced(
  data: SparseRows,
  wins: Float64Array,
  { pace, ...options }: FitOptions & { readonly pace: Pace },
): Promise<LogisticFit> {
  const steps = newton(data, wins, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (pace.isDue()) await pace.rest();
  }
}

function* newton(data: SparseRows, wins: Float64Array, options: FitOptions): Generator<undefined, LogisticFit> {
  const { lambda, from, tolerance = 1e-6 } = options;
  const rows = options.rows ?? Int32Array.from({ length: wins.length }, (_, row) => row);
  const size = data.width + 1;
  // The intercept is the last parameter.
  let beta = new Float64Array(size);
  if (from) {
    beta.set(from.coefficients);
    beta[data.width] = from.intercept;
  } else {
    let won = 0;
    for (const row of rows) won += wins[row]!;
    beta[data.width] = Math.log((won + 0.5) / (rows.length - won + 0.5));
  }
  let state = evaluate(data, wins, { rows, beta, lambda });
  for (let step = 1; step <= MOST_STEPS; step++) {
    const { gradient, hessian } = derivatives(data, wins, { rows, beta, lambda, chances: state.chances });
    const move = solve(hessian, gradient, size);
    let share = 1;
    let next = stepped(beta, move, share);
    let nextState = evaluate(data, wins, { rows, beta: next, lambda });
    // Newton's step may overshoot where chances are near 0 or 1; the objective is convex, so a shorter one falls.
    while (nextState.objective > state.objective + 1e-9 && share > 1e-4) {
      share /= 2;
      next = stepped(beta, move, share);
      nextState = evaluate(data, wins, { rows, beta: next, lambda });
    }
    let largest = 0;
    for (const one of move) largest = Math.max(largest, Math.abs(one * share));
    beta = next;
    state = nextState;
    if (largest < tolerance || step === MOST_STEPS) {
      return { intercept: beta[data.width]!, coefficients: beta.slice(0, data.width), iterations: step };
    }
    yield;
  }
  throw new Error('unreachable');
}

/** Log-odds of one row. */
export function logOdds(data: SparseRows, row: number, fit: Pick<LogisticFit, 'intercept' | 'coefficients'>): number {
  let sum = fit.intercept;
  for (let at = data.starts[row]!; at < data.starts[row + 1]!; at++) {
    sum += data.values[at]! * fit.coefficients[data.indices[at]!]!;
  }
  return sum;
}

export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
/** ln(1 + e^x) without overflow. */
const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));

interface Point {
  readonly rows: Int32Array;
  readonly beta: Float64Array;
  readonly lambda: number;
}

function evaluate(data: SparseRows, wins: Float64Array, { rows, beta, lambda }: Point) {
  const fit = { intercept: beta[data.width]!, coefficients: beta };
  const chances = new Float64Array(rows.length);
  let objective = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const odds = logOdds(data, row, fit);
    chances[at] = sigmoid(odds);
    objective += softplus(odds) - wins[row]! * odds;
  }
  for (let index = 0; index < data.width; index++) objective += (lambda / 2) * beta[index]! ** 2;
  return { chances, objective };
}

function derivatives(data: SparseRows, wins: Float64Array, point: Point & { readonly chances: Float64Array }) {
  const { rows, beta, lambda, chances } = point;
  const { width, starts, indices, values } = data;
  const size = width + 1;
  const gradient = new Float64Array(size);
  // Lower triangle, row after row.
  const hessian = new Float64Array(size * size);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    const chance = chances[at]!;
    const error = chance - wins[row]!;
    const weight = Math.max(chance * (1 - chance), 1e-10);
    const end = starts[row + 1]!;
    for (let left = starts[row]!; left < end; left++) {
      const i = indices[left]!;
      const weighted = weight * values[left]!;
      gradient[i]! += error * values[left]!;
      hessian[width * size + i]! += weighted;
      // Indices of a row ascend, so this fills the lower triangle.
      for (let right = starts[row]!; right <= left; right++)
        hessian[i * size + indices[right]!]! += weighted * values[right]!;
    }
    gradient[width]! += error;
    hessian[width * size + width]! += weight;
  }
  for (let index = 0; index < width; index++) {
    gradient[index]! += lambda * beta[index]!;
    hessian[index * size + index]! += lambda;
  }
  return { gradient, hessian };
}

function stepped(beta: Float64Array, move: Float64Array, share: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(beta, (one, index) => one - share * move[index]!);
}

/** Solves A x = b for a positive definite A, given by its lower triangle, by Cholesky's factorisation in place. */
function solve(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  for (let column = 0; column < size; column++) {
    const at = column * size;
    let pivot = matrix[at + column]!;
    for (let k = 0; k < column; k++) pivot -= matrix[at + k]! ** 2;
    const root = Math.sqrt(Math.max(pivot, 1e-12));
    matrix[at + column] = root;
    for (let row = column + 1; row < size; row++) {
      const from = row * size;
      let sum = matrix[from + column]!;
      for (let k = 0; k < column; k++) sum -= matrix[from + k]! * matrix[at + k]!;
      matrix[from + column] = sum / root;
    }
  }
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    let sum = solution[row]!;
    for (let k = 0; k < row; k++) sum -= matrix[row * size + k]! * solution[k]!;
    solution[row] = sum / matrix[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = solution[row]!;
    for (let k = row + 1; k < size; k++) sum -= matrix[k * size + row]! * solution[k]!;
    solution[row] = sum / matrix[row * size + row]!;
  }
  return solution;
}
