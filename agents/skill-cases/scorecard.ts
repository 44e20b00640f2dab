import type { Criterion } from '../definitions/index.ts';

/** What was wanted of a case and what came. */
export interface ExpectationResult {
  readonly expected: string;
  readonly passed: boolean;
  /** What was found, and why that is or is not enough. */
  readonly found: string;
}

export interface CaseCriterion {
  readonly criterion: string;
  readonly kind: Criterion['kind'];
  readonly passed: boolean;
  /** Nothing could judge it. */
  readonly skipped: boolean;
  /** The case wants it to fail. */
  readonly wantedToFail: boolean;
  readonly explanation: string;
}

export interface CaseResult {
  readonly name: string;
  readonly description: string;
  readonly passed: boolean;
  /** Line of the case in its file. */
  readonly line: number;
  readonly expectations: readonly ExpectationResult[];
  readonly criteria: readonly CaseCriterion[];
  /** Why there was no outcome, where there was none. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly summary: string | null;
  readonly notes: readonly string[];
}

/** How often a quality criterion did as the cases wanted. */
export interface CriterionScore {
  readonly criterion: string;
  readonly asWanted: number;
  readonly otherwise: number;
  readonly skipped: number;
}

export interface SkillScorecard {
  readonly skill: string;
  readonly vertical: string | null;
  /** What ran it: its handler with the revision, or a model. */
  readonly runBy: string;
  readonly passed: boolean;
  readonly cases: readonly CaseResult[];
  readonly criteria: readonly CriterionScore[];
}

/** A case is as wanted when each expectation holds and each criterion did what the case says of it. */
export const criterionIsAsWanted = ({ passed, skipped, wantedToFail }: CaseCriterion): boolean =>
  wantedToFail ? !passed && !skipped : passed || skipped;

/** The criteria of a skill over all its cases, in the definition's order. */
export function scoreCriteria(criteria: readonly Criterion[], cases: readonly CaseResult[]): CriterionScore[] {
  return criteria.map(({ text }) => {
    const applied = cases.flatMap((one) => one.criteria.filter(({ criterion }) => criterion === text));
    const skipped = applied.filter((one) => one.skipped).length;
    const asWanted = applied.filter((one) => !one.skipped && criterionIsAsWanted(one)).length;
    return { criterion: text, asWanted, otherwise: applied.length - skipped - asWanted, skipped };
  });
}
