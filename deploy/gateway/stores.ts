import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { VirtualKeys } from '#gateway';
import type { Ledger, Logger } from '#platform';
import { Closers } from '../cell/closers.ts';
import type { GatewayConfig } from './config.ts';

/** What a gateway keeps: usage and virtual keys, in one database. */
export interface GatewayStores {
  readonly ledger: Ledger;
  readonly keys: VirtualKeys;
  close(): Promise<void>;
}

/** The folder of a gateway within the data folder, apart from that of a cell: both may run on one. */
export function gatewayFolder(config: Pick<GatewayConfig, 'data'>): string {
  return join(resolve(config.data.dir), 'gateway');
}

/**
 * One process for one folder; made when it is missing. Errors: KAZE_GRAPH_LOCKED, naming the process that has it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { acquireDataFolderLock } = await import('#graph-schema/adapters/data-folder-lock');
  const lock = await acquireDataFolderLock(folder);
  return () => lock.release();
}

/** The embedded database is of one process alone: its folder's lock is held by the caller. */
export async function openStores(config: GatewayConfig, logger: Logger): Promise<GatewayStores> {
  const closers = new Closers(logger);
  const { migrate } = await import('#platform/adapters/database');
  const { createSqlVirtualKeys } = await import('#gateway/adapters/virtual-keys/sql');
  const { engine, url, schema } = config.ledger;
  try {
    if (engine === 'postgres') {
      const { openPostgresDatabase } = await import('#platform/adapters/database/postgres');
      const { createPostgresLedger } = await import('#platform/adapters/ledger/postgres');
      const database = openPostgresDatabase({ url: url!, schema, logger });
      closers.add('database', () => database.close());
      const ledger = await createPostgresLedger({ database });
      closers.add('ledger', () => ledger.close());
      return { ledger, keys: await createSqlVirtualKeys({ database, migrate }), close: () => closers.close() };
    }
    const { openPgliteDatabase } = await import('#platform/adapters/database/pglite');
    const { createPgliteLedger } = await import('#platform/adapters/ledger/pglite');
    const database = await openPgliteDatabase({ folder: join(gatewayFolder(config), 'ledger') });
    closers.add('database', () => database.close());
    const ledger = await createPgliteLedger({ database });
    closers.add('ledger', () => ledger.close());
    return { ledger, keys: await createSqlVirtualKeys({ database, migrate }), close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
