import { sql, type Transaction } from 'kysely';

export type KeyTables = {
  virtual_keys: {
    id: string;
    hash: string;
    name: string;
    hint: string;
    tenant: string;
    agent: string | null;
    /** A JSON list. */
    models: string;
    created_at: number | string | bigint;
    expires_at: number | string | bigint | null;
    revoked_at: number | string | bigint | null;
  };
};

export interface KeyMigration {
  readonly version: number;
  readonly name: string;
  up(transaction: Transaction<Record<never, never>>, schema: string): Promise<void>;
}

/** Append-only: a released one is never changed. */
export const keyMigrations: readonly KeyMigration[] = [
  {
    version: 1,
    name: 'virtual keys',
    async up(transaction, schema) {
      const table = sql.id(schema, 'virtual_keys');
      await sql`create table ${table} (
        id text collate "C" primary key, hash text collate "C" not null unique, name text not null, hint text not null,
        tenant text not null, agent text, models text not null, created_at bigint not null, expires_at bigint,
        revoked_at bigint)`.execute(transaction);
      await sql`create index virtual_keys_tenant on ${table} (tenant, id)`.execute(transaction);
    },
  },
];
