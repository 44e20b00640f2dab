import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GraphEngine, openGraph, type SearchIndex, schema } from '#graph-schema';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createLanceSearchIndex } from '#graph-schema/adapters/search-index/lancedb';
import { systemClock as clock, silentLogger as logger } from '#platform';
import { searchDocument } from '../../graph-schema/search/index-feed.ts';
import { createCorpus } from './corpus.ts';
import { nodesOf, relationsOf } from './graph-data.ts';
import type { Size } from './sizes.ts';

/** Raised when what is loaded changes, so that an older folder is not taken for it. */
const FORMAT = 1;
const INDEX_BATCH = 2_000;

export interface Loaded {
  readonly dataFolder: string;
  /** Seconds that it took; undefined when an earlier run had loaded it. */
  readonly seconds?: { readonly graph: number; readonly index: number; readonly total: number };
}

/**
 * A cell's data folder with a graph and a search index of this size, made once for a seed. Nodes and relationships go
 * through the GraphEngine port with the texts the store writes, without outbox and revisions of their own (the fast path
 * of a restore); documents and vectors go through the SearchIndex port, as the feeds write them.
 */
export async function loadCell(size: Size, { seed, work }: { seed: number; work: string }): Promise<Loaded> {
  const folder = join(work, `growth-${FORMAT}-${size.name}-${seed}`);
  const dataFolder = join(folder, 'data');
  const marker = join(folder, 'loaded.json');
  if (await readFile(marker, 'utf8').catch(() => undefined)) return { dataFolder };
  await rm(folder, { recursive: true, force: true });
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const began = performance.now();
  const since = () => (performance.now() - began) / 1_000;

  const { model, dimensions } = createUseLiteEmbedder();
  const engine = await createGrafeoEngine({ folder: join(dataFolder, 'graph'), logger, clock });
  const index = await createLanceSearchIndex({
    folder: join(dataFolder, 'search'),
    dimensions,
    vectorIndexFrom: 2 ** 31,
  });
  try {
    const { storeId, generation } = await openGraph({ engine, schema, clock, logger });
    const [graph, indexed] = await Promise.all([
      loadGraph(engine, size, seed).then(since),
      loadIndex(index, size, { seed, model }).then(since),
    ]);
    await index.seal({ storeId, generation, model });
    await index.close();
    await buildVectorIndex(join(dataFolder, 'search'), dimensions);
    const seconds = { graph, index: Math.max(indexed, since()), total: since() };
    await writeFile(marker, JSON.stringify(seconds));
    return { dataFolder, seconds };
  } finally {
    await index.close();
    await engine.close();
  }
}

function progress(what: string, done: number, all: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${what} ${Math.round((100 * done) / all)} %   `);
  else if (done >= all || Math.floor((10 * done) / all) !== Math.floor((10 * (done - 4_000)) / all))
    process.stderr.write(`${what} ${Math.round((100 * done) / all)} %\n`);
}

const RELATE = (type: string) =>
  `UNWIND $rows AS row MATCH (a:Node) WHERE a.id = row.from MATCH (b:Node) WHERE b.id = row.to CREATE (a)-[:${type}]->(b)`;

async function loadGraph(engine: GraphEngine, size: Size, seed: number): Promise<void> {
  const all = size.nodes + size.relationships;
  let done = 0;
  const run = async (text: string, rows: ReadonlyArray<Record<string, never>>) => {
    await engine.transaction((transaction) => transaction.run(text, { rows }), { timeoutMs: 120_000 });
    done += rows.length;
    progress('graph', done, all);
  };
  for (const { label, rows } of nodesOf(size, createCorpus(seed)))
    await run(`UNWIND $rows AS row CREATE (n:Node:${label}) SET n += row`, rows as never);
  for (const { type, pairs } of relationsOf(size, seed)) await run(RELATE(type), pairs as never);
  await engine.barrier();
}

async function loadIndex(index: SearchIndex, size: Size, { seed, model }: { seed: number; model: string }) {
  const corpus = createCorpus(seed);
  let done = 0;
  const all = size.chunks + size.entities + size.knowledge + size.outcomes;
  for (const { label, rows } of nodesOf(size, corpus)) {
    const { definition } = schema.type(label);
    if (!definition.searchable) continue;
    for (let at = 0; at < rows.length; at += INDEX_BATCH) {
      const part = rows.slice(at, at + INDEX_BATCH);
      const documents = part.flatMap((row) => searchDocument(definition, row as { id: string; scope: string }) ?? []);
      await index.upsert(documents);
      const vectors = documents.map(({ id }, offset) => ({ id, model, vector: corpus.vector(done + offset) }));
      await index.setVectors(vectors);
      done += documents.length;
      progress('search index', done, all);
    }
  }
}

/** Once over everything instead of at 20,000 vectors and again: the time is that of one build. */
async function buildVectorIndex(folder: string, dimensions: number): Promise<void> {
  const index = await createLanceSearchIndex({ folder, dimensions });
  await index.optimize();
  await index.close();
}
