// Above 400 lines because both engines are held to one list of behaviours, each a test of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  Chunk,
  Entity,
  type GraphEngine,
  type GraphStore,
  Knowledge,
  Outcome,
  openGraph,
  personPrincipal,
  Revision,
  Source,
  SourceRoot,
  schema,
  systemPrincipal,
  Tenant,
  Vertical,
} from '#graph-schema';
import { createIngestion, type Ingestion, type IngestionLimitsInput } from '#ingestion';
import { contentHash, newId, silentLogger, systemClock } from '#platform';

export interface EngineUnderTest {
  readonly engine: GraphEngine;
  close(): Promise<void>;
}

const HANDBOOK = new URL('../../../examples/acme/handbook/', import.meta.url);

export function contentOf(text: string | Uint8Array) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return {
    open: async function* () {
      yield bytes;
    },
    bytes: bytes.byteLength,
    sha256: contentHash(bytes),
  };
}

/** What every engine must give: each test has a client of its own. */
export function ingestionContract(start: () => Promise<EngineUnderTest>): void {
  // Neo4j plans every text once, on a machine that may be busy.
  vi.setConfig({ testTimeout: 120_000 });
  let under: EngineUnderTest;
  let store: GraphStore;
  let ingestion: Ingestion;
  let verticals: Record<string, string>;
  const loader = systemPrincipal('loader');

  beforeAll(async () => {
    under = await start();
    ({ store } = await openGraph({ engine: under.engine, schema, clock: systemClock, logger: silentLogger }));
    ingestion = createIngestion({ store, clock: systemClock, logger: silentLogger });
    const name = `ops-${newId().slice(-8)}`;
    const id = await store.transact(loader, { why: 'test' }, async (unit) =>
      unit.create(Vertical, { scope: `vertical:${name}`, name, title: 'Operations' }),
    );
    verticals = { [name]: id };
  });
  afterAll(() => under?.close());

  async function client() {
    const tenant = `t-${newId().slice(-12)}`;
    const scope = `tenant:${tenant}`;
    await store.transact(loader, { why: 'test' }, async (unit) => {
      unit.create(Tenant, { scope, name: tenant, title: tenant, country: 'GB' });
    });
    const me = personPrincipal({ id: newId(), name: 'Cora', role: 'curator', tenant });
    const ingest = (file: string, text: string | Uint8Array, more: { root?: string; vertical?: string } = {}) =>
      ingestion.ingest(me, { tenant, root: 'docs', name: file, content: contentOf(text), ...more });
    const held = () =>
      store.list(me, Chunk, { where: { scope: { eq: scope }, retiredAt: { isNull: true } }, limit: 1_000 });
    const facts = (where: object = { retiredAt: { isNull: true } }) =>
      store.list(me, Knowledge, { where: { scope: { eq: scope }, ...where }, limit: 1_000 });
    const entities = () => store.list(me, Entity, { where: { scope: { eq: scope } }, limit: 1_000 });
    const finish = (names: string[], prune = false) => ingestion.finishRoot(me, { tenant, root: 'docs', names, prune });
    return { tenant, scope, me, ingest, held, facts, entities, finish };
  }

  const small = (limits: IngestionLimitsInput) =>
    createIngestion({ store, clock: systemClock, logger: silentLogger, limits });

  const LEAVE =
    '# Leave\n\n## Days\n\nFull-time staff have 27 days of annual leave a year. Questions go to Tomasz Wieczorek at people@acme.example.\n';

  it('writes source, passages, entities and facts that lead back to where they stand', async () => {
    const { ingest, me, held, facts, scope } = await client();
    const [name, id] = Object.entries(verticals)[0]!;
    const result = await ingest('leave.md', LEAVE, { vertical: name });
    expect(result).toMatchObject({ change: 'created', chunks: 1, knowledge: 1 });
    const source = await store.get(me, Source, result.source);
    expect(source).toMatchObject({
      scope,
      state: 'active',
      title: 'Leave',
      format: 'markdown',
      ingestedBy: me.id,
      revision: 1,
    });
    const [passage] = await held();
    expect(passage).toMatchObject({
      headings: ['Leave', 'Days'],
      line: 5,
      language: 'en',
      createdBy: 'system:ingestion',
    });
    expect(LEAVE.slice(passage!.startOffset, passage!.endOffset)).toBe(passage!.text);
    expect(await facts()).toEqual([
      expect.objectContaining({
        subject: 'Full-time staff',
        predicate: 'have',
        value: '27 days of annual leave a year',
      }),
    ]);
    const read = await store.read(me, {
      roots: [
        {
          key: 'source',
          node: 'Source',
          find: { by: 'id', id: result.source },
          select: {
            properties: { name: 'name' },
            relations: {
              vertical: { field: 'vertical', select: { properties: { id: 'id' } } },
              root: { field: 'root', select: { properties: { name: 'name', vertical: 'vertical' } } },
              chunks: {
                field: 'chunks',
                select: {
                  properties: { id: 'id' },
                  relations: {
                    entities: { field: 'entities', select: { properties: { name: 'name', kind: 'kind' } }, page: {} },
                    facts: {
                      field: 'knowledge',
                      select: {
                        properties: { value: 'value' },
                        relations: { sources: { field: 'sources', select: { properties: { id: 'id' } }, page: {} } },
                      },
                      page: {},
                    },
                  },
                },
                page: {},
              },
            },
          },
        },
      ],
    });
    expect(read.source).toMatchObject({
      vertical: { id },
      root: { name: 'docs', vertical: name },
      chunks: {
        nodes: [
          {
            entities: {
              nodes: expect.arrayContaining([
                { name: 'Tomasz Wieczorek', kind: 'person' },
                { name: 'people@acme.example', kind: 'email' },
              ]),
            },
            facts: {
              nodes: [{ value: '27 days of annual leave a year', sources: { nodes: [{ id: result.source }] } }],
            },
          },
        ],
      },
    });
  });

  it('writes nothing when the same content comes again', async () => {
    const { ingest, held, facts, entities, tenant } = await client();
    await ingest('leave.md', LEAVE);
    const system = systemPrincipal('cell');
    const inTenant = { scope: { eq: `tenant:${tenant}` } };
    const count = async () => [
      ...(await Promise.all(
        [Source, Chunk, Entity, Knowledge, SourceRoot, Revision].map((one) => store.count(system, one, inTenant)),
      )),
    ];
    const before = [await count(), await held(), await facts(), await entities()];
    expect(await ingest('leave.md', LEAVE)).toMatchObject({ change: 'unchanged', chunks: 1 });
    expect([await count(), await held(), await facts(), await entities()]).toEqual(before);
  });

  it('keeps what stays, closes what is gone and lets the new value supersede the old one', async () => {
    const { ingest, held, facts, me } = await client();
    const first = await ingest(
      'a.md',
      '# Trips\n\nHotels cost 90 pounds a night.\n\n# Food\n\nLunch is paid up to 12 pounds.\n',
    );
    const [food] = (await held()).filter(({ headings }) => headings[0] === 'Food');
    const second = await ingest(
      'a.md',
      '# Intro\n\nHello to all of you out there.\n\n# Trips\n\nHotels cost 115 pounds a night.\n\n# Food\n\nLunch is paid up to 12 pounds.\n',
    );
    expect(second).toMatchObject({ source: first.source, change: 'updated', chunks: 3 });
    expect(await store.get(me, Source, first.source)).toMatchObject({ revision: 2, chunkCount: 3 });
    const now = await held();
    expect(now.map(({ text }) => text).sort()).toEqual([
      'Hello to all of you out there.',
      'Hotels cost 115 pounds a night.',
      'Lunch is paid up to 12 pounds.',
    ]);
    expect(now.find(({ id }) => id === food!.id)).toMatchObject({ position: 2, sourceRevision: 2, line: 11 });
    const closed = await facts({ retiredAt: { isNull: false } });
    expect(closed).toEqual([expect.objectContaining({ value: '90 pounds a night', validTo: closed[0]!.retiredAt })]);
    const [current] = (await facts()).filter(({ subject }) => subject === 'Hotels');
    const superseded = await store.transact(me, { why: 'test' }, (unit) =>
      unit.related(Knowledge, 'supersedes', current!.id),
    );
    expect(superseded).toEqual([closed[0]!.id]);
    expect(await facts()).toHaveLength(2);
  });

  it('brings passages back that were gone, and leaves their past as it was', async () => {
    const { ingest, held, facts, me, scope } = await client();
    const text = (limit: number) => `# Trips\n\nHotels cost ${limit} pounds a night.\n`;
    await ingest('a.md', text(90));
    await ingest('a.md', text(115));
    await ingest('a.md', text(90));
    expect((await held()).map((chunk) => chunk.text)).toEqual(['Hotels cost 90 pounds a night.']);
    expect((await facts()).map(({ value }) => value)).toEqual(['90 pounds a night']);
    expect(await store.count(me, Chunk, { scope: { eq: scope } })).toBe(3);
  });

  it('keeps a fact as long as one source states it', async () => {
    const { ingest, facts, finish } = await client();
    const text = '# Trips\n\nHotels cost 90 pounds a night.\n';
    await ingest('a.md', text);
    await ingest('b.md', `${text}\n# Other\n\nTrains are second class.\n`);
    for (const name of ['c', 'd', 'e', 'f']) await ingest(`${name}.md`, `# ${name}\n\nRoom ${name} has ten seats.\n`);
    const others = ['c.md', 'd.md', 'e.md', 'f.md'];
    expect(await finish(['b.md', ...others])).toEqual({ total: 6, missing: 1, retired: 1, held: false });
    expect((await facts()).map(({ value }) => value)).toContain('90 pounds a night');
    expect(await finish(others)).toMatchObject({ retired: 1 });
    expect((await facts()).map(({ value }) => value)).not.toContain('90 pounds a night');
  });

  it('decides on each fact of a changed file by itself: superseded, closed, or kept for another file', async () => {
    const { ingest, facts, me } = await client();
    const hotels = '# Trips\n\nHotels cost 90 pounds a night.\n';
    await ingest('b.md', hotels);
    await ingest('a.md', `${hotels}\n# Food\n\nLunch is paid up to 12 pounds.\n\n# Rail\n\nTrains are second class.\n`);
    expect(await facts()).toHaveLength(3);
    await ingest('a.md', '# Food\n\nLunch is paid up to 14 pounds.\n');
    const now = await facts();
    expect(now.map(({ text }) => text).sort()).toEqual([
      'Hotels cost 90 pounds a night. (Trips)',
      'Lunch is paid up to 14 pounds. (Food)',
    ]);
    const closed = await facts({ retiredAt: { isNull: false } });
    const lunch = now.find(({ subject }) => subject === 'Lunch');
    const superseded = await store.transact(me, { why: 'test' }, (unit) =>
      unit.related(Knowledge, 'supersedes', lunch!.id),
    );
    expect(closed.map(({ text, validTo, retiredAt }) => [text, validTo === retiredAt])).toEqual(
      expect.arrayContaining([
        ['Lunch is paid up to 12 pounds. (Food)', true],
        ['Trains are second class. (Rail)', false],
      ]),
    );
    expect(superseded).toEqual([closed.find(({ subject }) => subject === 'Lunch')!.id]);
  });

  it('holds back a run in which more than a fifth is missing, unless told to prune; so with an empty root', async () => {
    const { ingest, finish, held } = await client();
    for (const name of ['a', 'b', 'c']) await ingest(`${name}.md`, `# ${name}\n\nRoom ${name} has ten seats.\n`);
    expect(await finish(['a.md', 'b.md'])).toEqual({ total: 3, missing: 1, retired: 0, held: true });
    expect(await finish([])).toEqual({ total: 3, missing: 3, retired: 0, held: true });
    expect(await held()).toHaveLength(3);
    expect(await finish(['a.md', 'b.md'], true)).toMatchObject({ retired: 1 });
    expect(await held()).toHaveLength(2);
    expect(await ingest('c.md', '# c\n\nRoom c has ten seats.\n')).toMatchObject({ change: 'updated', chunks: 1 });
    expect(await held()).toHaveLength(3);
  });

  it('retires only what belongs to the root of the run', async () => {
    const { ingest, held, finish } = await client();
    await ingest('a.md', '# a\n\nRoom a has ten seats.\n');
    await ingest('a.md', '# a\n\nRoom b has nine seats.\n', { root: 'other' });
    expect(await finish([], true)).toMatchObject({ total: 1, retired: 1 });
    expect((await held()).map(({ text }) => text)).toEqual(['Room b has nine seats.']);
  });

  it('keeps equal files of two clients apart', async () => {
    const [one, two] = [await client(), await client()];
    const a = await one.ingest('leave.md', LEAVE);
    const b = await two.ingest('leave.md', LEAVE);
    expect(b).toMatchObject({ change: 'created', chunks: 1 });
    expect(a.source).not.toBe(b.source);
    expect(new Set([...(await one.entities()), ...(await two.entities())].map(({ id }) => id)).size).toBe(
      (await one.entities()).length * 2,
    );
  });

  it('searches equal bytes once, and lets the copy take over when the first one goes', async () => {
    const { ingest, held, facts, me, finish } = await client();
    const first = await ingest('leave.md', LEAVE);
    const copy = await ingest('copy.md', LEAVE);
    const third = await ingest('third.md', LEAVE);
    expect(copy).toMatchObject({ change: 'created', chunks: 0 });
    expect(await held()).toHaveLength(1);
    const duplicateOf = (id: string) =>
      store.transact(me, { why: 'test' }, (unit) => unit.related(Source, 'duplicateOf', id));
    expect(await duplicateOf(copy.source)).toEqual([first.source]);
    expect(await ingest('copy.md', LEAVE)).toMatchObject({ change: 'unchanged' });
    await finish(['copy.md', 'third.md'], true);
    expect(await held()).toHaveLength(1);
    expect(await facts()).toHaveLength(1);
    const heirs = [copy.source, third.source].sort();
    expect(await duplicateOf(heirs[1]!)).toEqual([heirs[0]]);
    expect(await store.get(me, Source, heirs[0]!)).toMatchObject({ state: 'active', chunkCount: 1 });
  });

  it('marks passages that say nearly the same', async () => {
    const { ingest, held, me } = await client();
    const words =
      'Every trip needs the yes of a line manager before it is booked and all bookings go through one desk which answers within one working day and keeps the tickets until the traveller has come back home safely';
    await ingest('a.md', `# A\n\n${words}.\n`);
    await ingest('b.md', `# B\n\n${words} again.\n`);
    const later = (await held()).find(({ headings }) => headings[0] === 'B');
    const near = await store.transact(me, { why: 'test' }, (unit) => unit.related(Chunk, 'nearDuplicates', later!.id));
    expect(near).toHaveLength(1);
  });

  it('writes a long file in hidden batches, goes on after an interruption and shows it only when it is whole', async () => {
    const { held, me, tenant, facts } = await client();
    const text = Array.from({ length: 40 }, (_, at) => `# Part ${at}\n\nRoom ${at} has ${at + 3} seats.\n`).join('\n');
    const source = { tenant, root: 'docs', name: 'long.md', content: contentOf(text) };
    const stop = new AbortController();
    const seen: number[] = [];
    const interrupted = createIngestion({
      store,
      clock: systemClock,
      logger: silentLogger,
      limits: { batchPassages: 8 },
      onProgress: ({ stage, passages }) => {
        if (stage === 'staging') seen.push(passages);
        if (stage === 'staging' && passages === 24) stop.abort(new Error('cut'));
      },
    });
    await expect(interrupted.ingest(me, source, { signal: stop.signal })).rejects.toThrow();
    expect(await held()).toEqual([]);
    expect(seen).toEqual([8, 16, 24]);
    const stages: string[] = [];
    const again = createIngestion({
      store,
      clock: systemClock,
      logger: silentLogger,
      limits: { batchPassages: 8 },
      onProgress: ({ stage, passages }) => stages.push(`${stage} ${passages}`),
    });
    expect(await again.ingest(me, source)).toMatchObject({ change: 'created', chunks: 40, knowledge: 40 });
    expect(stages.filter((stage) => stage.startsWith('staging'))).toEqual(['staging 32', 'staging 40']);
    expect(await held()).toHaveLength(40);
    expect(await facts()).toHaveLength(40);
    expect(await again.ingest(me, source)).toMatchObject({ change: 'unchanged', chunks: 40 });
  });

  it('ends by itself what was cut behind the point of no return', async () => {
    const { held, me, tenant } = await client();
    const text = (word: string) =>
      Array.from({ length: 30 }, (_, at) => `# Part ${at}\n\nRoom ${at} has ${word} seats.\n`).join('\n');
    const stop = new AbortController();
    const cut = createIngestion({
      store,
      clock: systemClock,
      logger: silentLogger,
      limits: { batchPassages: 8 },
      onProgress: ({ stage }) => stage === 'publishing' && stop.abort(new Error('cut')),
    });
    const source = { tenant, root: 'docs', name: 'long.md' };
    await small({ batchPassages: 8 }).ingest(me, { ...source, content: contentOf(text('old')) });
    const changed = { ...source, content: contentOf(text('new')) };
    await expect(cut.ingest(me, changed, { signal: stop.signal })).rejects.toThrow();
    expect(await small({ batchPassages: 8 }).resume()).toBe(1);
    const texts = (await held()).map((chunk) => chunk.text);
    expect(texts).toHaveLength(30);
    expect(texts.every((one) => one.includes('new'))).toBe(true);
    expect(await small({}).ingest(me, changed)).toMatchObject({ change: 'unchanged' });
  });

  it('drops what was staged when other content comes instead', async () => {
    const { held, me, tenant, scope } = await client();
    const text = (word: string) =>
      Array.from({ length: 30 }, (_, at) => `# Part ${at}\n\nRoom ${at} has ${word} seats.\n`).join('\n');
    const stop = new AbortController();
    const cut = createIngestion({
      store,
      clock: systemClock,
      logger: silentLogger,
      limits: { batchPassages: 8 },
      onProgress: ({ stage }) => stage === 'staging' && stop.abort(new Error('cut')),
    });
    const source = { tenant, root: 'docs', name: 'long.md' };
    await expect(
      cut.ingest(me, { ...source, content: contentOf(text('old')) }, { signal: stop.signal }),
    ).rejects.toThrow();
    await small({ batchPassages: 8 }).ingest(me, { ...source, content: contentOf(text('new')) });
    expect(await store.count(me, Chunk, { scope: { eq: scope } })).toBe(30);
    expect((await held()).every((chunk) => chunk.text.includes('new'))).toBe(true);
  });

  it('keeps the good content of a file that has become unreadable, and says why', async () => {
    const { ingest, held, me } = await client();
    const good = await ingest('leave.md', LEAVE);
    const bad = await ingest('leave.md', new Uint8Array([0x23, 0x20, 0xc3, 0x28, 0xff, 0xfe, 0x41, 0x80]));
    expect(bad).toMatchObject({ source: good.source, change: 'failed', chunks: 1 });
    expect(await store.get(me, Source, good.source)).toMatchObject({ state: 'failed', errorCode: bad.error!.code });
    expect(await held()).toHaveLength(1);
    expect(await ingest('leave.md', LEAVE)).toMatchObject({ change: 'updated' });
    expect(await store.get(me, Source, good.source)).toMatchObject({ state: 'active', errorCode: null });
  });

  it('leaves nothing of an erased source but a tombstone', async () => {
    const { ingest, me, tenant, scope, facts } = await client();
    const marker = `Zyx${newId().slice(-6)}`;
    const text = `# ${marker} handbook\n\n${marker} Widgets GmbH is the supplier of ${marker} parts. Write to ${marker}@acme.example.\n\n| ${marker} item | ${marker} price |\n|---|---|\n| ${marker} bolt | 3 pounds |\n\nTrains are second class.\n`;
    const first = await ingest(`${marker}.md`, text.replace('3 pounds', '2 pounds'));
    await ingest(`${marker}.md`, text);
    await ingest('other.md', `# ${marker} handbook\n\nTrains are second class.\n`.replaceAll(marker, 'Another'));
    const [cited] = await store.list(me, Chunk, { where: { scope: { eq: scope }, text: { contains: 'supplier' } } });
    const [fact] = await facts({ value: { eq: '3 pounds' } });
    const outcome = await store.transact(me, { why: 'test' }, async (unit) => {
      const id = unit.create(Outcome, {
        ...{ scope, summary: 'done', output: '{}', metrics: '{}', notes: [], state: 'delivered', costMicros: 0 },
      });
      unit.relate(Outcome, 'chunks', id, cited!.id);
      unit.relate(Outcome, 'knowledge', id, fact!.id);
      return id;
    });
    const found = async () => {
      const hits: string[] = [];
      for await (const part of under.engine.dump()) {
        if (JSON.stringify(part).toLowerCase().includes(marker.toLowerCase()))
          hits.push(JSON.stringify(part).slice(0, 200));
      }
      return hits;
    };
    expect((await found()).length).toBeGreaterThan(5);
    await ingestion.erase(me, first.source, `because of ${marker}`);
    expect(await found()).toEqual([]);
    expect(await store.get(me, Source, first.source)).toMatchObject({
      ...{ state: 'erased', name: 'erased', erasedBy: me.id, title: null, contentHash: '' },
    });
    const why = await store.read(me, {
      roots: [
        {
          key: 'outcome',
          node: 'Outcome',
          find: { by: 'id', id: outcome },
          select: {
            properties: {},
            relations: {
              chunks: { field: 'chunks', select: { properties: { text: 'text', erasedAt: 'erasedAt' } }, page: {} },
              knowledge: {
                field: 'knowledge',
                select: { properties: { title: 'title', erasedAt: 'erasedAt' } },
                page: {},
              },
            },
          },
        },
      ],
    });
    expect(why.outcome).toMatchObject({
      chunks: { nodes: [{ text: '', erasedAt: expect.any(Number) }] },
      knowledge: { nodes: [{ title: 'erased', erasedAt: expect.any(Number) }] },
    });
    expect((await facts()).map(({ value }) => value)).toEqual(['second class']);
    expect(await ingestion.erase(me, first.source)).toEqual({ source: first.source });
    const again = await ingestion.ingest(me, { tenant, root: 'docs', name: `${marker}.md`, content: contentOf(text) });
    expect(again).toMatchObject({ change: 'created' });
    expect(again.source).not.toBe(first.source);
  });

  it('lets only those in who may write the knowledge of that client', async () => {
    const { tenant, ingest } = await client();
    const other = await client();
    const source = { tenant, root: 'docs', name: 'a.md', content: contentOf(LEAVE) };
    for (const role of ['viewer', 'reviewer', 'agent'] as const) {
      const principal = personPrincipal({ id: newId(), name: role, role, tenant });
      await expect(ingestion.ingest(principal, source)).rejects.toMatchObject({ code: 'KAZE_GRAPH_FORBIDDEN' });
    }
    await expect(ingestion.ingest(other.me, source)).rejects.toMatchObject({ code: 'KAZE_GRAPH_FORBIDDEN' });
    const mine = await ingest('a.md', LEAVE);
    await expect(ingestion.erase(other.me, mine.source)).rejects.toMatchObject({
      code: 'KAZE_INGESTION_UNKNOWN_SOURCE',
    });
    const viewer = personPrincipal({ id: newId(), name: 'v', role: 'viewer', tenant });
    await expect(ingestion.erase(viewer, mine.source)).rejects.toMatchObject({ code: 'KAZE_GRAPH_FORBIDDEN' });
    const operator = personPrincipal({ id: newId(), name: 'o', role: 'operator' });
    await expect(ingestion.ingest(operator, { ...source, tenant: `${tenant.slice(0, -1)}x` })).rejects.toMatchObject({
      code: 'KAZE_INGESTION_UNKNOWN_TENANT',
      message: expect.stringContaining(tenant),
    });
  });

  it('writes to no vertical, whatever a file, its name, its root or the option says', async () => {
    const { ingest, tenant, me, scope } = await client();
    const [name, id] = Object.entries(verticals)[0]!;
    const system = systemPrincipal('cell');
    const shared = async () => {
      const seen: string[] = [];
      for await (const part of under.engine.dump()) {
        const text = JSON.stringify(part);
        if (text.includes(`"scope":"vertical:${name}"`) || text.includes(`"from":"${id}"`)) seen.push(text);
      }
      return seen.sort();
    };
    const before = await shared();
    const front = `---\nscope: vertical:${name}\nid: ${id}\npath: ${name}/practices/x\nvertical: ${name}\n---\n# Practice\n\nTrains are second class.\n`;
    await ingest(`vertical:${name}/practice.md`, front, { vertical: name });
    await ingest('../../verticals/x.md', front, { vertical: name, root: `vertical:${name}` });
    await ingest('rows.csv', `scope,tenant,id\nvertical:${name},other,${id}\n`, { vertical: name });
    await expect(ingest('x.md', front, { vertical: `vertical:${name}` })).rejects.toMatchObject({
      code: 'KAZE_INGESTION_UNKNOWN_VERTICAL',
    });
    for (const bad of [`vertical:${name}`, '*', `${tenant}/x`, '']) {
      const source = { tenant: bad, root: 'docs', name: 'x.md', content: contentOf(front) };
      await expect(ingestion.ingest(me, source)).rejects.toMatchObject({ code: expect.stringMatching(/^KAZE_GRAPH_/) });
    }
    expect(await shared()).toEqual(before);
    const all = await store.list(system, Knowledge, {
      where: { subject: { eq: 'Trains' }, scope: { eq: scope } },
      limit: 100,
    });
    expect(all.length).toBeGreaterThan(0);
    expect(all.every(({ path }) => path === null)).toBe(true);
  });

  it('reads the whole example handbook', async () => {
    const { ingest, held, facts, entities } = await client();
    const names = readdirSync(HANDBOOK);
    const results = [];
    for (const name of names) results.push(await ingest(name, readFileSync(new URL(name, HANDBOOK))));
    expect(results.map(({ change }) => change)).toEqual(names.map(() => 'created'));
    const passages = await held();
    expect(passages).toHaveLength(results.reduce((sum, { chunks }) => sum + chunks, 0));
    expect((await facts()).length).toBeGreaterThan(200);
    const found = (await entities()).map(({ kind, name }) => `${kind}: ${name}`);
    for (const one of [
      'person: Tomasz Wieczorek',
      'organisation: Keld Security',
      'person: Martin Ashworth',
      'email: ap@acme-rota.example',
      'place: Cork',
      'money: 115 pounds',
    ]) {
      expect(found).toContain(one);
    }
    expect(passages.some(({ page, text }) => page === 2 && text.includes('115 pounds'))).toBe(true);
  });

  it('takes many files at once without losing one', async () => {
    const { ingest, held, entities } = await client();
    const files = Array.from({ length: 12 }, (_, at) =>
      ingest(`${at}.md`, `# ${at}\n\nRoom ${at} has ten seats. Northgate Bank is near.\n`),
    );
    const same = [ingest('same.md', LEAVE), ingest('same.md', LEAVE), ingest('same.md', LEAVE)];
    const done = await Promise.all([...files, ...same]);
    expect(done.filter(({ change }) => change === 'created')).toHaveLength(13);
    expect(await held()).toHaveLength(13);
    expect((await entities()).filter(({ name }) => name === 'Northgate Bank')).toHaveLength(1);
  });
}
