/**
 * Takes a corpus in, in a process of its own whose memory is looked at: only read and cut, or into a graph on disk, or
 * also into the search index with vectors. Takes an order over IPC and answers once.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGraph, personPrincipal, schema, systemPrincipal, Tenant } from '#graph-schema';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createLanceSearchIndex } from '#graph-schema/adapters/search-index/lancedb';
import { createIngestion, ingestionLimitsSchema } from '#ingestion';
import { systemClock as clock, silentLogger as logger } from '#platform';
import { readDocument } from '#platform/formats';
import { startSearchUpkeep } from '../../deploy/cell/search-upkeep.ts';
import { identified, passagesOf } from '../../ingestion/domain/passages.ts';
import { contentOf, ENDING, type Kind, streamOf } from './corpus.ts';

export interface IngestOrder {
  readonly what: 'cut' | 'graph' | 'vectors';
  readonly kind: Kind;
  readonly files: number;
  readonly bytesPerFile: number;
}

export interface IngestAnswer {
  readonly passages: number;
  readonly seconds: number;
  /** Largest resident set of this process, and of the graph's. */
  readonly peakBytes: number;
  readonly graphPeakBytes?: number;
}

const peakOf = async (pid: number | undefined) =>
  Number(/^VmHWM:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1] ?? 0) * 1_024;
const ownPeak = () => process.resourceUsage().maxRSS * 1_024;

async function cut({ kind, files, bytesPerFile }: IngestOrder): Promise<IngestAnswer> {
  const limits = ingestionLimitsSchema.parse({});
  const began = performance.now();
  let passages = 0;
  for (let file = 0; file < files; file++) {
    const bytes = streamOf(kind, bytesPerFile, file + 1);
    const reading = await readDocument({ name: `file.${ENDING[kind]}`, bytes }, {});
    for await (const _ of identified(passagesOf(reading, limits))) passages++;
  }
  return { passages, seconds: (performance.now() - began) / 1_000, peakBytes: ownPeak() };
}

async function take({ what, kind, files, bytesPerFile }: IngestOrder): Promise<IngestAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-bench-ingestion-'));
  const engine = await createGrafeoEngine({ folder: join(folder, 'graph'), logger, clock });
  const { store, storeId, generation } = await openGraph({ engine, schema, clock, logger });
  await store.transact(systemPrincipal('loader'), { why: 'bench' }, async (unit) => {
    unit.create(Tenant, { scope: 'tenant:bench', name: 'bench', title: 'Bench' });
  });
  const me = personPrincipal({ id: 'bench', name: 'Bench', role: 'curator', tenant: 'bench' });
  const ingestion = createIngestion({ store, clock, logger });
  const embedder = createUseLiteEmbedder({ logger });
  const index = await createLanceSearchIndex({ folder: join(folder, 'search'), dimensions: embedder.dimensions });
  const graph = { storeId, generation };
  const upkeep =
    what === 'vectors' ? await startSearchUpkeep({ store, index, embedder, schema, clock, logger, graph }) : undefined;
  if (upkeep) await embedder.embed(['The model is loaded before the clock starts.']);
  const began = performance.now();
  let passages = 0;
  for (let file = 0; file < files; file++) {
    const name = `file-${file}.${ENDING[kind]}`;
    const content = contentOf(kind, bytesPerFile, file + 1);
    const result = await ingestion.ingest(me, { tenant: 'bench', root: 'bench', name, content });
    if (result.error) throw new Error(`${name}: ${result.error.code} ${result.error.message}`);
    passages += result.chunks;
  }
  await upkeep?.feeder.drain();
  await upkeep?.vectors.settled();
  const seconds = (performance.now() - began) / 1_000;
  const answer = { passages, seconds, peakBytes: ownPeak(), graphPeakBytes: await peakOf(engine.pid) };
  await upkeep?.stop();
  await index.close();
  await embedder.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
  return answer;
}

process.once('message', (order: IngestOrder) => {
  (order.what === 'cut' ? cut(order) : take(order)).then(
    (answer) => process.send?.({ answer }, () => process.exit(0)),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? error.stack : String(error) }, () => process.exit(1)),
  );
});
