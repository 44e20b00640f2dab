import { describe, expect, it } from 'vitest';
import { checkCycles } from './rules/cycles.ts';
import { checkDirection } from './rules/direction.ts';
import { checkDocuments } from './rules/documents.ts';
import { checkEnvironment } from './rules/environment.ts';
import { checkNames, checkSize, checkTestPlacement } from './rules/files.ts';
import { checkInnerShape } from './rules/inner-shape.ts';
import { checkDependencies, checkFetch, checkPackages } from './rules/packages.ts';
import { format, type SourceTree, type Violation } from './tree.ts';

type Rule = (tree: SourceTree) => Violation[];

const findings = (rule: Rule, files: Record<string, string>) => rule(new Map(Object.entries(files))).map(format);

/** One row: a tree of one file, its text, and how the finding begins; no finding when it is missing. */
type Row = readonly [file: string, text: string, finding?: RegExp];

function rows(name: string, rule: Rule, table: readonly Row[]): void {
  describe(name, () => {
    for (const [file, text, finding] of table) {
      it(`${file}: ${text.slice(0, 80)}`, () => {
        const found = findings(rule, { [file]: text });
        if (finding) expect(found).toEqual([expect.stringMatching(finding)]);
        else expect(found).toEqual([]);
      });
    }
  });
}

