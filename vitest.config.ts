import { defineConfig } from 'vitest/config';

/**
 * Which test belongs where is told by its name: test/architecture/test-placement.test.ts fails for a test file that
 * neither project would run.
 */
const embedded = [
  'test/{unit,architecture,surface,docs}/**/*.test.ts',
  'test/contract/*/embedded.test.ts',
  'test/{integration,e2e}/**/*.embedded.test.ts',
];
const clustered = ['test/contract/*/clustered.test.ts', 'test/{integration,e2e}/**/*.clustered.test.ts'];

export default defineConfig({
  // One copy of graphql: Vite would take its .mjs build while Node's own imports take the CommonJS one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    // Two lanes share two cores with servers and cells: these end what hangs, they measure nothing.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // What is polled comes at once on an idle machine; a busy one only has to get there.
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'embedded', include: embedded } },
      {
        extends: true,
        // Neo4j, NATS, Redis, PostgreSQL and OpenBao, once per run; tests read their addresses with inject('servers').
        test: { name: 'clustered', include: clustered, globalSetup: ['test/support/servers/shared.ts'] },
      },
    ],
  },
});
