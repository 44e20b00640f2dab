import type { ProblemList } from './problems.ts';

/** YAML text that a parser takes, and what to add to columns to find the place in the file as written. */
export interface HeadlineBody {
  readonly text: string;
  readonly form: 'flat' | 'headline';
  /** Per line (index 0 is line 1): columns taken away from its front. */
  readonly removed: readonly number[];
}

/**
 * Kaze's founding document writes a skill as a headline with its body indented beneath:
 *
 *     skill: keyword-research
 *       description: "…"
 *
 * YAML refuses that, since a mapping value may not stand under a scalar. This takes the body's indentation away and
 * touches nothing else: lines stay where they are, so line numbers hold, and columns move by `removed`. Exactly this
 * form is accepted: the first line that is neither blank nor comment is `<headline>: <value>`, the next such line is
 * indented, and no later one is indented less than it. Any other text is returned as it is, for the YAML parser to
 * judge; a body that starts indented and then falls back is a problem, told at the line where it does.
 */
export function unindentHeadlineBody(text: string, headlines: readonly string[], problems: ProblemList): HeadlineBody {
  const lines = text.split('\n');
  const flat: HeadlineBody = { text, form: 'flat', removed: [] };
  const head = lines.findIndex(isContent);
  const first = lines.findIndex((line, index) => index > head && isContent(line));
  const key = /^([A-Za-z_]+): +[^\s#|>[{&*!]/.exec(lines[head] ?? '')?.[1];
  if (first < 0 || key === undefined || !headlines.includes(key)) return flat;
  const indent = indentOf(lines[first]!);
  if (indent === 0) return flat;
  const removed = lines.map(() => 0);
  const rewritten = lines.map((line, index) => {
    if (index <= head || line.trim() === '') return line;
    const own = indentOf(line);
    if (own < indent && isContent(line)) {
      const expected = `at least ${indent} spaces, as in line ${first + 1}`;
      const found = own === 1 ? '1 space' : `${own} spaces`;
      problems.add(
        { line: index + 1, column: own + 1 },
        { what: `this line leaves the body of "${key}:"`, found, expected },
      );
    }
    removed[index] = Math.min(own, indent);
    return line.slice(removed[index]);
  });
  return { text: rewritten.join('\n'), form: 'headline', removed };
}

function isContent(line: string): boolean {
  return /^\s*[^\s#]/.test(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
