/**
 * Engines, store and search of a cell on a loaded folder, in a process of their own: times each kind of read as the
 * parts of a cell meet it. Takes `{ dataFolder, size, seed }` over IPC and gives rows.
 */
import { join } from 'node:path';
import {
  createKnowledgeSearch,
  type Embedder,
  type KnowledgeHit,
  openGraph,
  type Principal,
  personPrincipal,
  schema,
  scopeToken,
  tenantScope,
} from '#graph-schema';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createLanceSearchIndex } from '#graph-schema/adapters/search-index/lancedb';
import { systemClock as clock, silentLogger as logger } from '#platform';
import { startSearchUpkeep } from '../../deploy/cell/search-upkeep.ts';
import { quantile } from '../measure.ts';
import type { Question } from './corpus.ts';
import { idOf } from './graph-data.ts';
import { questionsOf } from './questions.ts';
import { pointRead, threeHops, throughHubs } from './reads.ts';
import { HUNDREDTH, rangeOf, SIZES, type Size, TENANTS, TENTH } from './sizes.ts';

export interface InnerOrder {
  readonly dataFolder: string;
  readonly size: Size['name'];
  readonly seed: number;
}

/** Times in milliseconds; `found` is the share of questions whose own passage was among the ten. */
export interface InnerRow {
  readonly name: string;
  readonly timesMs: readonly number[];
  readonly found?: number;
}

const READS = 400;
const QUESTIONS = 100;
const WARM = 20;

const reader = (tenant: string) => personPrincipal({ id: 'bench', name: 'Bench', role: 'viewer', tenant });
const everyone = personPrincipal({ id: 'bench', name: 'Bench', role: 'admin' });

async function timed(name: string, count: number, work: (at: number) => Promise<unknown>): Promise<InnerRow> {
  const timesMs: number[] = [];
  for (let at = -WARM; at < count; at++) {
    const began = performance.now();
    await work(at < 0 ? count + at : at);
    if (at >= 0) timesMs.push(performance.now() - began);
  }
  timesMs.sort((a, b) => a - b);
  process.stderr.write(`${name}: p50 ${quantile(timesMs, 0.5).toFixed(1)} ms\n`);
  return { name, timesMs };
}

async function measure({ dataFolder, size: sizeName, seed }: InnerOrder): Promise<InnerRow[]> {
  const size = SIZES[sizeName];
  const engine = await createGrafeoEngine({ folder: join(dataFolder, 'graph'), logger, clock });
  const real = createUseLiteEmbedder();
  const { dimensions, model, languages } = real;
  const index = await createLanceSearchIndex({ folder: join(dataFolder, 'search'), dimensions });
  // What a minute without a search or a write brings in a cell: the rows of its first start are in the indexes too.
  await index.optimize();
  const { store, storeId, generation } = await openGraph({ engine, schema, clock, logger });
  const feeds = { store, index, embedder: real, schema, clock, logger, graph: { storeId, generation } };
  const upkeep = await startSearchUpkeep(feeds);
  const vectors = new Map<string, Float32Array>();
  const seeded: Embedder = {
    ...{ model, dimensions, languages },
    embed: async (texts) => texts.map((text) => vectors.get(text)!),
    close: async () => {},
  };
  const knowing = createKnowledgeSearch({ store, index, embedder: seeded, schema, clock, logger });
  const embedding = createKnowledgeSearch({ store, index, embedder: real, schema, clock, logger });

  const range = (count: number) => rangeOf(TENANTS.indexOf(TENTH), count);
  const one = (label: string, count: number, at: number) => {
    const { from, to } = range(count);
    return idOf(label, from + ((at * 7_919) % (to - from)));
  };
  const principal = reader(TENTH);
  const rows = [
    await timed('point read', READS, (at) => store.read(principal, pointRead(one('chunk', size.chunks, at)))),
    await timed('3 hops: outcome, knowledge, passages, sources', READS, (at) =>
      store.read(principal, threeHops(one('outcome', size.outcomes, at))),
    ),
    await timed('3 hops through hubs: passage, entities, passages, sources', READS / 4, (at) =>
      store.read(principal, throughHubs(one('chunk', size.chunks, at))),
    ),
  ];

  async function searched(
    name: string,
    who: Principal,
    given: { questions: Question[]; expand?: boolean; real?: true },
  ) {
    for (const { text, vector } of given.questions) vectors.set(text, vector);
    let found = 0;
    const knowledge = given.real ? embedding : knowing;
    const row = await timed(name, given.questions.length, async (at) => {
      const { text, about } = given.questions[at]!;
      const hits: readonly KnowledgeHit[] = await knowledge.search(who, { text, expand: given.expand, limit: 10 });
      if (hits.some(({ id }) => id === idOf('chunk', about))) found++;
    });
    // Those that warm up are asked twice.
    return { ...row, found: Math.min(1, found / (given.questions.length + WARM)) };
  }
  const tenth = questionsOf(size, { seed, count: QUESTIONS, tenant: TENTH });
  const hundredth = questionsOf(size, { seed, count: QUESTIONS, tenant: HUNDREDTH });
  const all = questionsOf(size, { seed, count: QUESTIONS });
  rows.push(await searched('hybrid search in a tenth', principal, { questions: tenth }));
  rows.push(await searched('hybrid search in a hundredth', reader(HUNDREDTH), { questions: hundredth }));
  rows.push(await searched('hybrid search over everything', everyone, { questions: all }));
  rows.push(await searched('in a tenth, without the walk', principal, { questions: tenth, expand: false }));
  rows.push(
    await timed('the two lists of the index alone, in a tenth', QUESTIONS, async (at) => {
      const { text, vector } = tenth[at]!;
      await index.search({
        ...{ text, vector: { model, values: vector }, labels: ['Chunk', 'Knowledge'], limit: 200 },
        scopeTokens: [scopeToken(tenantScope(TENTH)), scopeToken('platform')],
      });
    }),
  );
  await real.embed(['warm']);
  rows.push(await timed('embedding a question', QUESTIONS, (at) => real.embed([tenth[at]!.text])));
  const embedded = await searched('in a tenth, the question embedded too', principal, { questions: tenth, real: true });
  // Its vectors mean nothing among seeded ones: only its time counts.
  rows.push({ name: embedded.name, timesMs: embedded.timesMs });

  await upkeep.stop();
  await index.close();
  await real.close();
  await store.close();
  return rows;
}

process.once('message', (order: InnerOrder) => {
  measure(order).then(
    (rows) => process.send?.({ rows }, () => process.disconnect()),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? error.stack : String(error) }, () => process.exit(1)),
  );
});
