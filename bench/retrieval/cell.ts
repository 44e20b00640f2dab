import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import nlp from 'compromise';
import {
  Chunk,
  createIndexFeed,
  createKnowledgeSearch,
  type Embedder,
  Entity,
  type GraphStore,
  type KnowledgeSearch,
  openGraph,
  type Principal,
  personPrincipal,
  type SearchIndex,
  schema,
  startOutboxFeeder,
  startVectorFeed,
  systemPrincipal,
  Tenant,
  tenantScope,
} from '#graph-schema';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createLanceSearchIndex } from '#graph-schema/adapters/search-index/lancedb';
import { systemClock as clock, contentHash, silentLogger as logger, newId } from '#platform';
import type { CorpusPassage } from './corpus.ts';

export interface RetrievalCell {
  readonly store: GraphStore;
  readonly index: SearchIndex;
  readonly embedder: Embedder;
  readonly search: KnowledgeSearch;
  readonly principal: Principal;
  /** May add to the client's knowledge. */
  readonly curator: Principal;
  readonly scope: string;
  /** Passage by the id of its Chunk. */
  readonly passages: ReadonlyMap<string, CorpusPassage>;
  /** Milliseconds until all words, and all vectors, could be searched. */
  readonly textMs: number;
  readonly vectorsMs: number;
  close(): Promise<void>;
}

export interface CellOptions {
  readonly passages: readonly CorpusPassage[];
  /** Also names entities of each passage, so that the walk has something to follow. */
  readonly entities: boolean;
  /** File in which vectors are kept between runs; they are computed each time without it. */
  readonly vectors?: string;
  /** Adds to the graph before the index is filled. */
  readonly load?: (cell: Pick<RetrievalCell, 'store' | 'curator'>) => Promise<void>;
}

/** A temporary embedded cell that holds the corpus: Grafeo in memory, LanceDB in a folder, USE-lite. */
export async function openRetrievalCell(options: CellOptions): Promise<RetrievalCell> {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-retrieval-'));
  const engine = await createGrafeoEngine({ memory: true, logger, clock });
  const { store } = await openGraph({ engine, schema, clock, logger });
  const embedder = await rememberingEmbedder(createUseLiteEmbedder({ logger }), options.vectors);
  const index = await createLanceSearchIndex({ folder: join(folder, 'index'), dimensions: embedder.dimensions });
  await index.seal({ storeId: 'bench', generation: 0, model: embedder.model });
  const scope = tenantScope('bench');
  const began = performance.now();
  const passages = await load(store, scope, options);
  const curator = personPrincipal({ id: newId(), name: 'bench', role: 'curator', tenant: 'bench' });
  await options.load?.({ store, curator });
  const feeder = startOutboxFeeder({
    store,
    kind: 'index',
    deliver: createIndexFeed({ store, index, schema }),
    clock,
    logger,
    batch: 1_000,
  });
  const vectors = startVectorFeed({ index, embedder, clock, logger });
  await feeder.drain();
  const textMs = performance.now() - began;
  await vectors.settled(AbortSignal.timeout(1_800_000));
  const vectorsMs = performance.now() - began;
  await index.optimize();
  await embedder.save();
  return {
    store,
    index,
    embedder,
    search: createKnowledgeSearch({ store, index, embedder, schema, clock, logger }),
    principal: personPrincipal({ id: newId(), name: 'bench', role: 'viewer', tenant: 'bench' }),
    curator,
    scope,
    passages,
    textMs,
    vectorsMs,
    async close() {
      await embedder.save();
      await feeder.stop();
      await vectors.stop();
      await index.close();
      await embedder.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function load(
  store: GraphStore,
  scope: string,
  { passages, entities }: CellOptions,
): Promise<ReadonlyMap<string, CorpusPassage>> {
  const ids = new Map<string, CorpusPassage>();
  await store.transact(systemPrincipal('loader'), { why: 'bench' }, async (unit) => {
    unit.create(Tenant, { scope, name: 'bench', title: 'Bench', country: 'GB' });
  });
  const known = new Map<string, string>();
  for (let at = 0; at < passages.length; at += 200) {
    await store.transact(systemPrincipal('ingestion'), { why: 'bench' }, async (unit) => {
      for (const passage of passages.slice(at, at + 200)) {
        const id = unit.create(Chunk, {
          scope,
          text: passage.text,
          headings: [passage.title],
          position: ids.size,
          startOffset: 0,
          endOffset: passage.text.length,
          language: 'en',
          contentHash: contentHash(passage.text),
          sourceRevision: 1,
          recordedAt: unit.now,
        });
        ids.set(id, passage);
        for (const name of entities ? namesIn(passage) : []) {
          const key = name.toLowerCase();
          const entity = known.get(key) ?? unit.create(Entity, { scope, name, kind: 'term', aliases: [] });
          known.set(key, entity);
          unit.relate(Chunk, 'entities', id, entity);
        }
      }
    });
  }
  return ids;
}

/** The title, and the people, places and organisations that compromise finds in the text. */
function namesIn({ title, text }: CorpusPassage): string[] {
  const found = nlp(text).topics().out('array') as string[];
  const names = found.map((name) => name.replace(/[\s.,;:'"’()]+$/gu, '').trim());
  const bare = title.replace(/\s*\([^)]*\)\s*$/u, '');
  return [...new Set([bare, ...names])].filter((name) => name.length > 2 && name.length <= 150);
}

interface RememberingEmbedder extends Embedder {
  save(): Promise<void>;
}

async function rememberingEmbedder(inner: Embedder, file: string | undefined): Promise<RememberingEmbedder> {
  const kept = new Map<string, Float32Array>();
  let grew = false;
  if (file) {
    const saved = await readFile(file, 'utf8').catch(() => '{}');
    for (const [text, base64] of Object.entries(JSON.parse(saved) as Record<string, string>)) {
      kept.set(text, new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer));
    }
  }
  return {
    model: inner.model,
    dimensions: inner.dimensions,
    languages: inner.languages,
    async embed(texts, signal) {
      const wanted = texts.filter((text) => !kept.has(contentHash(text)));
      const vectors = await inner.embed(wanted, signal);
      for (const [at, text] of wanted.entries()) kept.set(contentHash(text), vectors[at]!);
      grew ||= wanted.length > 0;
      return texts.map((text) => kept.get(contentHash(text))!);
    },
    close: () => inner.close(),
    async save() {
      if (!file || !grew) return;
      const rows = [...kept].map(([text, { buffer, byteOffset, byteLength }]) => {
        return [text, Buffer.from(buffer, byteOffset, byteLength).toString('base64')];
      });
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(Object.fromEntries(rows)));
      grew = false;
    },
  };
}
