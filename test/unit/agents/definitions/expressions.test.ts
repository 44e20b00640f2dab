import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkExpression,
  evaluateExpression,
  parseExpression,
  renderExpression,
} from '../../../../agents/definitions/expressions/index.ts';

function evaluate(text: string, values: Record<string, unknown> = {}) {
  const { expression, problem } = parseExpression(text);
  if (!expression) throw new Error(problem?.what);
  return evaluateExpression(expression, values);
}

describe('evaluating', () => {
  it.each([
    ['1 + 2 * 3 == 7', true],
    ['(1 + 2) * 3 == 9', true],
    ['10 - 3 - 2 == 5', true],
    ['-2 * -3 == 6', true],
    ['not 1 > 2 and 2 > 1', true],
    ['false and false or true', true],
    ['"b" in ["a", "b"] and "x" not in ["a"]', true],
    ['\'ell\' in "hello"', true],
    ['score >= 0.5', true],
    ['report.total == 3', true],
    ['count(items) == 2 and length(name) == 4', true],
    ['sum(items.n) == 3 and avg(items.n) == 1.5', true],
    ['min(items.n) == 1 and max(4, items_max, 2) == 9', true],
    ['all(items, n > 0) and any(items, n > 1) and not all(items, n > 1)', true],
    ['count(items, n > limit) == 1', true],
    ['all(flags)', false],
    ['missing == null', true],
    ['missing == null or missing > 3', true],
    ['count(missing) == 0', true],
    ['name == "größe"', false],
  ])('%s is %s', (text, passed) => {
    const values = {
      score: 0.5,
      report: { total: 3 },
      items: [{ n: 1 }, { n: 2 }],
      name: 'four',
      items_max: 9,
      flags: [true, false],
      limit: 1,
    };
    expect(evaluate(text, values)).toMatchObject({ passed });
    expect(evaluate(text, values).undecided).toBeUndefined();
  });

  it.each([
    [
      'relevance_score > 0.8',
      { relevance_score: 0.62 },
      'relevance_score = 0.62, needs > 0.8',
      'raise relevance_score from 0.62 to above 0.8',
    ],
    [
      '0.8 < relevance_score',
      { relevance_score: 0.62 },
      'relevance_score = 0.62, needs > 0.8',
      'raise relevance_score from 0.62 to above 0.8',
    ],
    ['not errors > 3', { errors: 5 }, 'errors = 5, needs <= 3', 'lower errors from 5 to at most 3'],
    ['a > 1 and b > 1', { a: 2, b: 0 }, 'b = 0, needs > 1', 'raise b from 0 to above 1'],
    [
      'a > 1 or b > 1',
      { a: 0, b: 0 },
      'a = 0, needs > 1; b = 0, needs > 1',
      'raise a from 0 to above 1, or raise b from 0 to above 1',
    ],
    [
      'clicks > target',
      { clicks: 3, target: 5 },
      'clicks = 3, needs > target (5)',
      'raise clicks from 3 to above target (5)',
    ],
    [
      'kind in ["a", "b"]',
      { kind: 'c' },
      'kind = "c", needs in ["a", "b"]',
      'change kind from "c" to one of ["a", "b"]',
    ],
    ['done', { done: false }, 'done = false, needs true', 'make done true'],
    [
      'all(items, n > 1)',
      { items: [{ n: 2 }, { n: 1 }] },
      '1 of 2 items of items have n > 1, needs all, first is item 2: n = 1, needs > 1',
      'make n > 1 true for every item of items',
    ],
  ])('%s says why it failed and what would mend it', (text, values, explanation, mend) => {
    expect(evaluate(text, values)).toEqual({ passed: false, explanation, mend });
  });

  it('says what held when it passed', () => {
    expect(evaluate('relevance_score > 0.8', { relevance_score: 0.9 })).toEqual({
      passed: true,
      explanation: 'relevance_score = 0.9, needs > 0.8',
      mend: '',
    });
  });

  it.each([
    ['relevance_score > 0.8', {}, 'relevance_score is missing, needs > 0.8'],
    ['a / b > 1', { a: 1, b: 0 }, 'b is 0, nothing can be divided by it'],
    ['a > 1', { a: 'x'.repeat(3) }, 'a is "xxx", needs > 1'],
    ['a > 1', { a: Number.NaN }, 'a is NaN, needs > 1'],
    ['done', { done: 'yes' }, 'done is "yes", needs true or false'],
    ['avg(items.n) > 1', { items: [{ n: 1 }, {}] }, 'an item of avg(items.n) is missing, needs a number'],
    ['avg(items) > 1', { items: [] }, 'avg(items) has no items, needs at least one'],
  ])('%s does not pass when it cannot be decided', (text, values, explanation) => {
    expect(evaluate(text, values)).toMatchObject({ passed: false, explanation, undecided: explanation });
  });
});

