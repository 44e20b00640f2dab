import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { isKazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import { migrate } from '../../database/migrations.ts';
import type { SqlDatabase } from '../../database/sql-database.ts';
import { appendAudit, auditRecords, verifyAudit } from './audit.ts';
import { dumpLedger, restoreLedger } from './backup.ts';
import { toLedgerError } from './failures.ts';
import { judgedUse, recordOutcomes } from './outcomes.ts';
import { type LedgerTables, ledgerMigrations } from './tables.ts';
import { recordUsage, sumUsage, usageRows } from './usage.ts';

export interface SqlLedgerOptions {
  readonly database: SqlDatabase;
  /** How long a start waits for a database that does not answer yet; default 30,000 ms. */
  readonly startTimeoutMs?: number;
}

/** Pauses before the second and third try of a call whose connection was lost. Every write is idempotent by its ids. */
const RETRY_PAUSES_MS = [150, 600];

/**
 * The ledger over either SQL engine. Errors: KAZE_LEDGER_NEWER, KAZE_LEDGER_UNAVAILABLE, KAZE_LEDGER_ACCESS at the
 * start. Closing it does not close the database, which others may share.
 */
export async function createSqlLedger(options: SqlLedgerOptions): Promise<Ledger> {
  const { database } = options;
  const { schema } = database;
  const db = database.kysely.withTables<LedgerTables>().withSchema(schema);
  const deadline = Date.now() + (options.startTimeoutMs ?? 30_000);
  await attempt(
    'start',
    () => prepare(database),
    () => (Date.now() < deadline ? 500 : undefined),
  );

  const call = <T>(operation: string, work: () => Promise<T>): Promise<T> =>
    attempt(operation, work, (failures) => RETRY_PAUSES_MS[failures - 1]);

  return {
    recordUsage: (rows) => call('recordUsage', () => recordUsage(db, schema, rows)),
    usageRows: (filter, page) => call('usageRows', () => usageRows(db, filter, page)),
    sumUsage: (filter, by) => call('sumUsage', () => sumUsage({ db, schema }, filter, by)),
    recordOutcomes: (rows) => call('recordOutcomes', () => recordOutcomes(db, schema, rows)),
    judgedUse: (filter) => call('judgedUse', () => judgedUse({ db, schema }, filter)),
    appendAudit: (entries) => call('appendAudit', () => appendAudit(db, schema, entries)),
    auditRecords: (filter, page) => call('auditRecords', () => auditRecords(db, filter, page)),
    verifyAudit: async (verifyOptions) => {
      try {
        return await verifyAudit(db, verifyOptions);
      } catch (error) {
        verifyOptions?.signal?.throwIfAborted();
        throw toLedgerError(error, 'verifyAudit');
      }
    },
    async *dump() {
      try {
        yield* dumpLedger(db, schema);
      } catch (error) {
        throw toLedgerError(error, 'dump');
      }
    },
    restore: (lines) =>
      attempt(
        'restore',
        () => restoreLedger(db, schema, lines),
        () => undefined,
      ),
    healthy: async () => {
      try {
        await sql`select 1`.execute(db);
        return true;
      } catch {
        return false;
      }
    },
    close: async () => {},
  };
}

async function prepare(database: SqlDatabase): Promise<void> {
  const { newer } = await migrate(database, 'ledger', ledgerMigrations);
  if (!newer) return;
  const versions = `tables are at version ${newer.found}, this program knows ${newer.known}`;
  throw platformErrors('KAZE_LEDGER_NEWER', `the ledger was made by a newer Kaze (its ${versions})`, {
    fields: { found: newer.found, known: newer.known },
  });
}

/** @param pauseMs pause before the next try, given the failures so far; undefined ends the tries */
async function attempt<T>(
  operation: string,
  work: () => Promise<T>,
  pauseMs: (failures: number) => number | undefined,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (cause) {
      const error = toLedgerError(cause, operation);
      const pause = isKazeError(error, 'KAZE_LEDGER_UNAVAILABLE') ? pauseMs(failures) : undefined;
      if (pause === undefined) throw error;
      await delay(pause);
    }
  }
}
