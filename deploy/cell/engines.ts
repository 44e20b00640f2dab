import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Embedder, GraphEngine, SearchIndex } from '#graph-schema';
import type { Clock, EventBus, JobQueue, Ledger, Logger } from '#platform';
import type { CellConfig } from './config.ts';
import type { EngineWait } from './engine-wait.ts';
import { SHIPPED_VECTORS } from './shipped.ts';

/** What a cell stands on: one engine behind each port, chosen by configuration and by nothing else. */
export interface Engines {
  readonly graph: GraphEngine;
  readonly search: SearchIndex;
  readonly embedder: Embedder;
  readonly ledger: Ledger;
  readonly queue: JobQueue;
  readonly bus: EventBus;
  /** In the order in which they must end. */
  close(): Promise<void>;
}

export interface EngineOptions {
  readonly config: CellConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For servers; an embedded engine that does not open is not helped by waiting. */
  readonly wait: EngineWait;
}

/** What people call them, in logs and in `/readyz`. */
export const ENGINE_NAMES = {
  graph: 'the graph database',
  search: 'the search index',
  ledger: 'the ledger',
  bus: 'the event bus',
  queue: 'the job queue',
} as const;

/** One try to reach a server may wait this long; the waiting between tries is `EngineWait`'s. */
const TRY_MS = 1_000;
const GRAPH_TRY_MS = 8_000;

/**
 * Opens every engine, the independent ones side by side; servers that are away are waited for. The data folder's lock is
 * held by the caller. What was opened is closed again when one of them cannot be.
 */
export async function openEngines(options: EngineOptions): Promise<Engines> {
  const opened: Array<() => Promise<void>> = [];
  const keep = <T extends { close(): Promise<void> }>(engine: T): T => {
    opened.push(() => engine.close());
    return engine;
  };
  const close = async () => {
    for (const end of opened.reverse()) await end();
  };
  const orEnd = endingOthers(options);
  const parts = await Promise.allSettled([
    openGraphEngine(options).then(keep).catch(orEnd),
    openEmbedder(options)
      .then(async (embedder) => ({
        embedder: keep(embedder),
        search: keep(await openSearch(options, embedder.dimensions)),
      }))
      .catch(orEnd),
    openLedgerAndQueue(options, keep).catch(orEnd),
    openBus(options).then(keep).catch(orEnd),
  ]);
  const failed = parts.find((part) => part.status === 'rejected');
  if (failed) {
    await close().catch((error: unknown) => options.logger.error({ err: error }, 'an engine could not be closed'));
    throw failed.reason;
  }
  const [graph, { search, embedder }, { ledger, queue }, bus] = parts.map(
    (part) => (part as PromiseFulfilledResult<unknown>).value,
  ) as [GraphEngine, { search: SearchIndex; embedder: Embedder }, { ledger: Ledger; queue: JobQueue }, EventBus];
  return { graph, search, embedder, ledger, queue, bus, close };
}

/** A part that can never open ends the waiting for the others: its reason is the start's. */
function endingOthers({ wait }: EngineOptions): (error: unknown) => never {
  return (error) => {
    wait.fail(error);
    throw error;
  };
}

