import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Chunk,
  type GraphStore,
  Knowledge,
  openGraph,
  personPrincipal,
  Source,
  schema,
  systemPrincipal,
  Tenant,
} from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createIngestion, type Ingestion } from '#ingestion';
import { contentHash, silentLogger, systemClock } from '#platform';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const contentOf = (bytes: Uint8Array) => ({
  open: async function* () {
    yield bytes;
  },
  bytes: bytes.byteLength,
  sha256: contentHash(bytes),
});
const me = personPrincipal({ id: 'p1', name: 'Cora', role: 'curator', tenant: 'acme' });

describe('files that are not as they should be', () => {
  let store: GraphStore;
  let ingestion: Ingestion;
  beforeAll(async () => {
    const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
    ({ store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger }));
    await store.transact(systemPrincipal('loader'), { why: 'test' }, async (unit) => {
      unit.create(Tenant, { scope: 'tenant:acme', name: 'acme', title: 'Acme' });
    });
    ingestion = createIngestion({ store, clock: systemClock, logger: silentLogger });
  });
  afterAll(() => store?.close());
  const ingest = (name: string, bytes: Uint8Array) =>
    ingestion.ingest(me, { tenant: 'acme', root: 'odd', name, content: contentOf(bytes) });

  it.each([
    ['empty.txt', new Uint8Array(), 'KAZE_FORMAT_EMPTY'],
    ['blank.md', bytesOf('\n  \n\n'), /KAZE_/],
    [
      'broken.md',
      new Uint8Array([...bytesOf('é'.repeat(70_000)), 0xff, 0x80, ...bytesOf(' more')]),
      'KAZE_FORMAT_ENCODING',
    ],
    [
      'page.csv',
      bytesOf('<!doctype html><html><head><title>Sign in</title></head><body>No</body></html>'),
      /KAZE_FORMAT_/,
    ],
    ['quotes.csv', bytesOf('a,b\n1,"two\n3,4\n'), /KAZE_FORMAT_/],
    ['archive.md', new Uint8Array([0x50, 0x4b, 3, 4, ...new Array(60).fill(0)]), /KAZE_FORMAT_/],
    ['header.csv', bytesOf('only,a,header\n'), /KAZE_/],
  ])('%s is kept as failed with its reason, and the next file goes in', async (name, bytes, code) => {
    const result = await ingest(name, bytes);
    expect(result.change).toBe('failed');
    const source = await store.get(me, Source, result.source);
    expect(source).toMatchObject({ state: 'failed', name, chunkCount: 0 });
    expect(source!.errorCode).toMatch(code);
    expect(source!.errorMessage!.length).toBeGreaterThan(20);
    expect(await ingest(`after-${name}.md`, bytesOf(`# After ${name}\n\nAll is well with it.\n`))).toMatchObject({
      change: 'created',
    });
  });

  it('UTF-16 and a line of a million characters are read', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('# Größe\n\nZimmer sind groß.\n', 'utf16le')]);
    const wide = await ingest('wide.md', utf16);
    expect(wide).toMatchObject({ change: 'created', chunks: 1 });
    const long = await ingest('long.txt', bytesOf('word '.repeat(199_999)));
    expect(long.change).toBe('created');
    const passages = await store.list(me, Chunk, { where: { text: { contains: 'word word' } }, limit: 10_000 });
    expect(passages).toHaveLength(long.chunks);
    expect(Math.max(...passages.map(({ text }) => text.length))).toBeLessThanOrEqual(2_800);
  });
});

describe('a process killed in the middle', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaze-ingest-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('leaves nothing half, and another run ends it', async () => {
    const path = join(folder, 'graph');
    const script = new URL('./ingestion-child.ts', import.meta.url).pathname;
    for (const stage of ['staging 64', 'staging 192', 'publishing 64']) {
      const child: ChildProcess = spawn(
        process.execPath,
        ['--import', '@oxc-node/core/register', script, path, stage],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      await once(child.stdout!, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const engine = await createGrafeoEngine({ folder: path, logger: silentLogger, clock: systemClock });
    const { store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger });
    try {
      const ingestion = createIngestion({ store, clock: systemClock, logger: silentLogger });
      expect(await ingestion.resume()).toBe(1);
      const held = { retiredAt: { isNull: true } };
      expect(await store.count(me, Chunk, held)).toBe(300);
      expect(await store.count(me, Chunk)).toBe(300);
      expect(await store.count(me, Knowledge, held)).toBe(300);
      const [source] = await store.list(me, Source);
      expect(source).toMatchObject({ state: 'active', chunkCount: 300, pendingStage: null });
    } finally {
      await store.close();
    }
  });
});
