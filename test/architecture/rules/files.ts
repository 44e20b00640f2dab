import { EMPTY_NAMES, MAX_LINES } from '../placement.ts';
import type { SourceTree, Violation } from '../tree.ts';

const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
const CODE = /\.(ts|mts|js|mjs)$/;

export function checkSize(tree: SourceTree): Violation[] {
  return [...tree].flatMap(([file, text]) => {
    if (!CODE.test(file)) return [];
    const lines = text.trimEnd().split('\n');
    if (lines.length <= MAX_LINES) return [];
    const reason = lines
      .slice(0, 10)
      .some((line) => /^\s*(\/\/|\/?\*)/.test(line) && line.includes(`${MAX_LINES} lines`));
    if (reason) return [];
    const message = `has ${lines.length} lines, the limit is ${MAX_LINES}: split it by concern, or say why at the top ("Above ${MAX_LINES} lines because ...").`;
    return [{ file, line: MAX_LINES + 1, message }];
  });
}

export function checkNames(tree: SourceTree): Violation[] {
  return [...tree.keys()].flatMap((file) => {
    if (!CODE.test(file)) return [];
    const segments = file.split('/');
    const empty = segments.flatMap((segment) => segment.split(/[.-]/)).find((word) => EMPTY_NAMES.includes(word));
    if (empty)
      return [{ file, line: 1, message: `is named "${empty}", which says nothing: name it for its main export.` }];
    const odd = segments.find((segment) => !KEBAB.test(segment));
    return odd ? [{ file, line: 1, message: `has "${odd}" in its path: file and folder names are kebab-case.` }] : [];
  });
}

/** A test file that no project of vitest.config.ts takes would never run; one that two take would run twice. */
export function checkTestPlacement(
  tree: SourceTree,
  projects: Readonly<Record<string, readonly string[]>>,
): Violation[] {
  return [...tree.keys()].flatMap((file) => {
    if (!file.endsWith('.test.ts')) return [];
    const takers = Object.keys(projects).filter((name) => projects[name]?.some((glob) => toPattern(glob).test(file)));
    if (takers.length === 1) return [];
    const how = takers.length === 0 ? 'is run by no project' : `is run by ${takers.join(' and ')}`;
    const message = `${how} of vitest.config.ts: below contract/ it is embedded.test.ts or clustered.test.ts, below integration/ and e2e/ it ends in .embedded.test.ts or .clustered.test.ts.`;
    return [{ file, line: 1, message }];
  });
}

/** The few signs that vitest.config.ts uses: `**​/`, `*` and `{a,b}`. */
function toPattern(glob: string): RegExp {
  const text = glob.replace(/\*\*\/|\*|\{[^}]*\}|[.+^$()|[\]\\]/g, (sign) => {
    if (sign === '**/') return '(?:.*/)?';
    if (sign === '*') return '[^/]*';
    if (sign.startsWith('{')) return `(?:${sign.slice(1, -1).split(',').join('|')})`;
    return `\\${sign}`;
  });
  return new RegExp(`^${text}$`);
}
