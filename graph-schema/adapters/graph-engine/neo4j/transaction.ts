import type { Session, Transaction } from 'neo4j-driver';
import { graphError } from '../../../errors.ts';
import type { CypherParameters, CypherRow, EngineCallOptions, EngineTransaction } from '../../../ports/graph-engine.ts';
import { CallLimits } from '../shared/call-limits.ts';
import { checkParameters } from '../shared/parameters.ts';
import type { Neo4jConnection } from './connection.ts';
import { commitUnknown, fromCommit, fromNeo4j } from './errors.ts';
import type { Neo4jEngineParts } from './parts.ts';
import { fromNative, toNative } from './values.ts';
import { checkHeld, HELD } from './write-hold.ts';

/** One attempt: begins, works, commits; rolls back when the work fails, time is over or the caller cancels. */
export async function completeTransaction<T>(
  { connection, settings }: Neo4jEngineParts,
  work: (transaction: EngineTransaction) => Promise<T>,
  options: EngineCallOptions,
): Promise<T> {
  const limits = new CallLimits(options);
  const session = connection.session('WRITE');
  try {
    const native = await begin(session, limits);
    const running = new RunningTransaction(native, limits, connection);
    const result = await limits.race(work(running));
    running.end();
    limits.disarm();
    await commit(native, limits.remainingMs + settings.commitWaitMs);
    return result;
  } catch (error) {
    throw fromNeo4j(error);
  } finally {
    limits.disarm();
    // Ends a statement that still runs and rolls back what was not committed.
    connection.release(session);
  }
}

async function begin(session: Session, limits: CallLimits): Promise<Transaction> {
  const timeout = Math.max(1, Math.ceil(limits.remainingMs));
  return limits.race(Promise.resolve(session.beginTransaction({ timeout })));
}

async function commit(native: Transaction, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(commitUnknown()), waitMs);
  });
  try {
    await Promise.race([native.commit(), tooLong]);
  } catch (error) {
    throw fromCommit(error);
  } finally {
    clearTimeout(timer);
  }
}

class RunningTransaction implements EngineTransaction {
  readonly #native: Transaction;
  readonly #limits: CallLimits;
  readonly #connection: Neo4jConnection;
  #failure: unknown;
  #hasEnded = false;
  #isFirst = true;

  constructor(native: Transaction, limits: CallLimits, connection: Neo4jConnection) {
    this.#native = native;
    this.#limits = limits;
    this.#connection = connection;
  }

  async run(text: string, parameters: CypherParameters = {}): Promise<readonly CypherRow[]> {
    if (this.#limits.reason) throw this.#limits.reason;
    if (this.#failure) throw this.#failure;
    if (this.#hasEnded) throw graphError('KAZE_GRAPH_UNAVAILABLE', 'The transaction has ended.');
    try {
      checkParameters(parameters);
      const native = toNative(parameters, this.#connection.int);
      // Both are sent before either is answered: asking whether writes are held costs no journey of its own.
      const held = this.#isFirst ? Promise.resolve(this.#native.run(HELD)) : undefined;
      held?.catch(() => undefined);
      this.#isFirst = false;
      const result = Promise.resolve(this.#native.run(text, native));
      result.catch(() => undefined);
      if (held) checkHeld(fromNative((await this.#limits.race(held)).records));
      return fromNative((await this.#limits.race(result)).records);
    } catch (error) {
      this.#failure = fromNeo4j(error);
      throw this.#failure;
    }
  }

  /** A failed statement has ended the transaction on the server, whatever the work made of it. */
  end(): void {
    if (this.#failure) throw this.#failure;
    this.#hasEnded = true;
  }
}
