import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chanceIn } from '../../../../../agents/skills/report-generator/chance.ts';
import { decompose, logarithmicMean } from '../../../../../agents/skills/report-generator/lmdi.ts';
import { comparedPeriod, periodOf } from '../../../../../agents/skills/report-generator/period.ts';
import { explainClicks } from '../../../../../agents/skills/report-generator/search-changes.ts';
import { Sources } from '../../../../../agents/skills/report-generator/sourced.ts';
import { textInput } from '../../../../support/skills/context.ts';

describe('the decomposition of a change', () => {
  it('gives each of two factors that grew alike the same part', () => {
    const [first, second] = decompose([{ before: [10, 2], after: [15, 3] }]);
    expect(first).toBeCloseTo(12.5, 10);
    expect(second).toBeCloseTo(12.5, 10);
  });

  it('puts all of a change down to the one factor that changed', () => {
    expect(decompose([{ before: [10, 2, 3], after: [10, 5, 3] }]).map((one) => Math.round(one * 1e9) / 1e9)).toEqual([
      0, 90, 0,
    ]);
  });

  it('adds up to the change, whatever the parts', () => {
    const factor = fc.double({ min: 1e-3, max: 1e4, noNaN: true });
    const part = fc.record({ before: fc.tuple(factor, factor, factor), after: fc.tuple(factor, factor, factor) });
    const total = (parts: ReadonlyArray<readonly number[]>) => parts.reduce((sum, [a, b, c]) => sum + a! * b! * c!, 0);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
        const change = total(parts.map(({ after }) => after)) - total(parts.map(({ before }) => before));
        const sum = decompose(parts).reduce((all, one) => all + one, 0);
        const size = Math.max(total(parts.map(({ after }) => after)), total(parts.map(({ before }) => before)));
        expect(Math.abs(sum - change) / size).toBeLessThan(1e-9);
      }),
      { seed: 20261123, numRuns: 200 },
    );
  });

  it('refuses factors of nothing, and keeps its digits near equality', () => {
    expect(() => decompose([{ before: [0, 1], after: [1, 1] }])).toThrow(RangeError);
    expect(logarithmicMean(1 + 1e-9, 1)).toBeCloseTo(1 + 5e-10, 14);
  });
});

describe('a change in clicks', () => {
  const query = (name: string, clicks: number, impressions: number, position: number) => ({
    ...{ query: name, clicks, impressions, position, lines: [2], pages: [] },
  });
  const table = (queries: ReturnType<typeof query>[]) => ({
    name: 'q.csv',
    queries,
    hasPages: false,
    rows: 1,
    notes: [],
  });
  // A tenth at the top, half of it for each place further down.
  const curve = { rate: (position: number) => 0.1 * 0.5 ** (position - 1) } as Parameters<
    typeof explainClicks
  >[1]['curve'];
  const sources = new Sources();
  const of = [sources.input('current_rankings'), sources.input('previous_rankings')];
  const explain = (
    now: ReturnType<typeof query>[],
    before: ReturnType<typeof query>[],
    days = { now: 30, before: 30 },
  ) =>
    Object.fromEntries(
      explainClicks({ now: table(now), before: table(before) }, { curve, sources, days, of })!.map(
        ({ name, figure }) => [name, Math.round(figure.value * 1e6) / 1e6],
      ),
    );

  it('is demand when only impressions changed, position when only places did', () => {
    expect(explain([query('a', 200, 2000, 1)], [query('a', 100, 1000, 1)])).toEqual({
      demand: 100,
      mix: 0,
      position: 0,
      rate: 0,
    });
    expect(explain([query('a', 50, 1000, 2)], [query('a', 100, 1000, 1)])).toEqual({
      demand: 0,
      mix: 0,
      position: -50,
      rate: 0,
    });
  });

  it('is the rate at a position when neither changed, and the mix when impressions moved between queries', () => {
    expect(explain([query('a', 150, 1000, 1)], [query('a', 100, 1000, 1)])).toMatchObject({ position: 0, rate: 50 });
    const moved = explain(
      [query('a', 150, 1500, 1), query('b', 25, 500, 2)],
      [query('a', 100, 1000, 1), query('b', 50, 1000, 2)],
    );
    expect(moved).toEqual({ demand: 0, mix: 25, position: 0, rate: 0 });
  });

  it('is the length of the period where it differs, and queries of one export only stand by themselves', () => {
    expect(explain([query('a', 310, 3100, 1)], [query('a', 300, 3000, 1)], { now: 31, before: 30 })).toMatchObject({
      days: 10,
      demand: 0,
    });
    expect(
      explain([query('a', 100, 1000, 1), query('new', 7, 70, 1)], [query('a', 100, 1000, 1), query('old', 5, 50, 1)]),
    ).toEqual({
      ...{ demand: 0, mix: 0, position: 0, rate: 0 },
      ...{ appeared: 7, gone: -5 },
    });
  });

  it('takes rare queries together, those without a click among them', () => {
    const found = explain(
      [query('a', 100, 1000, 1), query('b', 0, 100, 1), query('c', 12, 100, 1)],
      [query('a', 100, 1000, 1), query('b', 3, 100, 1), query('c', 3, 100, 1)],
    );
    expect(found.rate).toBeCloseTo(6, 6);
  });

  it('may be chance within the interval of two counts, and is too thin to take apart below forty clicks', () => {
    const figure = (value: number) => sources.figure(value, 'count', of[0]!);
    const chance = chanceIn(figure(110), figure(100), sources);
    expect(chance).toMatchObject({ mayBeChance: true, isThin: false });
    expect(chance.low.value).toBeCloseTo(10 - 1.2816 * Math.sqrt(210), 6);
    expect(chanceIn(figure(200), figure(100), sources).mayBeChance).toBe(false);
    expect(chanceIn(figure(15), figure(9), sources).isThin).toBe(true);
  });
});

