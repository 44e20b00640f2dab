import { posix } from 'node:path';
import { LAYERS } from '../placement.ts';
import type { SourceTree, Violation } from '../tree.ts';

const FOLDERS = [...Object.keys(LAYERS), 'test', 'bench', 'bin', 'scripts', 'docs', 'examples', '.ci'];
// A placeholder, a glob or an ellipsis is a pattern, not a path.
const PATTERN = /[<>{}*…$]|\.\.\./;

/** Each path named in a document is there: code spans that begin with one of our folders, and relative links. */
export function checkDocuments(tree: SourceTree, exists: (path: string) => boolean): Violation[] {
  return [...tree].flatMap(([file, text]) => {
    if (!file.endsWith('.md') || file === 'CHANGELOG.md') return [];
    let fenced = false;
    return text.split('\n').flatMap((content, at) => {
      if (/^\s*(```|~~~)/.test(content)) {
        fenced = !fenced;
        return [];
      }
      if (fenced) return [];
      return [...spans(content), ...links(file, content)]
        .filter((path) => !exists(path))
        .map((path) => ({
          file,
          line: at + 1,
          message: `names ${path}, which does not exist: correct the path or write the file.`,
        }));
    });
  });
}

function spans(content: string): string[] {
  return [...content.matchAll(/`([^`\s]+)`/g)].flatMap(([, span = '']) => {
    const path = span.replace(/:\d+$/, '').replace(/^\.\//, '');
    const isOurs = FOLDERS.includes(path.split('/')[0] ?? '') && path.includes('/');
    return isOurs && !PATTERN.test(path) ? [path] : [];
  });
}

function links(file: string, content: string): string[] {
  return [...content.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    const path = target.replace(/#.*$/, '');
    if (path === '' || /^[a-z]+:/.test(path) || PATTERN.test(path)) return [];
    return [posix.normalize(path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(file), path))];
  });
}
