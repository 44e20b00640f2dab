import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createApi } from '#api';
import { createTokenAuthenticator } from '#governance';
import { openGraph, schema, startOutboxFeeder } from '#graph-schema';
import {
  type Clock,
  createLogger,
  createMetrics,
  KazeError,
  type LoadedConfig,
  type Logger,
  systemClock,
} from '#platform';
import { ensureAdministrator } from './administrator.ts';
import { Closers } from './closers.ts';
import { startCommunities } from './communities.ts';
import type { CellConfig, cellSections } from './config.ts';
import { removeAddress, writeAddress } from './credentials.ts';
import { openEngines } from './engines.ts';
import { cellError } from './errors.ts';
import { createEventFeed } from './event-feed.ts';
import { startHousekeeping } from './housekeeping.ts';
import { assembleParts } from './parts.ts';
import { createReadiness } from './readiness.ts';
import { refuseUnfinishedRestore } from './restore.ts';
import { startSearchUpkeep } from './search-upkeep.ts';
import { openSecrets } from './secrets.ts';
import { createWriteGate } from './write-gate.ts';

export interface StartCellOptions {
  readonly loaded: LoadedConfig<typeof cellSections>;
  readonly kazeVersion: string;
  /** Variables that may hold secrets: `KAZE_SECRET_…` and the vendors' own. Default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** What is being done, for people who wait. */
  readonly onProgress?: (text: string) => void;
}

export interface RunningCell {
  readonly url: string;
  readonly port: number;
  readonly dataFolder: string;
  /**
   * The administrator's token, kept where its owner alone can read it and shown to whoever starts the cell; undefined
   * when it was given from outside: who gave it knows it.
   */
  readonly token: string | undefined;
  /** Milliseconds from the call to the first request that can be answered. */
  readonly startedInMs: number;
  /** Takes no more work, lets running work end within its limits, closes every engine. Safe to call again. */
  stop(): Promise<void>;
}

const UNAVAILABLE_RETRY_MS = 1_000;
const UNAVAILABLE_TRIES = 60;

/**
 * Opens the engines, brings the graph up to date, loads verticals and the example client, starts the agents and the
 * API, in this order; what was started is stopped in the reverse order, also when a later step fails.
 *
 * Errors: KAZE_CONFIG_INVALID, KAZE_GRAPH_LOCKED (another process has the folder), KAZE_CELL_PORT_TAKEN, and what the
 * engines say. An engine that is away at the start is waited for, up to a minute.
 */
export async function startCell(options: StartCellOptions): Promise<RunningCell> {
  const { loaded, kazeVersion, clock = systemClock, onProgress = () => {} } = options;
  const config: CellConfig = loaded.values;
  const logger = options.logger ?? createLogger({ level: config.log.level });
  const began = clock.now();
  const dataFolder = resolve(config.data.dir);
  const closers = new Closers(logger);
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    const { acquireDataFolderLock } = await import('#graph-schema/adapters/data-folder-lock');
    const lock = await acquireDataFolderLock(dataFolder);
    closers.add('data folder lock', () => lock.release());
    await refuseUnfinishedRestore(dataFolder);

    const { endpoint, sampleRatio } = config.telemetry;
    if (endpoint) {
      const { startOtlpTracing } = await import('#platform/adapters/telemetry/otlp');
      const tracing = startOtlpTracing({ endpoint, sampleRatio, service: 'kaze-cell', instance: config.cell.name });
      closers.add('tracing', () => tracing.stop());
    }
    const secrets = await openSecrets(withFolder(config, dataFolder), options.env ?? {});
    closers.add('secrets', () => secrets.close());

    onProgress('opening the engines');
    const engines = await whenAvailable(clock, logger, () =>
      openEngines({ config: withFolder(config, dataFolder), clock, logger }),
    );
    closers.add('engines', () => engines.close());
    const gate = createWriteGate(engines.graph);
    const opening = { engine: gate.engine, schema, clock, logger };
    const opened = await whenAvailable(clock, logger, () => openGraph(opening));
    const { store } = opened;

    const upkeep = await startSearchUpkeep({
      ...{ store, clock, logger, schema },
      ...upkeepOf(engines),
      graph: opened,
    });
    closers.add('search upkeep', () => upkeep.stop());
    const events = startOutboxFeeder({ store, kind: 'event', deliver: createEventFeed(engines.bus), clock, logger });
    closers.add('event feed', () => events.stop());
    const housekeeping = await startHousekeeping({ store, queue: engines.queue, clock });
    closers.add('housekeeping', () => housekeeping.stop());
    const communities = await startCommunities({ store, queue: engines.queue, logger });
    closers.add('communities', () => communities.stop());

    onProgress('loading verticals');
    const metrics = createMetrics({ processMetrics: true });
    const parts = await assembleParts({
      ...{ config, dataFolder, store, engines, gate, clock, logger, kazeVersion },
      ...{ closers, loaded, opened, began, secrets },
    });

    const { tokens } = parts;
    const authenticator = createTokenAuthenticator({ store, clock, logger });
    const given = config.api.token;
    const { token } = await ensureAdministrator({ store, tokens, authenticator, dataFolder, given });

    const readiness = createReadiness(
      [
        { name: 'the graph database', healthy: () => engines.graph.healthy() },
        { name: 'the search index', healthy: () => engines.search.healthy() },
        { name: 'the ledger', healthy: () => engines.ledger.healthy() },
        { name: 'the event bus', healthy: () => engines.bus.healthy() },
        { name: 'the job queue', healthy: () => engines.queue.healthy() },
      ],
      clock,
    );
    const { token: _, ...apiOptions } = config.api;
    const api = createApi({
      ...{ store: parts.guarded, graph: schema, bus: engines.bus, services: parts.services, authenticator, readiness },
      ...{
        uploads: parts.uploads,
        logger,
        clock,
        metrics: metrics.registry,
        options: apiOptions,
        backups: parts.backups,
      },
    });
    const { url, port } = await api.start().catch((error: unknown) => {
      throw portTaken(error, config.api.port) ?? error;
    });
    closers.add('api', () => api.close());
    await writeAddress(dataFolder, { url, pid: process.pid, startedAt: clock.now() });
    closers.add('address', () => removeAddress(dataFolder, process.pid));
    return {
      ...{ url, port, dataFolder, token: given === undefined ? token : undefined },
      startedInMs: clock.now() - began,
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function withFolder(config: CellConfig, dir: string): CellConfig {
  return { ...config, data: { ...config.data, dir } };
}

function upkeepOf({
  search,
  embedder,
}: {
  search: Parameters<typeof startSearchUpkeep>[0]['index'];
  embedder: Parameters<typeof startSearchUpkeep>[0]['embedder'];
}) {
  return { index: search, embedder };
}

/** A server that is away may be starting itself: it is asked again, and the log says what is waited for. */
async function whenAvailable<T>(clock: Clock, logger: Logger, open: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await open();
    } catch (error) {
      const away = error instanceof KazeError && error.retryable && error.kind === 'environment';
      if (!away || tries >= UNAVAILABLE_TRIES) throw error;
      logger.warn({ code: error.code, reason: error.message, tries }, 'waiting for an engine');
      await clock.sleep(UNAVAILABLE_RETRY_MS);
    }
  }
}

function portTaken(error: unknown, port: number): Error | undefined {
  if ((error as { code?: string }).code !== 'EADDRINUSE') return undefined;
  const text = `port ${port} is taken by another program; choose another with --port (0 takes a free one)`;
  return cellError('KAZE_CELL_PORT_TAKEN', text, { cause: error, fields: { port } });
}
