import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse, profile } from '../../../../agents/skills/lead-scoring/analyse.ts';
import { evaluate } from '../../../../agents/skills/lead-scoring/evaluate.ts';
import { fitLogistic, logOdds, type SparseRows, sigmoid } from '../../../../agents/skills/lead-scoring/logistic.ts';
import { auc } from '../../../../agents/skills/lead-scoring/ranks.ts';
import { readLeads } from '../../../../agents/skills/lead-scoring/read-leads.ts';
import { fileInput } from '../../../support/skills/context.ts';

interface Reference {
  readonly rows: number;
  readonly cancelled: number;
  readonly numbers: readonly string[];
  readonly fits: ReadonlyArray<{
    readonly lambda: number;
    readonly intercept: number;
    readonly coefficients: readonly number[];
    readonly auc: number;
    readonly brier: number;
  }>;
  readonly whole: {
    readonly columns: readonly string[];
    readonly auc: number;
    readonly error: number;
    readonly brier: number;
  };
}

const FOLDER = new URL('../../../fixtures/public/hotel-bookings/', import.meta.url);
const bytes = readFileSync(new URL('bookings.csv', FOLDER));
const reference = JSON.parse(readFileSync(new URL('reference.json', FOLDER), 'utf8')) as Reference;
const [header, ...lines] = bytes.toString().trim().split('\n');
const cells = lines.map((line) => line.split(','));
const columnAt = (name: string) => header!.split(',').indexOf(name);
const wins = Float64Array.from(cells, (row) => Number(row[columnAt('is_canceled')]));

function numbersOf(names: readonly string[]): SparseRows {
  const columns = names.map(columnAt);
  return {
    width: names.length,
    starts: Int32Array.from({ length: cells.length + 1 }, (_, row) => row * names.length),
    indices: Int32Array.from({ length: cells.length * names.length }, (_, at) => at % names.length),
    values: Float64Array.from(cells.flatMap((row) => columns.map((at) => Number(row[at])))),
  };
}

describe('bookings of two hotels, of which some were cancelled', () => {
  it.each(reference.fits)(
    'are fitted as scikit-learn fits them at lambda $lambda, columns of all scales together',
    (expected) => {
      const data = numbersOf(reference.numbers);
      const fit = fitLogistic(data, wins, { lambda: expected.lambda, tolerance: 1e-12 });
      expect(fit.intercept).toBeCloseTo(expected.intercept, 8);
      for (const [at, value] of expected.coefficients.entries()) expect(fit.coefficients[at]).toBeCloseTo(value, 8);
      const scores = Float64Array.from(wins, (_, row) => sigmoid(logOdds(data, row, fit)));
      expect(auc(scores, wins)!.value).toBeCloseTo(expected.auc, 10);
      expect(evaluate(scores, wins)!.brier).toBeCloseTo(expected.brier, 10);
    },
  );

  it('are scored as well as by scikit-learn with all that is known beforehand, and never by what is known after', async () => {
    const outcome = { column: 'is_canceled', wonValues: ['1'] };
    const leads = profile(await readLeads(fileInput('bookings.csv', bytes), 'leads'), outcome);
    const { choice, quality, decided } = await analyse({ leads }, { outcome });
    expect(decided).toEqual({ won: reference.cancelled, lost: reference.rows - reference.cancelled });
    // 131 of 132 bookings with "Non Refund" were cancelled: too sure to have been known beforehand.
    const leaked = choice.leftOut.filter(({ because }) => because === 'leaked').map(({ column }) => column);
    expect(leaked).toEqual(['deposit_type', 'reservation_status']);
    const used = choice.used.map((column) => column.header);
    expect(used).toEqual(reference.whole.columns.filter((name) => name !== 'deposit_type'));
    // No worse than chance explains: DeLong's standard error of the reference, two-sided 95 %.
    expect(quality.auc.value).toBeGreaterThan(reference.whole.auc - 1.96 * reference.whole.error);
    expect(quality.calibrationExcess).toBeLessThanOrEqual(0.03);
  });
});
