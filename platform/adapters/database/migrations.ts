import { type QueryExecutorProvider, sql, type Transaction } from 'kysely';
import type { SqlDatabase } from './sql-database.ts';

export interface Migration {
  /** From 1, without gaps. Append-only: a released migration is never changed. */
  readonly version: number;
  readonly name: string;
  /** Raw statements name tables with `sql.id(schema, name)`. */
  up(transaction: Transaction<Record<never, never>>, schema: string): Promise<void>;
}

export interface MigrationResult {
  readonly version: number;
  readonly applied: readonly number[];
  /** Set when the tables were made by a newer program; nothing was touched then. */
  readonly newer?: { readonly found: number; readonly known: number };
}

type MigrationTables = {
  migrations: { component: string; version: number; name: string; applied_at: string };
};

/**
 * Brings one component's tables up to date, in one transaction under a lock that every process on this database takes,
 * so that ten processes starting together migrate once.
 */
export async function migrate(
  database: SqlDatabase,
  component: string,
  migrations: readonly Migration[],
): Promise<MigrationResult> {
  const { schema } = database;
  return database.kysely.transaction().execute(async (transaction) => {
    await lock(transaction, `${schema}:migrations`, 'exclusive');
    await createSchema(transaction, schema);
    const db = transaction.withTables<MigrationTables>().withSchema(schema);
    const rows = await db.selectFrom('migrations').select('version').where('component', '=', component).execute();
    const found = rows.reduce((highest, row) => Math.max(highest, Number(row.version)), 0);
    const known = migrations.at(-1)?.version ?? 0;
    if (found > known) return { version: found, applied: [], newer: { found, known } };
    const missing = migrations.filter((migration) => migration.version > found);
    for (const migration of missing) {
      await migration.up(transaction, schema);
      const { version, name } = migration;
      await db
        .insertInto('migrations')
        .values({ component, version, name, applied_at: new Date().toISOString() })
        .execute();
    }
    return { version: known, applied: missing.map((migration) => migration.version) };
  });
}

/**
 * Waits for a lock that lasts until the transaction ends and that all connections and processes on the database share.
 * Shared holders exclude the exclusive one, not each other.
 */
export async function lock(
  transaction: QueryExecutorProvider,
  name: string,
  mode: 'exclusive' | 'shared',
): Promise<void> {
  const acquire = sql.raw(mode === 'exclusive' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared');
  await sql`select ${acquire}(hashtextextended(${name}, 0))`.execute(transaction);
}

async function createSchema(transaction: Transaction<Record<never, never>>, schema: string): Promise<void> {
  // Asked first: "create schema if not exists" needs the right to create one even where it is there already.
  const present = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(transaction);
  if (present.rows.length === 0) await sql`create schema ${sql.id(schema)}`.execute(transaction);
  await sql`create table if not exists ${sql.id(schema, 'migrations')} (
    component text not null, version integer not null, name text not null, applied_at text not null,
    primary key (component, version))`.execute(transaction);
}
