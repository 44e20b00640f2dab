import { describe, expect, it } from 'vitest';
import { didYouMean, nearestName, nearestNames } from '#platform';

describe('the nearest name', () => {
  it.each([
    ['seo-strategst', ['crm-analyst', 'seo-strategist'], 'seo-strategist'],
    ['Keyword_Research', ['keyword-research'], 'keyword-research'],
    ['ide', ['tasks', 'id'], 'id'],
    ['naem', ['ramp', 'name'], 'name'],
    ['skil', ['skill', 'skills'], 'skill'],
  ])('to %s among %j is %s', (wanted, candidates, expected) => {
    expect(nearestName(wanted, candidates)).toBe(expected);
  });

  it.each([
    ['x', ['name', 'state']],
    ['naem', ['maen']],
    ['entirely-different', ['keyword-research']],
    ['', ['a-long-name']],
    ['name', []],
  ])('to %s is none of %j', (wanted, candidates) => {
    expect(nearestName(wanted, candidates)).toBeUndefined();
    expect(didYouMean(wanted, candidates)).toBe('');
  });

  it('is one of three at most, the best first, and ends a sentence', () => {
    const names = ['states', 'state', 'stage', 'statue', 'status'];
    expect(nearestNames('state', names)).toEqual(['state', 'states', 'stage']);
    expect(didYouMean('stat', ['state'])).toBe('; did you mean state?');
    expect(didYouMean('stata', ['state', 'stats'])).toBe('; did you mean state or stats?');
  });

  it('takes a million characters without work', () => {
    const started = performance.now();
    expect(
      nearestName(
        'x'.repeat(1_000_000),
        Array.from({ length: 200 }, (_, at) => `name-${at}`),
      ),
    ).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
