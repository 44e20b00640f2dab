import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLanceSearchIndex } from '#graph-schema/adapters/search-index/lancedb';
import { DIMENSIONS, FINGERPRINT, tokenOf } from './shape.ts';
import { searchIndexContract } from './suite.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-search-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = (name: string, more: { vectorIndexFrom?: number; exactUpTo?: number; dimensions?: number } = {}) =>
  createLanceSearchIndex({ folder: join(folder, name), dimensions: DIMENSIONS, ...more });

searchIndexContract('LanceDB', () => ({ open: () => open('contract'), dispose: async () => {} }));

/** The same contract with the approximate index in use from the first vectors on. */
searchIndexContract('LanceDB with a vector index', () => ({
  open: () => open('approximate', { vectorIndexFrom: 1, exactUpTo: 0 }),
  dispose: async () => {},
}));

describe('LanceDB', () => {
  const scopeToken = tokenOf('tenant:acme');
  const search = { text: 'passage', scopeTokens: [scopeToken], limit: 5 };
  const vectorOf = (i: number) => Float32Array.from({ length: DIMENSIONS }, (_, at) => Math.sin((i + 1) * (at + 1)));

  it('asks for a rebuild when there never was an index', async () => {
    const index = await open('new');
    expect(await index.fingerprint()).toBeUndefined();
    expect(await index.counts()).toEqual({ documents: 0, vectors: 0 });
    await index.close();
  });

  it.each(['manifest', 'data', 'fingerprint'])(
    'starts empty and asks for a rebuild when the %s is damaged',
    async (what) => {
      const name = `damaged-${what}`;
      const index = await open(name);
      await index.reset();
      await index.seal(FINGERPRINT);
      await index.upsert([{ id: 'a', label: 'Chunk', scopeToken, text: 'passage' }]);
      await index.close();
      await damage(join(folder, name), what);
      const again = await open(name);
      expect(await again.fingerprint()).toBeUndefined();
      await again.reset();
      await again.seal(FINGERPRINT);
      await again.upsert([{ id: 'b', label: 'Chunk', scopeToken, text: 'passage' }]);
      expect((await again.search(search)).byText.map(({ id }) => id)).toEqual(['b']);
      await again.close();
    },
  );

  it('asks for a rebuild when the vectors have another length', async () => {
    const index = await open('longer');
    await index.reset();
    await index.seal(FINGERPRINT);
    await index.close();
    const again = await open('longer', { dimensions: 16 });
    expect(await again.fingerprint()).toBeUndefined();
    await again.close();
  });

  it('finds the same by its vector index as by comparing all, among rows without a vector and new rows', async () => {
    const exact = await open('exact');
    const fast = await open('fast', { vectorIndexFrom: 500, exactUpTo: 10 });
    const documents = Array.from({ length: 1_500 }, (_, i) => ({
      id: `d${i}`,
      label: 'Chunk',
      scopeToken: tokenOf(`tenant:${i % 3}`),
      text: `passage ${i}`,
    }));
    const vectors = documents
      .filter((_, i) => i % 5 !== 0)
      .map(({ id }) => ({ id, model: FINGERPRINT.model, vector: vectorOf(Number(id.slice(1))) }));
    for (const index of [exact, fast]) {
      await index.reset();
      await index.seal(FINGERPRINT);
      await index.upsert(documents);
      await index.setVectors(vectors.slice(0, 1_000));
      await index.optimize();
      await index.setVectors(vectors.slice(1_000));
    }
    let common = 0;
    for (let i = 0; i < 20; i += 1) {
      const query = {
        text: '',
        vector: { model: FINGERPRINT.model, values: vectorOf(i + 0.37) },
        scopeTokens: [tokenOf(`tenant:${i % 3}`)],
        limit: 10,
      };
      const [a, b] = await Promise.all([exact.search(query), fast.search(query)]);
      const ids = new Set(a.byVector.map(({ id }) => id));
      expect(b.byVector).toHaveLength(10);
      common += b.byVector.filter(({ id }) => ids.has(id)).length;
    }
    expect(common / 200).toBeGreaterThanOrEqual(0.95);
    await exact.close();
    await fast.close();
  });

  it('loses nothing it acknowledged when its process is killed while it writes', async () => {
    const acknowledged = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      const child = fork(new URL('./writer.ts', import.meta.url), [join(folder, 'killed'), String(round)], {
        execArgv: ['--import', '@oxc-node/core/register'],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      let written = 0;
      const enough = new Promise<void>((resolve, reject) => {
        child.on('message', (id) => {
          acknowledged.add(String(id));
          written += 1;
          if (written === 12 + round * 7) resolve();
        });
        child.on('exit', (code) => reject(new Error(`the writer ended by itself: ${code}`)));
      });
      await enough;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      const index = await open('killed');
      expect(await index.fingerprint()).toEqual(FINGERPRINT);
      const { documents } = await index.counts();
      expect(documents).toBeGreaterThanOrEqual(acknowledged.size);
      for (const id of acknowledged) {
        const found = await index.search({ text: `unique${id}`, scopeTokens: [scopeToken], limit: 1 });
        expect(found.byText.map((hit) => hit.id)).toEqual([id]);
      }
      await index.close();
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(90);
  });
});

async function damage(root: string, what: string): Promise<void> {
  if (what === 'fingerprint') return writeFile(join(root, 'fingerprint.json'), '{"storeId":');
  const suffix = what === 'manifest' ? '.manifest' : '.lance';
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const hit = files.filter((file) => file.isFile() && file.name.endsWith(suffix));
  expect(hit.length).toBeGreaterThan(0);
  for (const file of hit) await writeFile(join(file.parentPath, file.name), 'not what was here');
}
