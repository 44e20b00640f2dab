import { dirname, posix } from 'node:path';
import { COMPOSITION_ROOTS, LAYERS, OUTSIDE, SECOND_DOORS } from '../placement.ts';
import { codeFiles, type ImportedName, importsOf, type SourceTree, topFolder, type Violation } from '../tree.ts';

/** Across folders only through `#name`, downwards only; adapters only by the composition roots, lazily. */
export function checkDirection(tree: SourceTree): Violation[] {
  return codeFiles(tree).flatMap((file) => {
    if (OUTSIDE.includes(topFolder(file))) return [];
    return importsOf(file, tree.get(file) ?? '').flatMap((one) => {
      const message = one.specifier.startsWith('#') ? doorProblem(file, one) : relativeProblem(file, one.specifier);
      return message ? [{ file, line: one.line, message }] : [];
    });
  });
}

function doorProblem(file: string, { specifier, typeOnly, lazy }: ImportedName): string | undefined {
  const own = topFolder(file);
  const [, target = '', rest] = /^#([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (rest?.startsWith('/adapters')) {
    if (!COMPOSITION_ROOTS.some((root) => file.startsWith(root))) {
      return `imports the adapter ${specifier}: only ${COMPOSITION_ROOTS.join(' and ')} choose engines. Take the port as a parameter.`;
    }
    if (!typeOnly && !lazy) {
      return `imports the adapter ${specifier} at load time: use await import('${specifier}'), so that an unused engine need not be installed.`;
    }
    return undefined;
  }
  if (rest && !SECOND_DOORS.includes(specifier))
    return `imports ${specifier}, past the public door: export what it needs from ${target}/index.ts and import '#${target}'.`;
  if (target === own) return `imports its own folder through ${specifier}: inside a folder use a relative path.`;
  if (LAYERS[own]?.includes(target)) return undefined;
  if (!(target in LAYERS))
    return `imports ${specifier}, which is no folder of Kaze: there are ${Object.keys(LAYERS).join(', ')}.`;
  return `imports ${specifier}, but ${own}/ may import only ${LAYERS[own]?.join(', ') || 'nothing'}: declare a port in ${own}/ and let the higher layer or deploy/cell fill it.`;
}

function relativeProblem(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.normalize(posix.join(dirname(file), specifier));
  const own = topFolder(file);
  // package.json stands at the root and belongs to nobody.
  if (topFolder(target) !== own && target !== 'package.json') {
    return `reaches ${target} by a relative path: across folders import '#${topFolder(target)}'.`;
  }
  if (target.includes('/adapters/') && !file.includes('/adapters/')) {
    return `imports ${target}: adapters are chosen by ${COMPOSITION_ROOTS.join(' and ')} alone. Take the port as a parameter.`;
  }
  return undefined;
}
