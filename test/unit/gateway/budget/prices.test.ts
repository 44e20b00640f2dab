import { describe, expect, test } from 'vitest';
import { createPriceList, defaultPriceList, parsePriceFile, shippedPrices } from '#gateway';
import { createStreamCount } from '../../../../gateway/domain/budget/stream-count.ts';
import { QuantileEstimate } from '../../../../gateway/domain/budget/usual-length.ts';
import { costMicros, highestRates } from '../../../../gateway/domain/price/cost.ts';
import { ANTHROPIC_MODELS } from '../../../../gateway/models/anthropic.ts';
import { GOOGLE_MODELS } from '../../../../gateway/models/google.ts';
import { OPENAI_MODELS } from '../../../../gateway/models/openai.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const file = (models: Record<string, unknown>) =>
  parsePriceFile(JSON.stringify({ date: '2026-11-01', source: 'contract', models }), 'own.yaml');

describe('the price list', () => {
  test('finds a model by its name, without the date of its version, and as any other of its provider', () => {
    const list = defaultPriceList();
    const price = list.of({ provider: 'anthropic', name: 'claude-sonnet-5' }, NOW);
    expect(price).toMatchObject({ input: 2, output: 10, cached: 0.2, date: shippedPrices.date });
    expect(list.of({ provider: 'anthropic', name: 'claude-sonnet-5-20260701' }, NOW)).toEqual(price);
    expect(list.of({ provider: 'openai', name: 'gpt-4o-2024-11-20' }, NOW)?.name).toBe('openai/gpt-4o');
    expect(list.of({ provider: 'ollama', name: 'whatever:8b' }, NOW)).toMatchObject({ input: 0, name: 'ollama/*' });
    expect(list.of({ provider: 'anthropic', name: 'claude-unheard-of' }, NOW)).toBeUndefined();
  });

  test('takes one’s own file above the shipped one, line by line, with its date and source', () => {
    const list = defaultPriceList(file({ 'openai/gpt-4o': { input: 1, output: 2 } }));
    expect(list.of({ provider: 'openai', name: 'gpt-4o' }, NOW)).toMatchObject({ input: 1, source: 'contract' });
    expect(list.of({ provider: 'openai', name: 'gpt-4o-mini' }, NOW)).toMatchObject({ input: 0.15 });
  });

  test('takes an exact line of an earlier file before a vaguer one of a later', () => {
    const list = createPriceList(file({ 'a/b': { input: 1, output: 1 } }), file({ 'a/*': { input: 9, output: 9 } }));
    expect(list.of({ provider: 'a', name: 'b' }, NOW)?.input).toBe(1);
    expect(list.of({ provider: 'a', name: 'c' }, NOW)?.input).toBe(9);
  });

  test('charges by the price of the day on which a call begins, and by the shipped one before the first of its own', () => {
    const shipped = file({
      'a/b': [
        { input: 4, output: 4 },
        { from: '2026-11-24', input: 5, output: 5 },
      ],
    });
    const own = file({
      'a/b': [
        { from: '2027-01-01', input: 3, output: 3 },
        { from: '2026-12-01', input: 2, output: 2 },
      ],
      'c/d': { from: '2026-12-01', input: 1, output: 1 },
    });
    const list = createPriceList(shipped, own);
    const inputOn = (time: string, [provider, name]: readonly [string, string] = ['a', 'b']) =>
      list.of({ provider, name }, Date.parse(time))?.input;
    expect(inputOn('2026-11-23T23:59:59.999Z')).toBe(4);
    expect(inputOn('2026-11-24T00:00:00Z')).toBe(5);
    expect(inputOn('2026-12-01T00:00:00Z')).toBe(2);
    expect(inputOn('2026-12-31T23:59:59.999Z')).toBe(2);
    expect(inputOn('2027-01-01T00:00:00Z')).toBe(3);
    expect(inputOn('2026-11-30T23:59:59.999Z', ['c', 'd'])).toBeUndefined();
    expect(inputOn('2026-12-01T00:00:00Z', ['c', 'd'])).toBe(1);
  });

  test.each([
    ['{', /neither YAML nor JSON/],
    ['date: 2026-11-01\nsource: x\nmodels: { gpt: { input: 1, output: 1 } }', /models/],
    ['date: 2026-11-01\nsource: x\nmodels: { a/b: { input: -1, output: 1, inptu: 2 } }', /models\.a\/b.*models\.a\/b/],
    ['source: x\nmodels: {}', /date/],
    ['date: 2026-11-01\nsource: x\nmodels: { a/b: [{ input: 1, output: -1 }] }', /models\.a\/b\.0\.output/],
    ['date: 2026-11-01\nsource: x\nmodels: { a/b: [{ input: 1, output: 1 }, { input: 2, output: 1 }] }', /same day/],
    ['date: 2026-11-01\nsource: x\nmodels: { a/b: { from: soon, input: 1, output: 1 } }', /models\.a\/b\.from/],
    [
      'date: 2026-11-01\nsource: x\nmodels: {}\noffer: { a/*: { contextTokens: 0 } }',
      /offer\.a\/\*: an offer is of one model/,
    ],
  ])('refuses a wrong file and names every place: %s', (text, message) => {
    expect(() => parsePriceFile(text, 'own.yaml')).toThrow(message);
    expect(() => parsePriceFile(text, 'own.yaml')).toThrow(
      expect.objectContaining({ code: 'KAZE_PRICE_FILE_INVALID' }),
    );
  });
});

