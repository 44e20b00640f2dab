import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Chunk,
  createIndexFeed,
  createKnowledgeSearch,
  type Embedder,
  Entity,
  type GraphEngine,
  type GraphStore,
  type KnowledgeSearch,
  type NewNode,
  type OutboxFeeder,
  openGraph,
  personPrincipal,
  rebuildIndex,
  type SearchIndex,
  schema,
  shortestPath,
  startOutboxFeeder,
  startVectorFeed,
  systemPrincipal,
  Tenant,
  tenantScope,
  type VectorFeed,
} from '#graph-schema';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import { systemClock as clock, silentLogger as logger, newId } from '#platform';

export interface SearchUnderTest {
  readonly engine: GraphEngine;
  openIndex(dimensions: number): Promise<SearchIndex>;
  close(): Promise<void>;
}

const chunk: Omit<NewNode<typeof Chunk>, 'text'> = {
  position: 0,
  headings: [],
  startOffset: 0,
  endOffset: 1,
  language: 'en',
  contentHash: 'x',
  sourceRevision: 1,
  recordedAt: 1,
};

/** From a commit to a ranked answer: outbox, index, vectors, fusion, walk and the second reading under rights. */
export function knowledgeSearchSuite(create: () => Promise<SearchUnderTest>): void {
  const suffix = randomBytes(4).toString('hex');
  const tenant = `acme-${suffix}`;
  const other = `rival-${suffix}`;
  const me = personPrincipal({ id: newId(), name: 'Ada', role: 'viewer', tenant });
  const them = personPrincipal({ id: newId(), name: 'Bob', role: 'viewer', tenant: other });
  const ingestion = systemPrincipal('ingestion');
  let under: SearchUnderTest;
  let store: GraphStore;
  let index: SearchIndex;
  let embedder: Embedder;
  let search: KnowledgeSearch;
  let feeder: OutboxFeeder;
  let vectors: VectorFeed;
  const ids: Record<string, string> = {};

  const settle = async () => {
    await feeder.drain();
    await vectors.settled(AbortSignal.timeout(20_000));
  };

  beforeAll(async () => {
    under = await create();
    ({ store } = await openGraph({ engine: under.engine, schema, clock, logger }));
    embedder = createUseLiteEmbedder({ logger });
    index = await under.openIndex(embedder.dimensions);
    await index.reset();
    search = createKnowledgeSearch({ store, index, embedder, schema, clock, logger });
    await store.transact(systemPrincipal('loader'), { why: 'a test' }, async (unit) => {
      for (const name of [tenant, other]) unit.create(Tenant, { scope: tenantScope(name), name, title: name });
    });
    await store.transact(ingestion, { why: 'a test' }, async (unit) => {
      const texts: Record<string, [string, string]> = {
        leave: [tenant, 'Employees have 28 days of annual leave, which must be requested two weeks ahead.'],
        expenses: [tenant, 'Taxi rides are reimbursed after a receipt has been handed in.'],
        security: [tenant, 'Passwords are changed when a laptop is lost or stolen.'],
        hidden: [other, 'Employees have 31 days of annual leave at the rival company.'],
      };
      for (const [name, [owner, text]] of Object.entries(texts)) {
        ids[name] = unit.create(Chunk, { ...chunk, text, scope: tenantScope(owner) });
      }
      const person = unit.create(Entity, {
        scope: tenantScope(tenant),
        name: 'Zelda Quist',
        kind: 'person',
        aliases: [],
      });
      unit.relate(Chunk, 'entities', ids.leave!, person);
      unit.relate(Chunk, 'entities', ids.security!, person);
      ids.person = person;
    });
    const deliver = createIndexFeed({ store, index, schema });
    feeder = startOutboxFeeder({ store, kind: 'index', deliver, clock, logger });
    vectors = startVectorFeed({ index, embedder, clock, logger });
    await settle();
  }, 120_000);

  afterAll(async () => {
    await feeder?.stop();
    await vectors?.stop();
    await index?.close();
    await embedder?.close();
    await store?.close();
    await under?.close();
  });

  it('finds by the words of a passage', async () => {
    const [first] = await search.search(me, { text: 'annual leave days' });
    expect(first).toMatchObject({ id: ids.leave, label: 'Chunk' });
    expect(first!.reasons.text).toBe(1);
  });

  it('finds by meaning where no word is shared', async () => {
    const [first] = await search.search(me, { text: 'What should I do if somebody steals my computer?' });
    expect(first).toMatchObject({ id: ids.security });
    expect(first!.reasons.vector).toBeGreaterThan(0.5);
  });

  it("finds nothing of another client's, however well it fits", async () => {
    const text = 'Employees have 31 days of annual leave at the rival company.';
    const mine = await search.search(me, { text, limit: 100 });
    expect(mine.map(({ id }) => id)).not.toContain(ids.hidden);
    expect((await search.search(them, { text }))[0]).toMatchObject({ id: ids.hidden });
    expect(await search.search(me, { text, scopes: [tenantScope(other)] })).toEqual([]);
  });

  it('lifts what hangs together with the best hit by an entity', async () => {
    const hits = await search.search(me, { text: 'annual leave requested', limit: 10 });
    const security = hits.find(({ id }) => id === ids.security);
    expect(security?.reasons.graph).toBeGreaterThan(0);
    const flat = await search.search(me, { text: 'annual leave requested', limit: 10, expand: false });
    expect(flat.find(({ id }) => id === ids.security)?.reasons.graph).toBeUndefined();
  });

  it('finds the path between passages through what they mention', async () => {
    const path = await shortestPath(store, me, { from: ids.leave!, to: ids.security! });
    expect(path?.nodes.map(({ id }) => id)).toEqual([ids.leave, ids.person, ids.security]);
    expect(path?.edges.map(({ type }) => type)).toEqual(['MENTIONS', 'MENTIONS']);
    expect(await shortestPath(store, me, { from: ids.leave!, to: ids.expenses! })).toBeUndefined();
    expect(await shortestPath(store, them, { from: ids.leave!, to: ids.security! })).toBeUndefined();
  });

  it('forgets what is retired, follows what changes, and drops what is gone from the graph', async () => {
    await store.transact(ingestion, { why: 'a test' }, async (unit) => {
      await unit.update(Chunk, ids.expenses!, { text: 'Bicycles are leased through the payroll.' });
    });
    await settle();
    expect((await search.search(me, { text: 'bicycle payroll' }))[0]).toMatchObject({ id: ids.expenses });
    const before = await search.search(me, { text: 'taxi receipt', limit: 1 });
    expect(before[0]?.reasons.text).toBeUndefined();
    await store.transact(ingestion, { why: 'a test' }, (unit) => unit.update(Chunk, ids.expenses!, { retiredAt: 5 }));
    // Not yet fed: the graph is read again, so what the index still holds does not matter.
    expect((await search.search(me, { text: 'bicycle payroll' })).map(({ id }) => id)).not.toContain(ids.expenses);
    await settle();
    expect((await search.search(me, { text: 'bicycle payroll' })).map(({ id }) => id)).not.toContain(ids.expenses);
  });

  it('can be rebuilt from the graph', async () => {
    await index.reset();
    expect(await search.search(me, { text: 'annual leave days', expand: false })).toEqual([]);
    await rebuildIndex({ store, index, schema });
    expect((await search.search(me, { text: 'annual leave days' }))[0]).toMatchObject({ id: ids.leave });
  });

  describe('an empty question', () => {
    it('finds nothing', async () => {
      expect(await search.search(me, { text: '  ' })).toEqual([]);
    });
  });
}
