import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Embedder, GraphEngine, SearchIndex } from '#graph-schema';
import type { Clock, EventBus, JobQueue, Ledger, Logger } from '#platform';
import type { CellConfig } from './config.ts';

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
}

/**
 * Opens every engine, the independent ones side by side. The data folder's lock is held by the caller. What was opened
 * is closed again when one of them cannot be.
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
  const parts = await Promise.allSettled([
    openGraphEngine(options).then(keep),
    openEmbedder(options).then(async (embedder) => ({
      embedder: keep(embedder),
      search: keep(await openSearch(options, embedder.dimensions)),
    })),
    openLedgerAndQueue(options, keep),
    openBus(options).then(keep),
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

async function folder(config: CellConfig, name: string): Promise<string> {
  const path = join(config.data.dir, name);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

async function openGraphEngine({ config, clock, logger }: EngineOptions): Promise<GraphEngine> {
  const { graph } = config;
  if (graph.engine === 'neo4j') {
    const { createNeo4jEngine } = await import('#graph-schema/adapters/graph-engine/neo4j');
    const settings = { url: graph.url!, user: graph.user, password: graph.password, database: graph.database };
    return createNeo4jEngine({ settings, logger, clock });
  }
  const { createGrafeoEngine } = await import('#graph-schema/adapters/graph-engine/grafeo');
  const limits = { memoryLimitBytes: graph.memoryBytes };
  return createGrafeoEngine({ folder: await folder(config, 'graph'), limits, logger, clock });
}

async function openEmbedder({ logger }: EngineOptions): Promise<Embedder> {
  const { createUseLiteEmbedder } = await import('#graph-schema/adapters/embedder/use-lite');
  return createUseLiteEmbedder({ logger });
}

async function openSearch({ config, clock, logger }: EngineOptions, dimensions: number): Promise<SearchIndex> {
  const { graph } = config;
  if (graph.engine === 'neo4j') {
    const { createNeo4jSearchIndex } = await import('#graph-schema/adapters/search-index/neo4j');
    const connection = { url: graph.url!, user: graph.user, password: graph.password, database: graph.database };
    return createNeo4jSearchIndex({ ...connection, dimensions, clock });
  }
  // Its native part logs warnings of its own to the terminal unless told otherwise before it is loaded.
  process.env.RUST_LOG ??= 'off';
  const { createLanceSearchIndex } = await import('#graph-schema/adapters/search-index/lancedb');
  return createLanceSearchIndex({ folder: await folder(config, 'search'), dimensions, clock, logger });
}

type Keep = <T extends { close(): Promise<void> }>(engine: T) => T;

/** One embedded database serves both; with servers each has its own. */
async function openLedgerAndQueue(
  { config, logger }: EngineOptions,
  keep: Keep,
): Promise<{ ledger: Ledger; queue: JobQueue }> {
  const local =
    config.ledger.engine === 'pglite' || config.queue.engine === 'local' ? await openPglite(config) : undefined;
  if (local) keep(local);
  const ledger = keep(await openLedger(config, { local, logger, keep }));
  const queue = keep(await openQueue(config, { local, logger }));
  return { ledger, queue };
}

type LocalDatabase = Awaited<ReturnType<typeof openPglite>>;

async function openPglite(config: CellConfig) {
  const { openPgliteDatabase } = await import('#platform/adapters/database/pglite');
  return openPgliteDatabase({ folder: join(config.data.dir, 'ledger') });
}

async function openLedger(
  config: CellConfig,
  { local, logger, keep }: { local: LocalDatabase | undefined; logger: Logger; keep: Keep },
): Promise<Ledger> {
  if (config.ledger.engine === 'postgres') {
    const { openPostgresDatabase } = await import('#platform/adapters/database/postgres');
    const { createPostgresLedger } = await import('#platform/adapters/ledger/postgres');
    const database = keep(openPostgresDatabase({ url: config.ledger.url!, schema: config.ledger.schema, logger }));
    return createPostgresLedger({ database });
  }
  const { createPgliteLedger } = await import('#platform/adapters/ledger/pglite');
  return createPgliteLedger({ database: local! });
}

async function openQueue(
  config: CellConfig,
  { local, logger }: { local: LocalDatabase | undefined; logger: Logger },
): Promise<JobQueue> {
  if (config.queue.engine === 'bullmq') {
    const { createBullmqJobQueue } = await import('#platform/adapters/job-queue/bullmq');
    return createBullmqJobQueue({ cell: config.cell.name, url: config.queue.url!, logger });
  }
  const { createLocalJobQueue } = await import('#platform/adapters/job-queue/local');
  return createLocalJobQueue({ database: local!, logger });
}

async function openBus({ config, logger }: EngineOptions): Promise<EventBus> {
  if (config.bus.engine === 'nats') {
    const { createNatsEventBus } = await import('#platform/adapters/event-bus/nats');
    return createNatsEventBus({ cell: config.cell.name, servers: config.bus.url!, logger });
  }
  const { createMemoryEventBus } = await import('#platform/adapters/event-bus/memory');
  return createMemoryEventBus({ logger });
}