rows('direction', checkDirection, [
  ['agents/a.ts', "import { x } from '#platform';"],
  ['api/a.ts', "import type { x } from '#governance';"],
  [
    'agents/a.ts',
    "\nimport { x } from '#governance';",
    /^agents\/a\.ts:2 imports #governance, but agents\/ may import only .* declare a port/,
  ],
  ['agents/a.ts', "import type { x } from '#ingestion';", /declare a port in agents\//],
  ['platform/a.ts', "export * from '#graph-schema';", /may import only nothing/],
  ['platform/a.ts', "type X = import('#graph-schema').X;", /#graph-schema/],
  ['platform/a.ts', "const x = await import('#api');", /#api/],
  ['platform/a.ts', "// import '#api'\nconst text = \"import x from '#api'\";"],
  ['platform/a.ts', "import { x } from '#platform';", /inside a folder use a relative path/],
  ['gateway/a.ts', "import { x } from '#platform/domain/a.ts';", /past the public door/],
  ['gateway/a.ts', "import { x } from '#platfrom';", /no folder of Kaze/],
  [
    'gateway/a.ts',
    "import { x } from '../platform/a.ts';",
    /^gateway\/a\.ts:1 reaches platform\/a\.ts .* import '#platform'/,
  ],
  [
    'gateway/a.ts',
    "import '#platform/adapters/ledger/pglite';",
    /only deploy\/cell\/ and deploy\/gateway\/ choose engines/,
  ],
  ['deploy/cli/a.ts', "await import('#platform/adapters/ledger/pglite');", /choose engines/],
  ['deploy/cell/a.ts', "import { x } from '#platform/adapters/ledger/pglite';", /use await import/],
  [
    'deploy/cell/a.ts',
    "import type { X } from '#platform/adapters/ledger/pglite';\nawait import('#platform/adapters/ledger/pglite');",
  ],
  ['platform/index.ts', "export { x } from './adapters/ledger/pglite/index.ts';", /adapters are chosen by/],
  ['platform/adapters/ledger/pglite/index.ts', "export { x } from '../sql/store.ts';"],
  [
    'test/unit/platform/a.test.ts',
    "import { x } from '../../../platform/a.ts';\nimport '#platform/adapters/ledger/pglite';",
  ],
]);

rows('packages', checkPackages, [
  ['platform/adapters/ledger/postgres/store.ts', "import pg from 'pg';"],
  [
    'governance/audit.ts',
    "import pg from 'pg';",
    /^governance\/audit\.ts:1 imports pg \(an engine behind a port\).*adapters/,
  ],
  ['agents/a.ts', "import type { Msg } from '@nats-io/transport-node';", /@nats-io\/transport-node/],
  ['agents/a.ts', "import { x } from 'neo4j-driver/lib/core';", /neo4j-driver\/lib\/core/],
  ['agents/a.ts', "import pgp from 'pg-something-else';"],
  ['api/server.ts', "import fastify from 'fastify';\nimport { buildSchema } from 'type-graphql';"],
  ['gateway/http/server.ts', "import { createServer } from 'node:http';"],
  ['gateway/serve.ts', "import { createServer } from 'node:http';", /an HTTP server.*api\/ or gateway\/http\//],
  ['graph-schema/a.ts', "import { GraphQLObjectType } from 'graphql';", /GraphQL and its live connections/],
  ['deploy/cli/watch.ts', "import { createClient } from 'graphql-ws';"],
  ['deploy/cell/a.ts', "import { Field } from 'type-graphql';", /whose place is api\//],
]);

rows('fetch', checkFetch, [
  ['gateway/adapters/model/x/client.ts', 'await fetch(url);'],
  ['deploy/cli/client.ts', 'await fetch(url);'],
  ['agents/tool.ts', 'const a = 1;\nawait fetch(url);', /^agents\/tool\.ts:2 calls fetch/],
  ['agents/tool.ts', 'await this.store.fetch(url);'],
]);

rows('environment', checkEnvironment, [
  ['deploy/cell/main.ts', "const x = process.env.X; process.on('SIGTERM', stop);"],
  ['platform/a.ts', 'const x = process.env.X;', /^platform\/a\.ts:1 reads process\.env.*config\.ts/],
  ['platform/a.ts', "const x = process['env'];", /reads process\.env/],
  ['platform/a.ts', 'const { env } = process;', /reads process\.env/],
  ['platform/a.ts', 'const { env: settings } = process;', /reads process\.env/],
  ['platform/a.ts', 'const x = globalThis.process.env;', /reads process\.env/],
  ['platform/a.ts', "import { env } from 'node:process';", /imports node:process/],
  ['platform/a.ts', "process.once('SIGINT', stop);", /listens to SIGINT/],
  ['platform/a.ts', "process.on('disconnect', stop); child.on('SIGINT', x); fork(file, { env: {} }); config.env;"],
]);

rows('inner shape', checkInnerShape, [
  [
    'agents/domain/a.ts',
    "import { b } from './b.ts';\nimport { KazeError } from '#platform';\nimport { errors } from '../errors.ts';",
  ],
  ['agents/domain/a.ts', "import { readFile } from 'node:fs/promises';", /domain\/ has no effects/],
  ['agents/domain/a.ts', "import { x } from '#graph-schema';", /domain\/ uses other domain\/ and #platform/],
  ['agents/domain/a.ts', "import type { X } from '#graph-schema';"],
  ['agents/domain/a.ts', "import { run } from '../use-cases/run.ts';", /Move the rule into domain\//],
  ['agents/use-cases/a.ts', "import { b } from '../domain/b.ts';\nimport type { P } from '../ports/p.ts';"],
  ['agents/use-cases/a.ts', "import { b } from '../runtime/actor.ts';", /use domain\/ and ports\//],
]);

describe('circles', () => {
  it('are found through type-only imports and through public doors', () => {
    const found = findings(checkCycles, {
      'platform/index.ts': "export { a } from './a.ts';",
      'platform/a.ts': "import type { B } from './b.ts';",
      'platform/b.ts': "import { c } from './c.ts';",
      'platform/c.ts': "import { a } from './a.ts';",
      'gateway/index.ts': "import { x } from './x.ts';",
      'gateway/x.ts': "\nimport { y } from '#gateway';",
    });
    expect(found).toEqual([
      expect.stringMatching(
        /^platform\/a\.ts:1 .*platform\/a\.ts -> platform\/b\.ts -> platform\/c\.ts -> platform\/a\.ts/,
      ),
      expect.stringMatching(/^gateway\/index\.ts:1 .*gateway\/index\.ts -> gateway\/x\.ts -> gateway\/index\.ts/),
    ]);
  });

  it('are not seen where two files share a third', () => {
    const files = {
      'platform/a.ts': "import './c.ts'; import './b.ts';",
      'platform/b.ts': "import './c.ts';",
      'platform/c.ts': '',
    };
    expect(findings(checkCycles, files)).toEqual([]);
  });
});

const long = 'x;\n'.repeat(401);

rows('size', checkSize, [
  ['agents/short.ts', 'x;\n'.repeat(400)],
  ['agents/long.ts', long, /^agents\/long\.ts:401 has 401 lines, the limit is 400/],
  ['agents/table.ts', `// Above 400 lines because it is one table.\n${long}`],
]);

rows('names', checkNames, [
  ['agents/task-lease.ts', ''],
  ['agents/utils.ts', '', /named "utils"/],
  ['agents/task-manager.ts', '', /named "manager"/],
  ['agents/common/lease.ts', '', /named "common"/],
  ['agents/TaskLease.ts', '', /kebab-case/],
  ['agents/task_lease.ts', '', /kebab-case/],
]);

describe('dependencies', () => {
  it('need a place each', () => {
    const text = JSON.stringify({ dependencies: { zod: '1', 'left-pad': '1' } }, null, 2);
    expect(findings(checkDependencies, { 'package.json': text })).toEqual([
      expect.stringMatching(/^package\.json:4 depends on left-pad, which has no place yet/),
    ]);
  });
});

describe('test placement', () => {
  const projects = {
    embedded: ['test/{unit,docs}/**/*.test.ts', 'test/contract/*/embedded.test.ts'],
    clustered: ['test/{integration,e2e}/**/*.clustered.test.ts', 'test/contract/ledger/*.test.ts'],
  };
  const check: Rule = (tree) => checkTestPlacement(tree, projects);
  rows('by name', check, [
    ['test/unit/platform/ids.test.ts', ''],
    ['test/unit/ids.test.ts', ''],
    ['test/e2e/deep/er/story.clustered.test.ts', ''],
    ['test/integration/story.test.ts', '', /^test\/integration\/story\.test\.ts:1 is run by no project/],
    ['test/contract/bus/cluster.test.ts', '', /is run by no project/],
    ['test/contract/ledger/embedded.test.ts', '', /is run by embedded and clustered/],
  ]);
});

describe('documents', () => {
  const check: Rule = (tree) => checkDocuments(tree, (path) => ['platform/ids.ts', 'docs/a.md'].includes(path));
  rows('paths', check, [
    [
      'README.md',
      'See `platform/ids.ts:12` and [a](docs/a.md#top), `client/x/y`, `platform/*.ts`, https://x.y and `a/b`.',
    ],
    ['README.md', 'Line\nSee `platform/gone.ts`.', /^README\.md:2 names platform\/gone\.ts, which does not exist/],
    ['docs/b.md', '[a](a.md) [b](./gone.md)', /names docs\/gone\.md/],
    ['docs/b.md', '```\n`platform/gone.ts`\n```'],
  ]);
});
