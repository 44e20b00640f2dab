/**
 * The ledger in this process, on a database opened by `#platform/adapters/database/pglite`. PGlite has one session:
 * calls wait for one another, and a restore holds all of them up.
 *
 * @example
 * const database = await openPgliteDatabase({ folder: join(dataFolder, 'ledger') });
 * const ledger = await createPgliteLedger({ database });
 */
import type { Ledger } from '../../../ports/ledger.ts';
import { createSqlLedger, type SqlLedgerOptions } from '../sql/store.ts';

export function createPgliteLedger(options: Pick<SqlLedgerOptions, 'database'>): Promise<Ledger> {
  return createSqlLedger({ ...options, startTimeoutMs: 0 });
}
