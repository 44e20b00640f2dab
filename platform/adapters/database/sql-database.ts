import type { Kysely } from 'kysely';

/**
 * A PostgreSQL database as both engines give it: in process (PGlite) or a server. The same SQL text runs on both.
 * Everything Kaze keeps lies in one schema of it.
 */
export interface SqlDatabase {
  /** Without table types: whoever owns tables adds them with `withTables`. Native errors pass through untranslated. */
  readonly kysely: Kysely<Record<never, never>>;
  /** Schema that holds Kaze's tables; matches `[a-z_][a-z0-9_]{0,62}`. */
  readonly schema: string;
  close(): Promise<void>;
}

export const SCHEMA_PATTERN = /^[a-z_][a-z0-9_]{0,62}$/;
