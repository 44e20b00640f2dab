import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNeo4jSearchIndex } from '#graph-schema/adapters/search-index/neo4j';
import { neo4j, type RunningServer } from '../../support/servers/index.ts';
import { DIMENSIONS, FINGERPRINT, tokenOf } from './shape.ts';
import { searchIndexContract } from './suite.ts';

let server: RunningServer;

beforeAll(async () => {
  server = await neo4j.start();
}, 180_000);

afterAll(async () => {
  await server?.stop();
});

const namespaces = ['contract', 'approximate', 'twin'].map((name) => `${name}${randomBytes(3).toString('hex')}`);

const open = (namespace: string, more: { exactUpTo?: number; dimensions?: number } = {}) =>
  createNeo4jSearchIndex({ url: server.url, dimensions: DIMENSIONS, namespace, ...more });

searchIndexContract('Neo4j', () => ({ open: () => open(namespaces[0]!), dispose: async () => {} }));

/** The same contract with the approximate index in use from the first vectors on. */
searchIndexContract('Neo4j by its vector index', () => ({
  open: () => open(namespaces[1]!, { exactUpTo: 0 }),
  dispose: async () => {},
}));

describe('Neo4j', () => {
  it('asks for a rebuild when the vectors have another length', async () => {
    const index = await open(namespaces[2]!);
    await index.reset(FINGERPRINT);
    await index.upsert([{ id: 'a', label: 'Chunk', scopeToken: tokenOf('tenant:acme'), text: 'passage' }]);
    await index.close();
    const again = await open(namespaces[2]!, { dimensions: 16 });
    expect(await again.fingerprint()).toBeUndefined();
    expect(await again.counts()).toEqual({ documents: 0, vectors: 0 });
    await again.close();
  });

  it('says that it is unavailable while the server is down, and works again by itself', async () => {
    const index = await open(namespaces[2]!, { dimensions: 16 });
    await server.kill();
    expect(await index.healthy()).toBe(false);
    await expect(index.counts()).rejects.toMatchObject({ code: 'KAZE_SEARCH_UNAVAILABLE', kind: 'environment' });
    await server.restart();
    await expect.poll(() => index.healthy(), { timeout: 30_000, interval: 100 }).toBe(true);
    expect(await index.counts()).toEqual({ documents: 0, vectors: 0 });
    await index.close();
  }, 120_000);
});