describe('the cost of a call', () => {
  const price = {
    ...{ input: 2, output: 10, cached: 0.2, cacheWrite: 2.5, cacheWriteHour: 4, reasoning: 12 },
    long: { aboveInputTokens: 1_000, input: 4, output: 15 },
  };
  const usage = { inputTokens: 1_000, outputTokens: 100, cachedTokens: 500 };

  test('charges each kind of token once, at its price', () => {
    const kinds = { ...usage, cacheWriteTokens: 300, cacheWriteHourTokens: 100, reasoningTokens: 40 };
    expect(costMicros(price, kinds)).toBe(200 * 2 + 500 * 0.2 + 200 * 2.5 + 100 * 4 + 60 * 10 + 40 * 12);
  });

  test('charges all tokens the higher price once the input is long, and kinds without a price as the plain one', () => {
    expect(costMicros(price, { ...usage, inputTokens: 1_001 })).toBe(1_001 * 4 + 100 * 15);
  });

  test('rounds up to a whole micro dollar, but not for the noise of decimal fractions', () => {
    const cheap = { input: 0.1, output: 0.3 };
    expect(costMicros(cheap, { inputTokens: 1, outputTokens: 0, cachedTokens: 0 })).toBe(1);
    expect(costMicros(cheap, { inputTokens: 10, outputTokens: 10, cachedTokens: 0 })).toBe(4);
  });

  test('is never above the highest rates, whatever kinds the tokens turn out to be', () => {
    const most = highestRates(price, 2_000);
    expect(most).toEqual({ inputMicros: 4, outputMicros: 15 });
    expect(highestRates(price, 1_000)).toEqual({ inputMicros: 4, outputMicros: 12 });
    expect(highestRates(price, 1_000, { cacheWrites: false })).toEqual({ inputMicros: 2, outputMicros: 12 });
  });
});

test('every hosted model that Kaze offers has a price, so that none is refused under a budget of money', () => {
  const list = defaultPriceList();
  const models = [...ANTHROPIC_MODELS, ...OPENAI_MODELS, ...GOOGLE_MODELS];
  expect(models.filter((model) => !list.of(model, NOW)).map(({ name }) => name)).toEqual([]);
});

test('every shipped price costs something where it should, and cached input no more than plain', () => {
  const lines = Object.entries(shippedPrices.models).flatMap(([name, line]) =>
    [line].flat().map((one) => [name, one] as const),
  );
  for (const [name, { input, output, cached = input }] of lines) {
    expect(cached, name).toBeLessThanOrEqual(input);
    if (!/^(offline|ollama)\//.test(name)) expect(input, name).toBeGreaterThan(0);
    if (!/embedding|\*/.test(name)) expect(output, name).toBeGreaterThanOrEqual(input);
  }
});

test('the quantile of the 20 observations of the P² paper is the one that it prints', () => {
  const observed = [0.02, 0.15, 0.74, 3.39, 0.83, 22.37, 10.15, 15.43, 38.62, 15.92];
  const more = [34.6, 10.28, 1.47, 0.4, 0.05, 11.39, 0.27, 0.42, 0.09, 11.37];
  const median = new QuantileEstimate(0.5);
  for (const value of [...observed, ...more]) median.observe(value);
  expect(median.value()).toBeCloseTo(4.44, 2);
});

test('the quantile comes near the true one of a skewed stream', () => {
  const high = new QuantileEstimate(0.95);
  let seed = 1;
  const values = Array.from({ length: 5_000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return -200 * Math.log(seed / 2_147_483_647);
  });
  for (const value of values) high.observe(value);
  const exact = values.toSorted((a, b) => a - b)[4_749]!;
  expect(Math.abs(high.value()! - exact) / exact).toBeLessThan(0.05);
});

test('a stream counts a token a piece, a token for four bytes, or what the vendor says when that is more', () => {
  const count = createStreamCount();
  for (const text of ['a', '', 'b']) count.add(text);
  expect(count.outputTokens).toBe(2);
  count.add('x'.repeat(40));
  expect(count.outputTokens).toBe(11);
  count.report(50);
  count.report(30);
  expect(count.outputTokens).toBe(50);
});
