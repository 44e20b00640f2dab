import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../agents/skills/lead-scoring/evaluate.ts';
import { fitLogistic, logOdds, type SparseRows, sigmoid } from '../../../../agents/skills/lead-scoring/logistic.ts';
import { auc } from '../../../../agents/skills/lead-scoring/ranks.ts';
import { createRandom } from '../../../fixtures/clients/generate/index.ts';

interface Reference {
  readonly fits: ReadonlyArray<{ lambda: number; intercept: number; coefficients: readonly number[] }>;
  readonly auc: number;
  readonly brier: number;
  readonly rounded: { scores: readonly number[]; wins: readonly number[]; auc: number; error: number };
}
const reference = JSON.parse(
  readFileSync(new URL('../../../fixtures/logistic-reference/reference.json', import.meta.url), 'utf8'),
) as Reference;

/** The rows of test/fixtures/logistic-reference/make.py; zeros are left out, as the encoding does. */
function referenceRows(): { data: SparseRows; wins: Float64Array } {
  const [starts, indices, values, wins]: number[][] = [[0], [], [], []];
  for (let i = 0; i < 60; i++) {
    const [a, b, c, d] = [((i * 37) % 23) / 11 - 1, ((i * 17) % 13) / 6 - 1, i % 3 === 0 ? 1 : 0, ((i * 29) % 31) / 15];
    for (const [index, value] of [a, b, c, d].entries()) {
      if (value === 0) continue;
      indices!.push(index);
      values!.push(value);
    }
    starts!.push(indices!.length);
    wins!.push(a + 0.7 * b - 0.9 * c + 0.3 * d + (((i * 53) % 19) / 9.5 - 1) * 1.2 > 0 ? 1 : 0);
  }
  const data = {
    width: 4,
    starts: Int32Array.from(starts!),
    indices: Int32Array.from(indices!),
    values: Float64Array.from(values!),
  };
  return { data, wins: Float64Array.from(wins!) };
}

describe('the logistic regression', () => {
  const { data, wins } = referenceRows();

  it.each(reference.fits)('has the coefficients of scikit-learn at lambda $lambda', (expected) => {
    const { lambda } = expected;
    const fit = fitLogistic(data, wins, { lambda, tolerance: 1e-12 });
    expect(fit.intercept).toBeCloseTo(expected.intercept, 8);
    for (const [index, value] of expected.coefficients.entries()) expect(fit.coefficients[index]).toBeCloseTo(value, 8);
  });

  it('comes to the same end from another beginning, and learns from the given rows only', () => {
    const [weak, , strong] = reference.fits;
    const from = fitLogistic(data, wins, { lambda: strong!.lambda });
    const fit = fitLogistic(data, wins, { lambda: weak!.lambda, from, tolerance: 1e-12 });
    expect(fit.coefficients[0]).toBeCloseTo(weak!.coefficients[0]!, 8);
    const part = fitLogistic(data, wins, { lambda: 0.5, rows: Int32Array.from({ length: 30 }, (_, at) => at) });
    const alone = fitLogistic({ ...data, starts: data.starts.slice(0, 31) }, wins.slice(0, 30), { lambda: 0.5 });
    expect(part.coefficients).toEqual(alone.coefficients);
    expect(part.coefficients[0]).not.toBeCloseTo(weak!.coefficients[0]!, 2);
  });

  it('ends on classes that a line parts, where the penalty alone holds it', () => {
    const parted = Float64Array.from(wins, (_, row) =>
      logOdds(data, row, { intercept: 0, coefficients: new Float64Array([1, 0, 0, 0]) }) > 0 ? 1 : 0,
    );
    const fit = fitLogistic(data, parted, { lambda: 1e-3 });
    expect(fit.coefficients.every(Number.isFinite)).toBe(true);
    expect(fit.coefficients[0]).toBeGreaterThan(5);
  });

  it('has the AUC and the Brier score of scikit-learn', () => {
    const fit = fitLogistic(data, wins, { lambda: 8, tolerance: 1e-12 });
    const scores = Float64Array.from(wins, (_, row) => sigmoid(logOdds(data, row, fit)));
    expect(auc(scores, wins)!.value).toBeCloseTo(reference.auc, 10);
    expect(evaluate(scores, wins)!.brier).toBeCloseTo(reference.brier, 10);
  });
});

describe('the AUC', () => {
  it('has the standard error of DeLong with ties, as the definition over all pairs gives it', () => {
    const { scores, wins, auc: expected, error } = reference.rounded;
    const found = auc(scores, wins)!;
    expect(found.value).toBeCloseTo(expected, 12);
    expect(found.error).toBeCloseTo(error, 10);
    expect(found.low).toBeCloseTo(expected - 1.959963984540054 * error, 10);
  });

  it('is not known with one outcome only', () => {
    expect(auc([0.1, 0.2], [1, 1])).toBeUndefined();
  });
});

describe('the evaluation', () => {
  const random = createRandom(11, 'evaluation');
  const truth = Float64Array.from({ length: 6_000 }, () => sigmoid(-1 + 1.2 * random.normal()));
  const wins = Float64Array.from(truth, (chance) => (random.chance(chance) ? 1 : 0));

  it('finds a true probability calibrated within chance', () => {
    const quality = evaluate(truth, wins)!;
    expect(quality.calibrationError.value).toBeLessThanOrEqual(quality.calibrationByChance);
    expect(quality.calibrationExcess).toBeLessThan(0.01);
    expect(quality.bins).toHaveLength(10);
    expect(quality.bins.every(({ leads }) => leads === 600)).toBe(true);
    expect(quality.baseRate.value).toBeCloseTo(wins.reduce((sum, one) => sum + one, 0) / 6_000, 12);
  });

  it('finds a distorted one off, by about as much as it is', () => {
    const sure = truth.map((chance) => Math.min(0.99, chance + 0.1));
    const quality = evaluate(sure, wins)!;
    expect(quality.calibrationError.value).toBeGreaterThan(0.08);
    expect(quality.calibrationExcess).toBeGreaterThan(0.07);
    expect(quality.calibrationError.low).toBeGreaterThan(0.03);
  });

  it('gives a lift whose interval holds 1 for a score that knows nothing, and the same figures each time', () => {
    const noise = Float64Array.from(wins, () => random.next());
    const quality = evaluate(noise, wins)!;
    expect(quality.lift.low).toBeLessThan(1);
    expect(quality.lift.high).toBeGreaterThan(1);
    expect(evaluate(noise, wins)).toEqual(quality);
    expect(evaluate(truth, wins)!.lift.value).toBeGreaterThan(1.8);
  });
});
