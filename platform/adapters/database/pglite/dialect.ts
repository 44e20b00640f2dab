import { setImmediate } from 'node:timers/promises';
import type { PGliteInterface } from '@electric-sql/pglite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';

/** The few members of PGlite that Kaze needs, behind which a broken instance can be replaced. */
export interface PgliteSource {
  /** The open instance; opens it (again) when there is none. */
  instance(): Promise<Pick<PGliteInterface, 'query'>>;
  /** Called before every statement; throws where it must not run now. */
  check(statement: string): Promise<void>;
  /** Told about every failure, so that an instance that aborted is not used again. */
  failed(error: unknown): void;
  close(): Promise<void>;
}

/**
 * PGlite has one session. Statements of a transaction must not mix with anyone else's, so that whoever holds the
 * connection keeps it until released and the others wait in turn.
 */
export function createPgliteDialect(source: PgliteSource): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new PgliteDriver(source),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class PgliteDriver implements Driver {
  readonly #source: PgliteSource;
  #turn: Promise<void> = Promise.resolve();
  #release: () => void = () => {};

  constructor(source: PgliteSource) {
    this.#source = source;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#turn;
    let release = () => {};
    this.#turn = new Promise<void>((resolve) => {
      release = resolve;
    });
    await before;
    try {
      const connection = new PgliteConnection(this.#source, await this.#source.instance());
      this.#release = release;
      return connection;
    } catch (error) {
      release();
      throw error;
    }
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const level = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : '';
    await connection.executeQuery(CompiledQuery.raw(`begin${level}`));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(): Promise<void> {
    this.#release();
  }

  async destroy(): Promise<void> {
    await this.#turn;
    await this.#source.close();
  }
}

class PgliteConnection implements DatabaseConnection {
  readonly #source: PgliteSource;
  readonly #instance: Pick<PGliteInterface, 'query'>;

  constructor(source: PgliteSource, instance: Pick<PGliteInterface, 'query'>) {
    this.#source = source;
    this.#instance = instance;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    await yieldWhenDue();
    await this.#source.check(query.sql);
    try {
      const result = await this.#instance.query<R>(query.sql, [...query.parameters]);
      const numAffectedRows = result.affectedRows === undefined ? undefined : BigInt(result.affectedRows);
      return { rows: result.rows, numAffectedRows };
    } catch (error) {
      this.#source.failed(error);
      // PGlite puts the values of the statement on its error, from where a log would show them.
      if (error instanceof Error && 'params' in error) delete error.params;
      throw error;
    }
  }

  // biome-ignore lint/correctness/useYield: the interface asks for it; nothing in Kaze streams rows of SQL.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('PGlite has no cursors: read in pages');
  }
}

const LONGEST_RUN_MS = 5;
let yieldedAt = performance.now();

/**
 * PGlite answers without ever leaving the current turn of the event loop: a loop of statements would keep timers,
 * sockets and signals of the whole process waiting until it ends.
 */
async function yieldWhenDue(): Promise<void> {
  if (performance.now() - yieldedAt < LONGEST_RUN_MS) return;
  await setImmediate();
  yieldedAt = performance.now();
}
