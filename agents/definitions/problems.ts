import type { KazeError } from '#platform';
import { definitionErrors } from './errors.ts';

/** A place in a file as people count: line and column start at 1, columns count UTF-16 units of the text as written. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with a file. `message` is complete by itself; the other fields are for code that branches. */
export interface DefinitionProblem extends Position {
  readonly file: string;
  readonly message: string;
  readonly found?: string;
  readonly expected?: string;
  /** The known name closest to what was written, when one is close enough to be a slip. */
  readonly nearest?: string;
}

export interface ProblemDetail {
  /** What is wrong, without the place: `unknown key "inptus"`. */
  readonly what: string;
  readonly found?: string;
  readonly expected?: string;
  readonly nearest?: string;
}

/** At most this many problems are kept for one file: a file of another kind would otherwise give one per line. */
export const MAX_PROBLEMS_PER_FILE = 50;

/** Collects the problems of one file, so that all are reported at once. */
export class ProblemList {
  readonly file: string;
  readonly #problems: DefinitionProblem[] = [];
  #dropped = 0;

  constructor(file: string) {
    this.file = file;
  }

  add(position: Position, detail: ProblemDetail): void {
    if (this.#problems.length >= MAX_PROBLEMS_PER_FILE) {
      this.#dropped += 1;
      return;
    }
    this.#problems.push(problemAt(this.file, position, detail));
  }

  get isEmpty(): boolean {
    return this.#problems.length === 0;
  }

  /** All problems in reading order; the last one counts those beyond the limit. */
  toArray(): DefinitionProblem[] {
    const sorted = [...this.#problems].sort((a, b) => a.line - b.line || a.column - b.column);
    const last = sorted.at(-1);
    if (this.#dropped > 0 && last) {
      sorted.push(problemAt(this.file, last, { what: `and ${this.#dropped} more problems in this file` }));
    }
    return sorted;
  }
}

export function problemAt(file: string, position: Position, detail: ProblemDetail): DefinitionProblem {
  const parts = [detail.what];
  if (detail.found !== undefined) parts.push(`found ${detail.found}`);
  if (detail.expected !== undefined) parts.push(`expected ${detail.expected}`);
  const sentence = parts.join('; ');
  return {
    file,
    line: position.line,
    column: position.column,
    message: detail.nearest === undefined ? sentence : `${sentence}; did you mean "${detail.nearest}"?`,
    ...(detail.found === undefined ? {} : { found: detail.found }),
    ...(detail.expected === undefined ? {} : { expected: detail.expected }),
    ...(detail.nearest === undefined ? {} : { nearest: detail.nearest }),
  };
}

/** `seo/skills/x.yaml:3:5 unknown key …`, as editors and terminals make clickable. */
export function formatProblem(problem: DefinitionProblem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.message}`;
}

export function formatProblems(problems: readonly DefinitionProblem[]): string {
  return problems.map(formatProblem).join('\n');
}

/** The error that carries problems across an edge; `fields.problems` holds the formatted lines. */
export function definitionInvalid(problems: readonly DefinitionProblem[]): KazeError {
  const lines = problems.map(formatProblem);
  const files = [...new Set(problems.map((problem) => problem.file))];
  const subject = files.length === 1 ? files[0] : `${files.length} files`;
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
  return definitionErrors('KAZE_DEFINITION_INVALID', `${subject} has ${count}:\n${lines.join('\n')}`, {
    fields: { problems: lines, files },
  });
}

/** The outcome of reading one definition: the value, or why there is none. */
export type Parsed<T> =
  | { readonly definition: T; readonly problems: readonly [] }
  | { readonly definition: undefined; readonly problems: readonly DefinitionProblem[] };

/** The value, or KAZE_DEFINITION_INVALID with all its problems. */
export function requireDefinition<T>(parsed: Parsed<T>): T {
  if (parsed.definition === undefined) throw definitionInvalid(parsed.problems);
  return parsed.definition;
}
