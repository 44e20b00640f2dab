import { randomBytes } from 'node:crypto';
import neo4jDriver from 'neo4j-driver';
import { describe, expect, inject, it } from 'vitest';
import { createNeo4jSearchIndex } from '#graph-schema/adapters/search-index/neo4j';
import { neo4j } from '../../support/servers/index.ts';
import { DIMENSIONS, FINGERPRINT, tokenOf } from './shape.ts';
import { searchIndexContract } from './suite.ts';

interface Options {
  readonly url?: string;
  readonly exactUpTo?: number;
  readonly dimensions?: number;
}

const open = (namespace: string, { url = inject('servers').neo4j, ...more }: Options = {}) =>
  createNeo4jSearchIndex({ url, dimensions: DIMENSIONS, namespace, ...more });

const fresh = (name: string) => `${name}${randomBytes(3).toString('hex')}`;

/** The server is shared by the whole run: nodes, indexes and constraints of this namespace go. */
async function drop(namespace: string): Promise<void> {
  const driver = neo4jDriver.driver(inject('servers').neo4j);
  const ending = `_${namespace}`;
  try {
    for (const label of [`SearchEntry${ending}`, `SearchMeta${ending}`]) {
      await driver.executeQuery(`MATCH (n:${label}) DETACH DELETE n`);
    }
    for (const [kind, kinds] of [
      ['CONSTRAINT', 'CONSTRAINTS'],
      ['INDEX', 'INDEXES'],
    ]) {
      const text = `SHOW ${kinds} YIELD name WHERE name CONTAINS $ending RETURN name`;
      const { records } = await driver.executeQuery(text, { ending });
      for (const record of records) await driver.executeQuery(`DROP ${kind} ${record.get('name')} IF EXISTS`);
    }
  } finally {
    await driver.close();
  }
}

const plain = fresh('contract');
searchIndexContract('Neo4j', () => ({ open: () => open(plain), dispose: () => drop(plain) }));

/** The same contract with the approximate index in use from the first vectors on. */
const approximate = fresh('approximate');
searchIndexContract('Neo4j by its vector index', () => ({
  open: () => open(approximate, { exactUpTo: 0 }),
  dispose: () => drop(approximate),
}));

describe('Neo4j', () => {
  it('asks for a rebuild when the vectors have another length', async () => {
    const namespace = fresh('longer');
    const index = await open(namespace);
    await index.reset();
    await index.seal(FINGERPRINT);
    await index.upsert([{ id: 'a', label: 'Chunk', scopeToken: tokenOf('tenant:acme'), text: 'passage' }]);
    await index.close();
    const again = await open(namespace, { dimensions: 16 });
    expect(await again.fingerprint()).toBeUndefined();
    expect(await again.counts()).toEqual({ documents: 0, vectors: 0 });
    await again.close();
    await drop(namespace);
  });

  it('asks for a rebuild of vectors of another length even when the index was never sealed', async () => {
    const namespace = fresh('unsealed');
    const index = await open(namespace);
    await index.upsert([{ id: 'a', label: 'Chunk', scopeToken: tokenOf('tenant:acme'), text: 'passage' }]);
    await index.close();
    const again = await open(namespace, { dimensions: 16, exactUpTo: 0 });
    await again.upsert([{ id: 'b', label: 'Chunk', scopeToken: tokenOf('tenant:acme'), text: 'passage' }]);
    const vector = Float32Array.from({ length: 16 }, (_, at) => at + 1);
    await again.setVectors([{ id: 'b', model: FINGERPRINT.model, vector }]);
    const query = { text: '', vector: { model: FINGERPRINT.model, values: vector }, limit: 5 };
    const { byVector } = await again.search({ ...query, scopeTokens: [tokenOf('tenant:acme')] });
    expect(byVector.map(({ id }) => id)).toEqual(['b']);
    await again.close();
    await drop(namespace);
  });

  it('says that it is unavailable while the server is down, and works again by itself', async () => {
    const server = await neo4j.start();
    try {
      const index = await open('', { url: server.url });
      await index.reset();
      await index.seal(FINGERPRINT);
      await index.upsert([{ id: 'a', label: 'Chunk', scopeToken: tokenOf('tenant:acme'), text: 'passage' }]);
      await server.kill();
      expect(await index.healthy()).toBe(false);
      await expect(index.counts()).rejects.toMatchObject({ code: 'KAZE_SEARCH_UNAVAILABLE', kind: 'environment' });
      await server.restart();
      await expect.poll(() => index.healthy(), { timeout: 60_000, interval: 100 }).toBe(true);
      expect(await index.counts()).toEqual({ documents: 1, vectors: 0 });
      expect(await index.fingerprint()).toEqual(FINGERPRINT);
      await index.close();
    } finally {
      await server.stop();
    }
  }, 180_000);
});
