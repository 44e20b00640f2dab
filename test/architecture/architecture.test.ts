import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import config from '../../vitest.config.ts';
import { checkCycles } from './rules/cycles.ts';
import { checkDirection } from './rules/direction.ts';
import { checkDocuments } from './rules/documents.ts';
import { checkEnvironment } from './rules/environment.ts';
import { checkNames, checkSize, checkTestPlacement } from './rules/files.ts';
import { checkInnerShape } from './rules/inner-shape.ts';
import { checkDependencies, checkFetch, checkPackages } from './rules/packages.ts';
import { format, ROOT, readTree, type SourceTree, type Violation } from './tree.ts';

const tree = readTree();

const projects = Object.fromEntries(
  (config.test?.projects ?? []).flatMap((project) =>
    typeof project === 'object' && 'test' in project ? [[String(project.test?.name), project.test?.include ?? []]] : [],
  ),
);

const RULES: Readonly<Record<string, (source: SourceTree) => Violation[]>> = {
  'imports go down, across folders through #name, and only composition roots know adapters': checkDirection,
  'engines, HTTP servers and GraphQL stay in their places': checkPackages,
  'HTTP calls are made by adapters and the command line': checkFetch,
  'each dependency has a place': checkDependencies,
  'the environment and signals are read in deploy/ only': checkEnvironment,
  'domain/ and use-cases/ keep their shape': checkInnerShape,
  'there are no circles': checkCycles,
  'files are short enough to read': checkSize,
  'names say something': checkNames,
  'each test is run by exactly one project': (source) => checkTestPlacement(source, projects),
  'each path named in a document exists': (source) => checkDocuments(source, (path) => existsSync(join(ROOT, path))),
};

describe('the architecture', () => {
  it('is looked at as a whole', () => {
    expect(tree.has('platform/index.ts')).toBe(true);
    expect(Object.keys(projects)).toEqual(['embedded', 'clustered']);
  });

  for (const [name, check] of Object.entries(RULES)) {
    it(name, { timeout: 120_000 }, () => {
      const found = check(tree).map(format);
      if (found.length > 0) expect.fail(`${found.length} found\n\n${found.join('\n')}\n`);
    });
  }
});
