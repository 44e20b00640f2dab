import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { listenForApi } from '#api';
import { type Clock, createLogger, type LoadedConfig, type Logger, systemClock } from '#platform';
import { Closers } from './closers.ts';
import type { CellConfig, cellSections } from './config.ts';
import { cellAddress } from './credentials.ts';
import { createEngineWait } from './engine-wait.ts';
import { cellError } from './errors.ts';
import { openCell } from './open-cell.ts';
import { createReadiness } from './readiness.ts';
import { refuseUnfinishedRestore } from './restore.ts';
import { openSecrets } from './secrets.ts';
import { verticalFolders } from './vertical-folders.ts';

export interface StartCellOptions {
  readonly loaded: LoadedConfig<typeof cellSections>;
  readonly kazeVersion: string;
  /** Variables that may hold secrets (`KAZE_SECRET_…` and the vendors' own), and `PATH`. Default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** What is being done, for people who wait. */
  readonly onProgress?: (text: string) => void;
  /** Ends a start that is still waiting for an engine. */
  readonly signal?: AbortSignal;
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

const OPENING = 'opening the engines';

/**
 * Takes the folder and the port, opens the engines, brings the graph up to date, loads verticals and the example client,
 * starts the agents and the API, in this order; what was started is stopped in the reverse order, also when a later step
 * fails. `/healthz` and `/readyz` answer from the moment the port is taken.
 *
 * Errors: KAZE_CONFIG_INVALID, also for a folder of verticals that holds none, KAZE_GRAPH_LOCKED (another process has the folder), KAZE_CELL_PORT_TAKEN, and what the
 * engines say. A server that is away at the start is waited for as long as it takes, or until `signal` aborts.
 */
export async function startCell(options: StartCellOptions): Promise<RunningCell> {
  const { loaded, kazeVersion, clock = systemClock, onProgress = () => {}, signal } = options;
  const logger = options.logger ?? createLogger({ level: loaded.values.log.level });
  const began = clock.now();
  const dataFolder = resolve(loaded.values.data.dir);
  const config = withFolder(loaded.values, dataFolder);
  const closers = new Closers(logger);
  try {
    const verticals = await verticalFolders(config.verticals.folders, loaded.origins['verticals.folders']!);
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    const { acquireDataFolderLock } = await import('#graph-schema/adapters/data-folder-lock');
    const lock = await acquireDataFolderLock(dataFolder);
    closers.add('data folder lock', () => lock.release());
    await refuseUnfinishedRestore(dataFolder);

    const { endpoint, sampleRatio } = config.telemetry;
    if (endpoint) {
      const { startOtlp } = await import('#platform/adapters/telemetry/otlp');
      const telemetry = startOtlp({ endpoint, sampleRatio, service: 'kaze-cell', instance: config.cell.name });
      closers.add('telemetry', () => telemetry.stop());
    }
    const secrets = await openSecrets(config, { env: options.env ?? {}, clock, logger });
    closers.add('secrets', () => secrets.close());

    const onWait = (name?: string) => onProgress(name ? `waiting for ${name}, which does not answer` : OPENING);
    const wait = createEngineWait({ clock, logger, signal, onWait });
    const readiness = createReadiness(clock, wait.reasons);
    const { host, port: wanted } = config.api;
    const listener = await listenForApi({ host, port: wanted, readiness }).catch((error: unknown) => {
      throw portTaken(error, wanted) ?? error;
    });
    closers.add('port', () => listener.close());
    let inner = new Closers(logger);
    closers.add('cell', () => inner.close());
    const { url, port } = listener;
    await cellAddress.write(dataFolder, { url, pid: process.pid, startedAt: clock.now() });
    closers.add('address', () => cellAddress.remove(dataFolder));

    onProgress(OPENING);
    const searchPath = options.env?.PATH ?? '';
    const given = { config, loaded, dataFolder, verticals, secrets, searchPath, kazeVersion, began, clock, logger };
    const token = await openCell({ ...given, wait, readiness, listener, onProgress, signal }, (closing) => {
      inner = closing;
    });
    return {
      ...{ url, port, dataFolder, token: config.api.token === undefined ? token : undefined },
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

function portTaken(error: unknown, port: number): Error | undefined {
  if ((error as { code?: string }).code !== 'EADDRINUSE') return undefined;
  const text = `port ${port} is taken by another program; choose another with --port (0 takes a free one)`;
  return cellError('KAZE_CELL_PORT_TAKEN', text, { cause: error, fields: { port } });
}
