/**
 * The ledger on a PostgreSQL server, shared by any number of processes: the audit chain stays one because appending
 * takes a lock in the database.
 *
 * @example
 * const database = openPostgresDatabase({ url });
 * const ledger = await createPostgresLedger({ database });
 */
import type { Ledger } from '../../../ports/ledger.ts';
import { createSqlLedger, type SqlLedgerOptions } from '../sql/store.ts';

export function createPostgresLedger(options: SqlLedgerOptions): Promise<Ledger> {
  return createSqlLedger(options);
}
