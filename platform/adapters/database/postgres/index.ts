/**
 * A PostgreSQL server (15 or newer) through a pool of connections.
 *
 * @example
 * const database = openPostgresDatabase({ url: 'postgres://kaze:…@db.internal/kaze' });
 * const ledger = await createPostgresLedger({ database });
 */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Logger, silentLogger } from '../../../logging.ts';
import { SCHEMA_PATTERN, type SqlDatabase } from '../sql-database.ts';

export interface PostgresDatabaseOptions {
  /** `postgres://user:password@host:port/database`, with libpq's parameters such as `sslmode`. */
  readonly url: string;
  /** Schema for Kaze's tables, made when it is not there; default `kaze`. One per cell on a shared database. */
  readonly schema?: string;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
  /** How long to wait for a connection; default 5,000 ms. */
  readonly connectTimeoutMs?: number;
  /** How long one statement may take; default 30,000 ms. */
  readonly statementTimeoutMs?: number;
  readonly logger?: Logger;
}

export function openPostgresDatabase(options: PostgresDatabaseOptions): SqlDatabase {
  const schema = options.schema ?? 'kaze';
  if (!SCHEMA_PATTERN.test(schema)) throw new TypeError(`"${schema}" is no schema name: ${SCHEMA_PATTERN}`);
  const logger = options.logger ?? silentLogger;
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    statement_timeout: statementTimeoutMs,
    // The client's own limit, for a server that no longer answers at all.
    query_timeout: statementTimeoutMs + 5_000,
    keepAlive: true,
    application_name: 'kaze',
  });
  // A connection that breaks between two statements tells so by an event; unheard, it would end the process.
  const lost = (error: Error) => logger.warn({ reason: error.message }, 'a connection to PostgreSQL was lost');
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  const kysely = new Kysely<Record<never, never>>({ dialect: new PostgresDialect({ pool }) });
  return {
    kysely,
    schema,
    close: async () => {
      await kysely.destroy();
      if (!pool.ended) await pool.end();
    },
  };
}