describe('the period of a report', () => {
  const now = Date.parse('2026-11-23T09:00:00Z');
  const of = (text: string) => periodOf(textInput(text), now);

  it.each([
    ['2026-10', '2026-10-01', '2026-10-31'],
    ['October 2026', '2026-10-01', '2026-10-31'],
    ['Oktober 2026', '2026-10-01', '2026-10-31'],
    ['2026-Q3', '2026-07-01', '2026-09-30'],
    ['Q3 2026', '2026-07-01', '2026-09-30'],
    ['2025', '2025-01-01', '2025-12-31'],
    ['2026-10-05 to 2026-10-11', '2026-10-05', '2026-10-11'],
    ['5.10.2026 bis 11.10.2026', '2026-10-05', '2026-10-11'],
    ['2026-10-05..2026-10-11', '2026-10-05', '2026-10-11'],
    ['last month', '2026-10-01', '2026-10-31'],
    ['this month', '2026-11-01', '2026-11-30'],
  ])('reads %s', (text, from, to) => {
    expect(of(text)).toEqual({ from, to });
  });

  it('is the last whole month when nothing is said', () => {
    expect(periodOf(undefined, now)).toEqual({ from: '2026-10-01', to: '2026-10-31' });
    expect(periodOf(undefined, Date.parse('2026-01-01T00:00:00Z'))).toEqual({ from: '2025-12-01', to: '2025-12-31' });
  });

  it('is compared with as many days before it, whole months with whole ones, or what is said', () => {
    expect(comparedPeriod(undefined, of('2026-03'))).toEqual({ from: '2026-02-01', to: '2026-02-28' });
    expect(comparedPeriod(undefined, of('2026-Q1'))).toEqual({ from: '2025-10-01', to: '2025-12-31' });
    expect(comparedPeriod(undefined, of('2026-10-05 to 2026-10-11'))).toEqual({ from: '2026-09-28', to: '2026-10-04' });
    expect(comparedPeriod(textInput('year-before'), of('2024-02'))).toEqual({ from: '2023-02-01', to: '2023-02-28' });
    expect(comparedPeriod(textInput('2026-01'), of('2026-03'))).toEqual({ from: '2026-01-01', to: '2026-01-31' });
  });

  it.each(['soon', '2026-13', '2026-10-11 to 2026-10-05', '2027-01', '2020-01-01 to 2026-01-01'])(
    'refuses %s with what is expected',
    (text) => {
      expect(() => of(text)).toThrow(expect.objectContaining({ code: 'KAZE_SKILL_INPUT_INVALID' }));
      expect(() => of(text)).toThrow(/period: found ".*expected a month/);
    },
  );

  it('refuses to compare with what lies in it or after it', () => {
    expect(() => comparedPeriod(textInput('2026-10'), of('2026-10'))).toThrow(/must end before the period begins/);
  });
});
