import { contentHash } from '#platform';
import { encode, type FieldSource, type FieldSpec, offsetsOf } from './features.ts';
import { logOdds, type SparseRows, sigmoid } from './logistic.ts';
import type { Trained } from './train.ts';

/** A trained score as plain data: all that scoring another lead needs. Probabilities are calibrated. */
export interface ScoreModel {
  readonly version: 1;
  readonly kind: 'logistic-regression';
  readonly fields: readonly FieldSpec[];
  readonly intercept: number;
  readonly coefficients: readonly number[];
  readonly lambda: number;
  readonly slope: number;
  readonly shift: number;
  /** Mean part of each field in the log-odds over the leads learned from: what a driver is compared with. */
  readonly means: readonly number[];
  /** Upper ends of the tenths of the scores of the leads learned from, for drift. */
  readonly tenths: readonly number[];
}

export interface LeadScore {
  readonly probability: number;
  /** Part of each field in the log-odds, against the average lead; by field. */
  readonly parts: Float64Array;
}

/** @param rows those learned from */
export function makeModel(
  trained: Trained,
  { fields, data, rows }: { fields: readonly FieldSpec[]; data: SparseRows; rows: Int32Array },
): ScoreModel {
  const { fit, lambda, slope, shift } = trained;
  const offsets = offsetsOf(fields);
  const means = new Float64Array(fields.length);
  const fieldOf = fieldOfIndex(offsets);
  for (const row of rows) {
    for (let at = data.starts[row]!; at < data.starts[row + 1]!; at++) {
      const index = data.indices[at]!;
      means[fieldOf[index]!]! += (slope * fit.coefficients[index]! * data.values[at]!) / rows.length;
    }
  }
  const scores = Float64Array.from(rows, (row) => sigmoid(slope * logOdds(data, row, fit) + shift)).sort();
  const tenths = Array.from({ length: 9 }, (_, at) => scores[Math.floor(((at + 1) * scores.length) / 10)]!);
  return {
    version: 1,
    kind: 'logistic-regression',
    fields,
    intercept: round(fit.intercept),
    coefficients: Array.from(fit.coefficients, round),
    lambda,
    slope: round(slope),
    shift: round(shift),
    means: Array.from(means, round),
    tenths: tenths.map(round),
  };
}

/** Eight digits are more than any use of a coefficient sees, and keep the model's text short and its hash stable. */
const round = (value: number): number => Number(value.toPrecision(8));

function fieldOfIndex(offsets: readonly number[]): Int32Array {
  const fieldOf = new Int32Array(offsets.at(-1)!);
  for (let field = 0; field + 1 < offsets.length; field++) fieldOf.fill(field, offsets[field], offsets[field + 1]);
  return fieldOf;
}

export const modelHash = (model: ScoreModel): string => contentHash(JSON.stringify(model));

/** Scores every row of a table; a driver is the linear part of a field less its mean (Lundberg and Lee 2017, linear case). */
export function scoreAll(
  model: ScoreModel,
  { rows, source }: { rows: number; source: (column: string) => FieldSource },
): LeadScore[] {
  const data = encode(model.fields, { rows, source });
  const fieldOf = fieldOfIndex(offsetsOf(model.fields));
  const fit = { intercept: model.intercept, coefficients: Float64Array.from(model.coefficients) };
  return Array.from({ length: rows }, (_, row) => {
    const parts = Float64Array.from(model.means, (mean) => -mean);
    for (let at = data.starts[row]!; at < data.starts[row + 1]!; at++) {
      const index = data.indices[at]!;
      parts[fieldOf[index]!]! += model.slope * fit.coefficients[index]! * data.values[at]!;
    }
    return { probability: sigmoid(model.slope * logOdds(data, row, fit) + model.shift), parts };
  });
}
