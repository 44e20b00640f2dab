import type { Driver, Integer, Session } from 'neo4j-driver';
import type { Logger } from '#platform';
import type { Neo4jSettings } from './config.ts';

/** The driver and what replaces it when its connections hang. */
export class Neo4jConnection {
  readonly #settings: Neo4jSettings;
  readonly #logger: Logger;
  readonly #module: typeof import('neo4j-driver');
  #driver: Driver;
  #isClosed = false;

  constructor(module: typeof import('neo4j-driver'), settings: Neo4jSettings, logger: Logger) {
    this.#module = module;
    this.#settings = settings;
    this.#logger = logger;
    this.#driver = this.#connect();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  readonly int = (value: number): Integer => this.#module.int(value);

  session(mode: 'READ' | 'WRITE'): Session {
    return this.#driver.session({ defaultAccessMode: mode, database: this.#settings.database });
  }

  /** A whole question and its answer: the driver's own check is content with a connection that hangs. */
  async verify(timeoutMs: number): Promise<void> {
    const session = this.session('READ');
    try {
      await session.run('RETURN 1 AS one', {}, { timeout: timeoutMs });
    } finally {
      this.release(session);
    }
  }

  /**
   * Gives a session back without making anybody wait; a query that still runs in it is cancelled on the server. A
   * server that does not answer even this keeps its connections for ever: then the pool is replaced.
   */
  release(session: Session): void {
    const driver = this.#driver;
    const timer = setTimeout(() => this.#replace(driver), this.#settings.hungConnectionMs);
    timer.unref();
    session
      .close()
      .catch(() => undefined)
      .finally(() => clearTimeout(timer));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#driver.close();
  }

  #replace(hung: Driver): void {
    if (this.#isClosed || this.#driver !== hung) return;
    this.#logger.warn('connections to Neo4j hang; they are replaced');
    this.#driver = this.#connect();
    hung.close().catch(() => undefined);
  }

  #connect(): Driver {
    const { url, user, password, connectTimeoutMs, maxConnections } = this.#settings;
    const auth = password === undefined ? undefined : this.#module.auth.basic(user, password);
    return this.#module.driver(url, auth, {
      useBigInt: true,
      connectionTimeout: connectTimeoutMs,
      connectionAcquisitionTimeout: connectTimeoutMs * 2,
      maxConnectionPoolSize: maxConnections,
      maxTransactionRetryTime: 0,
      notificationFilter: { minimumSeverityLevel: 'OFF' },
      // Failures are logged where they are mapped; the driver's own log would repeat texts and addresses.
      logging: { level: 'error', logger: () => undefined },
      userAgent: 'kaze',
    });
  }
}
