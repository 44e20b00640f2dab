import type { Result, Session, Transaction } from 'neo4j-driver';
import { graphError } from '../../../errors.ts';
import type {
  CypherParameters,
  CypherRow,
  EngineCallOptions,
  EngineTransaction,
  QueuedStatement,
} from '../../../ports/graph-engine.ts';
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
    await running.end();
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

/** A statement on its way, and what is made of its rows. */
interface Sent {
  readonly result: Promise<readonly CypherRow[]>;
  readonly check: (rows: readonly CypherRow[]) => void;
}

/** Statements are sent before those ahead of them are answered; the server carries them out in order, to the first failure. */
class RunningTransaction implements EngineTransaction {
  readonly #native: Transaction;
  readonly #limits: CallLimits;
  readonly #connection: Neo4jConnection;
  #queued: QueuedStatement[] = [];
  /** Ends with everything that was sent; answers are looked at in order, so that the first failure is the one told. */
  #settled: Promise<unknown> = Promise.resolve();
  #failure: unknown;
  #hasEnded = false;
  #isFirst = true;

  constructor(native: Transaction, limits: CallLimits, connection: Neo4jConnection) {
    this.#native = native;
    this.#limits = limits;
    this.#connection = connection;
  }

  async run(text: string, parameters: CypherParameters = {}, what?: string): Promise<readonly CypherRow[]> {
    this.#check(parameters);
    const sent = this.#sendQueued();
    sent.push({ result: this.#send(text, parameters, what), check: () => undefined });
    return this.#answersOf(sent);
  }

  queue(statement: QueuedStatement): void {
    this.#check(statement.parameters);
    this.#queued.push(statement);
  }

  /** Everything was carried out. A failed statement has ended the transaction on the server, whatever the work made of it. */
  async end(): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#hasEnded = true;
    await this.#answersOf(this.#queued.length > 0 ? this.#sendQueued() : []);
  }

  #check(parameters: CypherParameters): void {
    if (this.#limits.reason) throw this.#limits.reason;
    if (this.#failure) throw this.#failure;
    if (this.#hasEnded) throw graphError('KAZE_GRAPH_UNAVAILABLE', 'The transaction has ended.');
    try {
      checkParameters(parameters);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #sendQueued(): Sent[] {
    const sent: Sent[] = [];
    // Sent before anything is answered: asking whether writes are held costs no journey of its own.
    if (this.#isFirst) sent.push({ result: this.#send(HELD, {}), check: checkHeld });
    this.#isFirst = false;
    for (const { text, parameters, what, requires } of this.#queued.splice(0)) {
      sent.push({
        result: this.#send(text, parameters, what),
        check: (rows) => {
          const found = requires && rows[0]?.[requires.column];
          if (requires && found !== requires.value) throw requires.otherwise(found);
        },
      });
    }
    return sent;
  }

  #send(text: string, parameters: CypherParameters, what?: string): Promise<readonly CypherRow[]> {
    const native: Result = this.#native.run(text, toNative(parameters, this.#connection.int));
    const rows = Promise.resolve(native).then(
      ({ records }) => fromNative(records),
      (error: unknown) => {
        throw fromNeo4j(error, what);
      },
    );
    rows.catch(() => undefined);
    return rows;
  }

  /** The rows of the last one, once all before it did what they had to. */
  async #answersOf(sent: readonly Sent[]): Promise<readonly CypherRow[]> {
    const before = this.#settled;
    const answers = (async () => {
      await before;
      let rows: readonly CypherRow[] = [];
      for (const { result, check } of sent) {
        rows = await this.#limits.race(result);
        check(rows);
      }
      return rows;
    })();
    this.#settled = answers;
    try {
      return await answers;
    } catch (error) {
      this.#failure ??= fromNeo4j(error);
      throw this.#failure;
    }
  }
}
