import { defineConfig } from 'vitest/config';

export default defineConfig({
  // One copy of graphql: Vite would take its .mjs build while Node's own imports take the CommonJS one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
