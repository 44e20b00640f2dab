import { proposedPage } from '../content-optimization/proposed-page.ts';
import type { Validator } from '../handler.ts';

/**
 * Applies the output `diff` to the input `page` and counts how often each of `target_queries` is mentioned, before and
 * after; the proposed title and description count as well. Works on the outcome alone, whoever made it.
 */
export const keywordDensity: Validator = {
  name: 'keyword_density',
  describe:
    'With the diff applied no target query is mentioned more than 3 times in 100 words (one of a single word: 4) and 5 times in all, twice in the title, or more than twice in the description, unless the page did so before and does so no more than before.',
  async validate(result, { inputs }) {
    const page = await proposedPage(result, inputs);
    if ('problem' in page) {
      return {
        passed: false,
        explanation: page.problem,
        remedy: 'Return a diff that applies to the page as it was given.',
      };
    }
    const { queries } = page;
    const highest = Math.max(0, ...queries.map(({ after }) => after.perHundred));
    const value = Math.round(highest * 100) / 100;
    const worse = queries.filter(({ isWorse }) => isWorse);
    if (worse.length === 0) {
      return {
        passed: true,
        value,
        explanation: `${queries.length} target queries, at most ${value} mentions in 100 words`,
      };
    }
    const told = worse
      .slice(0, 3)
      .map(
        ({ query, where, before, after }) =>
          `"${query}" ${where} (${before.mentions} mentions before, ${after.mentions} after)`,
      );
    return {
      passed: false,
      value,
      explanation: `the changes repeat ${told.join(', ')}`,
      remedy: 'Take the added mentions out; say it once where it belongs.',
    };
  },
};
