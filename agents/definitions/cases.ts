import type { Expression } from './expressions/index.ts';
import type { Position } from './problems.ts';

/** A plain value of a case: what JSON can hold. */
export type CaseValue = null | boolean | number | string | readonly CaseValue[] | { readonly [key: string]: CaseValue };

export type CaseInput =
  | { readonly kind: 'value'; readonly value: CaseValue }
  /** Name of a file in the folder of the cases, `<skill>.cases/`. */
  | { readonly kind: 'file'; readonly file: string };

export interface CaseExpectation {
  readonly text: string;
  readonly expression: Expression;
  readonly position: Position;
}

/** One run of a skill with what has to come out of it. */
export interface SkillCase {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, CaseInput>>;
  /** What the client knows beside the packs; paths as definitions write them. */
  readonly knowledge: ReadonlyArray<{ readonly path: string; readonly title: string; readonly text: string }>;
  /** Passages of the client's sources. */
  readonly passages: ReadonlyArray<{
    readonly source: string;
    readonly headings: readonly string[];
    readonly text: string;
  }>;
  /** What a model answers, call by call: a text, or a value for what it was asked for as JSON. None: the offline model. */
  readonly answers: readonly CaseValue[];
  /** Outputs that the skill delivered to the client before, newest first. */
  readonly earlier: ReadonlyArray<Readonly<Record<string, CaseValue>>>;
  readonly people: ReadonlyArray<{ readonly name: string; readonly email: string | null }>;
  /** How parts of the task ended, by the key under which the skill asks for them. */
  readonly parts: ReadonlyArray<{
    readonly key: string;
    readonly state: 'delivered' | 'rejected' | 'failed' | 'cancelled';
    readonly by: string | null;
    readonly reason: string | null;
    readonly outputs: Readonly<Record<string, CaseValue>> | null;
  }>;
  /** What the graph holds of the client's work, in the shape of a WorkRecord; what is left out is empty. */
  readonly record: Readonly<Record<string, CaseValue>>;
  /** Epoch milliseconds of the clock. */
  readonly now: number;
  readonly expect: readonly CaseExpectation[];
  /** Quality criteria that have to fail, as the definition writes them; all others have to hold. */
  readonly fails: readonly string[];
  /** Code of the error with which the skill has to refuse; undefined when it has to deliver. */
  readonly refused?: string;
  readonly position: Position;
}

export interface SkillCases {
  readonly skill: string;
  readonly cases: readonly SkillCase[];
  readonly file: string;
}
