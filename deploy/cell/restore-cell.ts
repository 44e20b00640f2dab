import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openGraph, schema } from '#graph-schema';
import { type Clock, type LoadedConfig, type Logger, silentLogger, systemClock } from '#platform';
import type { BackupManifest } from './backup.ts';
import { Closers } from './closers.ts';
import type { cellSections } from './config.ts';
import { createEngineWait } from './engine-wait.ts';
import { openEngines } from './engines.ts';
import { refuseUnfinishedRestore, restoreBackup } from './restore.ts';

export interface RestoreCellOptions {
  readonly loaded: LoadedConfig<typeof cellSections>;
  readonly archive: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly onProgress?: (text: string) => void;
}

/** How long servers that are away are waited for: somebody sits before a restore. */
const WAIT_MS = 60_000;

/** Fills the empty engines of a configuration from a backup. The cell is not started. */
export async function restoreCell(options: RestoreCellOptions): Promise<BackupManifest> {
  const { loaded, archive, clock = systemClock, logger = silentLogger, onProgress } = options;
  const dataFolder = resolve(loaded.values.data.dir);
  const closers = new Closers(logger);
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    const { acquireDataFolderLock } = await import('#graph-schema/adapters/data-folder-lock');
    const lock = await acquireDataFolderLock(dataFolder);
    closers.add('data folder lock', () => lock.release());
    await refuseUnfinishedRestore(dataFolder);
    const config = { ...loaded.values, data: { ...loaded.values.data, dir: dataFolder } };
    const wait = createEngineWait({ clock, logger, forMs: WAIT_MS });
    const engines = await openEngines({ config, clock, logger, wait });
    closers.add('engines', () => engines.close());
    const filesFolder = resolve(loaded.values.data.filesDir ?? dataFolder);
    const { graph: engine, ledger } = engines;
    const manifest = await restoreBackup({ archive, dataFolder, filesFolder, engine, ledger, clock, onProgress });
    // A backup of an older Kaze is brought up to date before anyone starts on it.
    await openGraph({ engine, schema, clock, logger });
    await rm(join(dataFolder, 'credentials'), { recursive: true, force: true });
    return manifest;
  } finally {
    await closers.close();
  }
}
