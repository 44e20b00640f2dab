/**
 * Virtual keys in the ledger's database, PGlite or PostgreSQL by the same SQL.
 *
 * @example
 * const keys = await createSqlVirtualKeys({ database, migrate });
 */
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { isKazeError, type KazeError } from '#platform';
import type { VirtualKey } from '../../../domain/virtual-key.ts';
import { httpError } from '../../../http/errors.ts';
import type { VirtualKeys } from '../../../ports/virtual-keys.ts';
import { type KeyMigration, type KeyTables, keyMigrations } from './tables.ts';

/** What is needed of a database opened by `#platform/adapters/database/…`. */
export interface KeyDatabase {
  readonly kysely: Kysely<Record<never, never>>;
  readonly schema: string;
}

export interface SqlVirtualKeysOptions<D extends KeyDatabase> {
  readonly database: D;
  /** Of `#platform/adapters/database`: brings tables up to date under the lock that all processes share. */
  readonly migrate: (
    database: D,
    component: string,
    migrations: readonly KeyMigration[],
  ) => Promise<{ readonly newer?: { readonly found: number; readonly known: number } }>;
}

const MOST = 1_000;

/** Errors: KAZE_GATEWAY_KEYS_NEWER, KAZE_GATEWAY_KEYS_UNAVAILABLE. Closing the database is its owner's work. */
export async function createSqlVirtualKeys<D extends KeyDatabase>(
  options: SqlVirtualKeysOptions<D>,
): Promise<VirtualKeys> {
  const { database, migrate } = options;
  const { newer } = await coded(() => migrate(database, 'virtual-keys', keyMigrations));
  if (newer) {
    const versions = `its tables are at version ${newer.found}, this program knows ${newer.known}`;
    throw httpError('KAZE_GATEWAY_KEYS_NEWER', `the virtual keys were kept by a newer Kaze (${versions})`, {
      fields: newer,
    });
  }
  const db = database.kysely.withTables<KeyTables>().withSchema(database.schema);
  return {
    add: (key, hash) =>
      coded(async () => {
        const { id, name, hint, tenant, agent, models } = key;
        const times = { created_at: key.createdAt, expires_at: key.expiresAt, revoked_at: key.revokedAt };
        const row = { id, hash, name, hint, tenant, agent, models: JSON.stringify(models), ...times };
        await db.insertInto('virtual_keys').values(row).execute();
      }),
    byHash: (hash) =>
      coded(async () => {
        const row = await db.selectFrom('virtual_keys').selectAll().where('hash', '=', hash).executeTakeFirst();
        return row && keyOf(row);
      }),
    list: ({ tenant } = {}) =>
      coded(async () => {
        let query = db.selectFrom('virtual_keys').selectAll().orderBy('id', 'desc').limit(MOST);
        if (tenant !== undefined) query = query.where('tenant', '=', tenant);
        return (await query.execute()).map(keyOf);
      }),
    revoke: (id, at) =>
      coded(async () => {
        const first: RawBuilder<number> = sql`coalesce(revoked_at, ${at})`;
        const row = await db
          .updateTable('virtual_keys')
          .set({ revoked_at: first })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        return row && keyOf(row);
      }),
  };
}

function keyOf(row: Selectable<KeyTables['virtual_keys']>): VirtualKey {
  const { id, name, hint, tenant, agent } = row;
  const moment = (value: unknown) => (value === null ? null : Number(value));
  return {
    ...{ id, name, hint, tenant, agent },
    models: JSON.parse(row.models) as string[],
    createdAt: Number(row.created_at),
    expiresAt: moment(row.expires_at),
    revokedAt: moment(row.revoked_at),
  };
}

/** The native text stays in the cause: it may hold what stood in a row. */
async function coded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw isKazeError(cause) ? cause : unavailable(cause);
  }
}

const unavailable = (cause: unknown): KazeError =>
  httpError('KAZE_GATEWAY_KEYS_UNAVAILABLE', 'the database of the virtual keys does not answer', { cause });