async function folder(config: CellConfig, name: string): Promise<string> {
  const path = join(config.data.dir, name);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

async function openGraphEngine({ config, clock, logger, wait }: EngineOptions): Promise<GraphEngine> {
  const { graph } = config;
  if (graph.engine === 'neo4j') {
    const { createNeo4jEngine } = await import('#graph-schema/adapters/graph-engine/neo4j');
    const settings = { url: graph.url!, user: graph.user, password: graph.password, database: graph.database };
    const engine = await createNeo4jEngine({ settings, logger, clock });
    const answer = () => engine.read('RETURN 1 AS one', {}, { timeoutMs: GRAPH_TRY_MS });
    await wait.until(ENGINE_NAMES.graph, answer).catch(async (error: unknown) => {
      await engine.close();
      throw error;
    });
    return engine;
  }
  const { createGrafeoEngine } = await import('#graph-schema/adapters/graph-engine/grafeo');
  const limits = { memoryLimitBytes: graph.memoryBytes };
  return createGrafeoEngine({ folder: await folder(config, 'graph'), limits, logger, clock });
}

async function openEmbedder({ logger }: EngineOptions): Promise<Embedder> {
  const { createUseLiteEmbedder } = await import('#graph-schema/adapters/embedder/use-lite');
  const { withKnownVectors } = await import('#graph-schema/adapters/embedder/known');
  return withKnownVectors(createUseLiteEmbedder({ logger }), SHIPPED_VECTORS);
}

async function openSearch({ config, clock, logger, wait }: EngineOptions, dimensions: number): Promise<SearchIndex> {
  const { graph } = config;
  if (graph.engine === 'neo4j') {
    const { createNeo4jSearchIndex } = await import('#graph-schema/adapters/search-index/neo4j');
    const connection = { url: graph.url!, user: graph.user, password: graph.password, database: graph.database };
    return wait.until(ENGINE_NAMES.search, () => createNeo4jSearchIndex({ ...connection, dimensions, clock }));
  }
  // Its native part logs warnings of its own to the terminal unless told otherwise before it is loaded.
  process.env.RUST_LOG ??= 'off';
  const { createLanceSearchIndex } = await import('#graph-schema/adapters/search-index/lancedb');
  return createLanceSearchIndex({ folder: await folder(config, 'search'), dimensions, clock, logger });
}

type Keep = <T extends { close(): Promise<void> }>(engine: T) => T;

/** One embedded database serves both; with servers each has its own. */
async function openLedgerAndQueue(options: EngineOptions, keep: Keep): Promise<{ ledger: Ledger; queue: JobQueue }> {
  const { config } = options;
  const orEnd = endingOthers(options);
  const local =
    config.ledger.engine === 'pglite' || config.queue.engine === 'local' ? await openPglite(config) : undefined;
  if (local) keep(local);
  const parts = await Promise.allSettled([
    openLedger(options, { local, keep }).then(keep).catch(orEnd),
    openQueue(options, local).then(keep).catch(orEnd),
  ]);
  const failed = parts.find((part) => part.status === 'rejected');
  if (failed) throw failed.reason;
  const [ledger, queue] = parts.map((part) => (part as PromiseFulfilledResult<unknown>).value) as [Ledger, JobQueue];
  return { ledger, queue };
}

type LocalDatabase = Awaited<ReturnType<typeof openPglite>>;

async function openPglite(config: CellConfig) {
  const { openPgliteDatabase } = await import('#platform/adapters/database/pglite');
  return openPgliteDatabase({ folder: join(config.data.dir, 'ledger') });
}

async function openLedger(
  { config, logger, wait }: EngineOptions,
  { local, keep }: { local: LocalDatabase | undefined; keep: Keep },
): Promise<Ledger> {
  if (config.ledger.engine === 'postgres') {
    const { openPostgresDatabase } = await import('#platform/adapters/database/postgres');
    const { createPostgresLedger } = await import('#platform/adapters/ledger/postgres');
    const database = keep(openPostgresDatabase({ url: config.ledger.url!, schema: config.ledger.schema, logger }));
    return wait.until(ENGINE_NAMES.ledger, () => createPostgresLedger({ database, startTimeoutMs: TRY_MS }));
  }
  const { createPgliteLedger } = await import('#platform/adapters/ledger/pglite');
  return createPgliteLedger({ database: local! });
}

async function openQueue({ config, logger, wait }: EngineOptions, local: LocalDatabase | undefined): Promise<JobQueue> {
  if (config.queue.engine === 'bullmq') {
    const { createBullmqJobQueue } = await import('#platform/adapters/job-queue/bullmq');
    const options = { cell: config.cell.name, url: config.queue.url!, startTimeoutMs: TRY_MS, logger };
    return wait.until(ENGINE_NAMES.queue, () => createBullmqJobQueue(options));
  }
  const { createLocalJobQueue } = await import('#platform/adapters/job-queue/local');
  return createLocalJobQueue({ database: local!, logger });
}

async function openBus({ config, logger, wait }: EngineOptions): Promise<EventBus> {
  if (config.bus.engine === 'nats') {
    const { createNatsEventBus } = await import('#platform/adapters/event-bus/nats');
    const options = { cell: config.cell.name, servers: config.bus.url!, startTimeoutMs: TRY_MS, logger };
    return wait.until(ENGINE_NAMES.bus, () => createNatsEventBus(options));
  }
  const { createMemoryEventBus } = await import('#platform/adapters/event-bus/memory');
  return createMemoryEventBus({ logger });
}
