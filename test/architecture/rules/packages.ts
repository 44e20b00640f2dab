import ts from 'typescript';
import { FREE_PACKAGES, OUTSIDE, PLACES } from '../placement.ts';
import { codeFiles, importsOf, lineOf, parse, type SourceTree, topFolder, type Violation, visit } from '../tree.ts';

const covers = (names: readonly string[], specifier: string) =>
  names.some((name) =>
    name.endsWith('/') ? specifier.startsWith(name) : specifier === name || specifier.startsWith(`${name}/`),
  );

/** Engines, HTTP servers and GraphQL stay where they belong. */
export function checkPackages(tree: SourceTree): Violation[] {
  return codeFiles(tree).flatMap((file) => {
    if (OUTSIDE.includes(topFolder(file))) return [];
    return importsOf(file, tree.get(file) ?? '').flatMap(({ specifier, line }) => {
      const home = PLACES.find((place) => covers(place.packages, specifier));
      if (!home || home.allowed(file)) return [];
      return [
        {
          file,
          line,
          message: `imports ${specifier} (${home.why}), whose place is ${home.place}: move the code there.`,
        },
      ];
    });
  });
}

/** A call over HTTP is made by an adapter, by the API's own client, or by the command line through it. */
export function checkFetch(tree: SourceTree): Violation[] {
  return codeFiles(tree).flatMap((file) => {
    const isClient = file.startsWith('api/client/') || file.startsWith('deploy/');
    if (OUTSIDE.includes(topFolder(file)) || file.includes('/adapters/') || isClient) return [];
    const source = parse(file, tree.get(file) ?? '');
    const found: Violation[] = [];
    visit(source, (node) => {
      if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'fetch') {
        const message = 'calls fetch: HTTP clients live in an adapters/ folder, behind a port.';
        found.push({ file, line: lineOf(source, node), message });
      }
    });
    return found;
  });
}

/** Each dependency has been given its place, so that a new engine cannot slip in as a free package. */
export function checkDependencies(tree: SourceTree): Violation[] {
  const file = 'package.json';
  const text = tree.get(file) ?? '{}';
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> };
  const placed = [...FREE_PACKAGES, ...PLACES.flatMap((place) => place.packages)];
  return Object.keys(dependencies).flatMap((name) => {
    if (covers(placed, name)) return [];
    const line = text.split('\n').findIndex((one) => one.includes(`"${name}"`)) + 1;
    const message = `depends on ${name}, which has no place yet: put it into PLACES (engine, server, GraphQL) or FREE_PACKAGES in test/architecture/placement.ts.`;
    return [{ file, line, message }];
  });
}
