import type { Json, SkillResult, Validator } from '../handler.ts';

/** Most of what a result promises may not be foreign to the business. */
const LEAST_ALIGNED = 0.8;

/**
 * Looks at every item of a list output that says its `fit` (`on_topic`, `foreign`, `unknown`), weighed by `extra_clicks`
 * (its `mid`), else `impressions`, else 1.
 */
export const businessAlignment: Validator = {
  name: 'business_alignment',
  describe: `At least ${LEAST_ALIGNED * 100} % of the findings, by weight, are not shown to be foreign to the business, and none that is stands before one that is not.`,
  async validate(result, { inputs }) {
    const findings = findingsOf(result);
    if (findings.length === 0)
      return { passed: true, value: 1, explanation: 'There are no findings that could be out of line.' };
    if (inputs.business_context === undefined) {
      return {
        passed: false,
        explanation: 'There is no business_context that findings could be compared with.',
        remedy: 'Give business_context: what the business sells and to whom, in a few sentences.',
      };
    }
    const all = findings.reduce((sum, { weight }) => sum + weight, 0);
    const foreign = findings.filter(({ fit }) => fit === 'foreign');
    const value = all === 0 ? 1 : (all - foreign.reduce((sum, { weight }) => sum + weight, 0)) / all;
    const unknown = findings.filter(({ fit }) => fit === 'unknown').length;
    const counts = `${findings.length} findings: ${findings.length - foreign.length - unknown} on topic, ${unknown} unknown, ${foreign.length} foreign`;
    const misplaced = findings.some(
      ({ list, fit }, at) =>
        fit !== 'foreign' && findings[at - 1]?.list === list && findings[at - 1]?.fit === 'foreign',
    );
    if (misplaced) {
      return {
        passed: false,
        value,
        explanation: `${counts}; a foreign one stands before one that is not`,
        remedy: 'Rank foreign findings last.',
      };
    }
    const passed = value >= LEAST_ALIGNED;
    return {
      passed,
      value,
      explanation: `${counts}; ${Math.round(value * 100)} % by weight are not foreign, at least ${LEAST_ALIGNED * 100} % needed`,
      ...(passed
        ? {}
        : {
            remedy:
              'Name in business_context what the foreign findings have to do with the business, or leave those pages out of the export.',
          }),
    };
  },
};

interface FitFinding {
  readonly list: string;
  readonly fit: string;
  readonly weight: number;
}

function findingsOf(result: SkillResult): FitFinding[] {
  const lists = Object.entries(result.outputs).map(([list, value]) =>
    (Array.isArray(value) ? (value as readonly Json[]) : []).flatMap((item): FitFinding[] =>
      isRecord(item) && typeof item.fit === 'string' ? [{ list, fit: item.fit, weight: weightOf(item) }] : [],
    ),
  );
  // The same findings in two lists (found, and ranked) count once for the share; both must be in order.
  const [first = [], ...rest] = lists.filter((list) => list.length > 0);
  return [...first, ...rest.flat().map((finding) => ({ ...finding, weight: 0 }))];
}

export function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function weightOf(item: { readonly [key: string]: Json }): number {
  const gain = isRecord(item.extra_clicks) ? item.extra_clicks.mid : item.extra_clicks;
  if (typeof gain === 'number') return Math.max(0, gain);
  return typeof item.impressions === 'number' ? item.impressions : 1;
}
