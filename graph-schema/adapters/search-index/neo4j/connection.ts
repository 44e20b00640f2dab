import neo4j, { type Driver } from 'neo4j-driver';
import type { Clock } from '#platform';
import { searchFailure } from './errors.ts';

export interface Neo4jConnectionOptions {
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly clock: Clock;
}

export type Parameters = Readonly<Record<string, unknown>>;

const RETRIES = 8;
const TIMEOUT_MS = 60_000;

/** One statement a transaction, repeated when another writer was in the way. */
export class Neo4jConnection {
  private readonly driver: Driver;

  constructor(private readonly options: Neo4jConnectionOptions) {
    const auth = options.user === undefined ? undefined : neo4j.auth.basic(options.user, options.password ?? '');
    this.driver = neo4j.driver(options.url, auth, {
      disableLosslessIntegers: true,
      maxTransactionRetryTime: 5_000,
      connectionAcquisitionTimeout: 10_000,
      notificationFilter: { minimumSeverityLevel: 'OFF' },
    });
  }

  async run<Row>(text: string, parameters: Parameters = {}, mode: 'READ' | 'WRITE' = 'WRITE'): Promise<Row[]> {
    for (let attempt = 0; ; attempt += 1) {
      const session = this.driver.session({
        database: this.options.database ?? 'neo4j',
        defaultAccessMode: mode === 'READ' ? neo4j.session.READ : neo4j.session.WRITE,
      });
      try {
        const result = await session.run(text, { ...parameters }, { timeout: TIMEOUT_MS });
        return result.records.map((record) => record.toObject() as Row);
      } catch (error) {
        if (!isTransient(error) || attempt >= RETRIES) throw searchFailure(error);
      } finally {
        await session.close().catch(() => {});
      }
      await this.options.clock.sleep(5 + Math.random() * 50 * (attempt + 1));
    }
  }

  async close(): Promise<void> {
    await this.driver.close();
  }
}

/** JS numbers travel as floats, which LIMIT and the index procedures refuse. */
export function integer(value: number): unknown {
  return neo4j.int(value);
}

/** Deadlocks and the like; a server that is away is not waited for here. */
function isTransient(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  return code.startsWith('Neo.TransientError.');
}
