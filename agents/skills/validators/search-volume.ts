import type { Json, Validator } from '../handler.ts';
import { isRecord } from './business-alignment.ts';

/** Searches a month, where a tool gives them. */
const LEAST_SEARCHES = 10;
/** Impressions in the export's period (three months in Search Console's default), where not. */
const LEAST_IMPRESSIONS = 30;
const LEAST_SHARE = 0.95;

/** Looks at every item of a list output that has `search_volume` or `impressions`. */
export const searchVolume: Validator = {
  name: 'search_volume',
  describe: `At least ${LEAST_SHARE * 100} % of the findings have ${LEAST_SEARCHES} searches a month, or ${LEAST_IMPRESSIONS} impressions where search volume is not known.`,
  async validate(result) {
    const items = Object.values(result.outputs).flatMap((value) =>
      Array.isArray(value) ? (value as readonly Json[]) : [],
    );
    const findings = items.flatMap((item) => {
      if (!isRecord(item)) return [];
      const { search_volume: searches, impressions, query } = item;
      const name = typeof query === 'string' ? query : 'a finding';
      if (typeof searches === 'number') return [{ name, enough: searches >= LEAST_SEARCHES, bySearches: true }];
      if (typeof impressions === 'number')
        return [{ name, enough: impressions >= LEAST_IMPRESSIONS, bySearches: false }];
      return [];
    });
    if (findings.length === 0) {
      const claims = items.some((item) => isRecord(item) && 'extra_clicks' in item);
      return claims
        ? {
            passed: false,
            explanation: 'There are findings, and none says its search volume or impressions.',
            remedy: 'Return search_volume or impressions with each finding.',
          }
        : { passed: true, value: 1, explanation: 'There are no findings that need demand.' };
    }
    const value = findings.filter(({ enough }) => enough).length / findings.length;
    const passed = value >= LEAST_SHARE;
    const measured = findings.every(({ bySearches }) => bySearches)
      ? `search volume (${LEAST_SEARCHES} a month)`
      : `impressions (${LEAST_IMPRESSIONS} in the period), as search volume is not known`;
    const weak = findings
      .filter(({ enough }) => !enough)
      .slice(0, 3)
      .map(({ name }) => `"${name}"`);
    return {
      passed,
      value,
      explanation: `${Math.round(value * 100)} % of ${findings.length} findings have enough demand by ${measured}; ${LEAST_SHARE * 100} % needed${weak.length > 0 ? `; too little: ${weak.join(', ')}` : ''}`,
      ...(passed
        ? {}
        : { remedy: 'Leave out findings with too little demand, or give an export over a longer period.' }),
    };
  },
};