describe('safety', () => {
  it.each([
    'constructor',
    '__proto__',
    'toString',
    'a.constructor',
    'a.__proto__.x',
    'items.length',
    'name.length',
    'a.hasOwnProperty',
  ])('%s reaches no prototype', (text) => {
    expect(evaluate(`${text} == null`, { a: {}, name: 'x' }).passed).toBe(true);
  });

  it('does not run getters of class instances', () => {
    class Trap {
      get x() {
        throw new Error('ran');
      }
    }
    expect(evaluate('a.x == null', { a: new Trap() }).passed).toBe(true);
  });

  it.each([
    ['a'.repeat(501), /501 characters/],
    [`${'('.repeat(40)}1${')'.repeat(40)}`, /nested too deeply/],
    [Array.from({ length: 60 }, () => 'a').join('+'), /nested too deeply/],
    ['a && b', /"&&" is not known/],
    ['a = 1', /"=" is not known/],
    ['0 < a < 1', /second comparison in a row/],
    ['matches(a, "x")', /unknown function "matches"/],
    ['cuont(a) > 1', /unknown function "cuont"/],
    ['a > "x', /without its closing quote/],
    ['1.2.3 > 1', /"1.2.3" is not a number/],
    ['a[0] > 1', /"\[" after the end/],
    ['a; b', /";" has no meaning/],
    ['count() > 1', /count\(\) with 0 values/],
    ['', /ends too early/],
  ])('refuses %s', (text, expected) => {
    expect(parseExpression(text).problem?.what).toMatch(expected);
  });

  it('stops at its budget of steps on large data', () => {
    const items = Array.from({ length: 400 }, () => ({ n: Array.from({ length: 400 }, () => 1) }));
    const started = performance.now();
    expect(evaluate('all(items, all(items, sum(n) > 1))', { items }).explanation).toMatch(/more than 100000 steps/);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      'b.c',
      '1',
      '0.5',
      '"t"',
      'and',
      'or',
      'not',
      'in',
      '(',
      ')',
      '[',
      ']',
      ',',
      '<',
      '==',
      '+',
      '/',
      '-',
      'count',
      'all',
      'null',
      '.',
      '%',
      '"',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()),
        (pieces, values) => {
          const { expression } = parseExpression(pieces.join(' '));
          if (!expression) return;
          expect(evaluateExpression(expression, values).explanation).not.toBe('');
          const again = parseExpression(renderExpression(expression)).expression;
          expect(renderExpression(again!)).toBe(renderExpression(expression));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('checking before anything runs', () => {
  const check = (text: string, names?: string[]) =>
    checkExpression(parseExpression(text).expression!, names ? { names } : {});

  it.each([
    ['relevence_score > 0.8', /unknown name "relevence_score"/],
    ['"high" > 3', /a text compared with a number/],
    ['true > false', /">" on a boolean/],
    ['a + "x" > 1', /is a text/],
    ['relevance_score', undefined],
    ['relevance_score * 2', /is a number, no yes or no/],
    ['1 in 2', /"in" on a number/],
    ['not 3', /is a number/],
    ['all(a, anything.inside > 1)', undefined],
  ])('%s', (text, expected) => {
    const problems = check(text, ['relevance_score', 'a']);
    if (expected) expect(problems.map((problem) => problem.what).join('; ')).toMatch(expected);
    else expect(problems).toEqual([]);
  });

  it('names the nearest known name and its place', () => {
    expect(check('1 < relevence_score', ['relevance_score'])).toMatchObject([{ at: 4, nearest: 'relevance_score' }]);
  });
});
