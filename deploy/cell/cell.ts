import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createApi } from '#api';
import { createTokenAuthenticator } from '#governance';
import { openGraph, schema } from '#graph-schema';
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
import { startBackground } from './background.ts';
import { Closers } from './closers.ts';
import type { CellConfig, cellSections } from './config.ts';
import { removeAddress, writeAddress } from './credentials.ts';
import { type Engines, openEngines } from './engines.ts';
import { cellError } from './errors.ts';
import { assembleParts } from './parts.ts';
import { createReadiness, type Dependency } from './readiness.ts';
import { refuseUnfinishedRestore } from './restore.ts';
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
  const logger = options.logger ?? createLogger({ level: loaded.values.log.level });
  const began = clock.now();
  const dataFolder = resolve(loaded.values.data.dir);
  const config = withFolder(loaded.values, dataFolder);
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
    const secrets = await openSecrets(config, options.env ?? {});
    closers.add('secrets', () => secrets.close());

    onProgress('opening the engines');
    const engines = await whenAvailable(clock, logger, () => openEngines({ config, clock, logger }));
    closers.add('engines', () => engines.close());
    const gate = createWriteGate(engines.graph);
    const opening = { engine: gate.engine, schema, clock, logger };
    const opened = await whenAvailable(clock, logger, () => openGraph(opening));
    const { store } = opened;
    await startBackground({ opened, engines, clock, logger, closers });

    onProgress('loading verticals');
    const metrics = createMetrics({ processMetrics: true });
    const given = { config, loaded, secrets, kazeVersion, began };
    const parts = await assembleParts({ ...given, dataFolder, store, opened, engines, gate, clock, logger, closers });

    const authenticator = createTokenAuthenticator({ store, clock, logger });
    const fromOutside = config.api.token;
    const administrator = { store, tokens: parts.tokens, authenticator, dataFolder, given: fromOutside };
    const { token } = await ensureAdministrator(administrator);

    const readiness = createReadiness(dependenciesOf(engines), clock);
    const { token: _given, ...apiOptions } = config.api;
    const { guarded, services, uploads, backups } = parts;
    const edge = { services, uploads, backups, authenticator, readiness, metrics: metrics.registry };
    const ground = { store: guarded, graph: schema, bus: engines.bus, logger, clock };
    const api = createApi({ ...ground, ...edge, options: apiOptions });
    const { url, port } = await api.start().catch((error: unknown) => {
      throw portTaken(error, config.api.port) ?? error;
    });
    closers.add('api', () => api.close());
    await writeAddress(dataFolder, { url, pid: process.pid, startedAt: clock.now() });
    closers.add('address', () => removeAddress(dataFolder, process.pid));
    return {
      ...{ url, port, dataFolder, token: fromOutside === undefined ? token : undefined },
      startedInMs: clock.now() - began,
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

function dependenciesOf(engines: Engines): Dependency[] {
  return [
    { name: 'the graph database', healthy: () => engines.graph.healthy() },
    { name: 'the search index', healthy: () => engines.search.healthy() },
    { name: 'the ledger', healthy: () => engines.ledger.healthy() },
    { name: 'the event bus', healthy: () => engines.bus.healthy() },
    { name: 'the job queue', healthy: () => engines.queue.healthy() },
  ];
}

function withFolder(config: CellConfig, dir: string): CellConfig {
  return { ...config, data: { ...config.data, dir } };
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
