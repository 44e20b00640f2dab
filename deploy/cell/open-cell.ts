import { type ApiListener, createApi } from '#api';
import { createTokenAuthenticator } from '#governance';
import { openGraph, schema } from '#graph-schema';
import { type Clock, createMetrics, isKazeError, type LoadedConfig, type Logger, type Secrets } from '#platform';
import { ensureAdministrator } from './administrator.ts';
import { openAuthenticator } from './auth.ts';
import { startBackground } from './background.ts';
import { Closers } from './closers.ts';
import type { CellConfig, cellSections } from './config.ts';
import { type EngineWait, isAway } from './engine-wait.ts';
import { ENGINE_NAMES, type Engines, openEngines } from './engines.ts';
import { assembleParts } from './parts.ts';
import type { CellReadiness, Dependency } from './readiness.ts';
import { createWriteGate } from './write-gate.ts';

export interface OpenCellOptions {
  readonly config: CellConfig;
  readonly loaded: LoadedConfig<typeof cellSections>;
  readonly dataFolder: string;
  /** Folders of verticals, whole paths. */
  readonly verticals: readonly string[];
  readonly secrets: Secrets;
  /** Folders in which programs are looked for. */
  readonly searchPath: string;
  readonly kazeVersion: string;
  readonly began: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly wait: EngineWait;
  readonly readiness: CellReadiness;
  readonly listener: ApiListener;
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal;
}

const TRIES = 10;
const PAUSE_MS = 1_000;

/**
 * Opens everything behind the port, and begins anew when an engine goes away in the middle of it: nothing that was begun
 * on a lost engine is worth keeping.
 *
 * @param onClosers told what ends the cell, at each try
 * @returns the administrator's token
 */
export async function openCell(options: OpenCellOptions, onClosers: (closers: Closers) => void): Promise<string> {
  const { clock, logger, signal } = options;
  for (let tries = 1; ; tries++) {
    const closers = new Closers(logger);
    onClosers(closers);
    const engines = await openEngines(options);
    closers.add('engines', () => engines.close());
    try {
      return await openOn(engines, options, closers);
    } catch (error) {
      if (!isAway(error) || !isKazeError(error) || tries >= TRIES) throw error;
      const facts = { code: error.code, reason: error.message, tries };
      logger.warn(facts, 'an engine went away during the start, which begins anew');
      await closers.close();
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}

async function openOn(engines: Engines, options: OpenCellOptions, closers: Closers): Promise<string> {
  const { config, clock, logger, readiness, listener, dataFolder } = options;
  const gate = createWriteGate(engines.graph, clock);
  const opened = await openGraph({ engine: gate.engine, schema, clock, logger });
  const { store } = opened;
  await startBackground({ opened, engines, clock, logger, closers });

  options.onProgress('loading verticals');
  const metrics = createMetrics({ processMetrics: true });
  const parts = await assembleParts({ ...options, store, opened, engines, gate, metrics, closers });

  const local = createTokenAuthenticator({ store, clock, logger });
  const authenticator = await openAuthenticator(config.auth, { store, clock, local });
  const given = config.api.token;
  const soleProcess = !engines.graph.capabilities.supportsManyProcesses;
  const administrator = { store, tokens: parts.tokens, authenticator: local, dataFolder, given, soleProcess };
  const { token } = await ensureAdministrator(administrator);

  readiness.watch(dependenciesOf(engines));
  const { token: _given, ...apiOptions } = config.api;
  const { guarded, services, uploads, backups } = parts;
  const edge = { services, uploads, backups, authenticator, readiness, listener, metrics };
  const ground = { store: guarded, graph: schema, bus: engines.bus, logger, clock };
  const api = createApi({ ...ground, ...edge, options: apiOptions });
  closers.add('api', () => api.close());
  await api.start();
  return token;
}

function dependenciesOf(engines: Engines): Dependency[] {
  const watched = ['graph', 'search', 'ledger', 'bus', 'queue'] as const;
  return watched.map((part) => ({ name: ENGINE_NAMES[part], healthy: () => engines[part].healthy() }));
}
