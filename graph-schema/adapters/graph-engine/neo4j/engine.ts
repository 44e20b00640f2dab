import { graphError } from '../../../errors.ts';
import type {
  CypherParameters,
  CypherRow,
  DumpedNode,
  DumpedRelationship,
  EngineCallOptions,
  EngineTransaction,
  GraphEngine,
  IndexSpec,
  WriteHold,
} from '../../../ports/graph-engine.ts';
import { CallLimits } from '../shared/call-limits.ts';
import { checkParameters } from '../shared/parameters.ts';
import { checkReadOnly } from '../shared/statement-text.ts';
import { neo4jCapabilities } from './capabilities.ts';
import { fromNeo4j } from './errors.ts';
import type { Neo4jEngineParts } from './parts.ts';
import { AWAIT_INDEXES, DUMP_IDS, DUMP_NODES, DUMP_RELATIONSHIPS, indexStatements } from './queries.ts';
import { completeTransaction } from './transaction.ts';
import { fromNative, toNative } from './values.ts';
import { takeWriteHold } from './write-hold.ts';

const DUMP_TIMEOUT_MS = 3_600_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

export class Neo4jEngine implements GraphEngine {
  readonly capabilities = neo4jCapabilities;
  readonly #parts: Neo4jEngineParts;

  constructor(parts: Neo4jEngineParts) {
    this.#parts = parts;
  }

  async read(
    text: string,
    parameters: CypherParameters = {},
    options: EngineCallOptions = {},
  ): Promise<readonly CypherRow[]> {
    checkReadOnly(text);
    checkParameters(parameters);
    this.#checkOpen();
    const limits = new CallLimits(options);
    try {
      return await limits.race(this.#repeated(text, parameters, limits));
    } finally {
      limits.disarm();
    }
  }

  async transaction<T>(
    work: (transaction: EngineTransaction) => Promise<T>,
    options: EngineCallOptions = {},
  ): Promise<T> {
    this.#checkOpen();
    return completeTransaction(this.#parts, work, options);
  }

  async ensureIndexes(indexes: readonly IndexSpec[]): Promise<void> {
    this.#checkOpen();
    for (const text of [...indexStatements(indexes), AWAIT_INDEXES]) await this.#autoCommit(text);
  }

  async *dump(): AsyncGenerator<DumpedNode | DumpedRelationship, void, undefined> {
    yield* this.#dumpBatches<DumpedNode>(DUMP_NODES);
    yield* this.#dumpBatches<DumpedRelationship>(DUMP_RELATIONSHIPS);
  }

  async holdWrites(): Promise<WriteHold> {
    this.#checkOpen();
    return takeWriteHold(this.#parts);
  }

  /** Nothing to wait for: each commit was synced before it was answered. */
  async barrier(): Promise<void> {
    this.#checkOpen();
  }

  async healthy(): Promise<boolean> {
    if (this.#parts.connection.isClosed) return false;
    const limits = new CallLimits({ timeoutMs: this.#parts.settings.healthTimeoutMs });
    try {
      await limits.race(this.#parts.connection.verify(limits.timeoutMs));
      return true;
    } catch {
      return false;
    } finally {
      limits.disarm();
    }
  }

  close(): Promise<void> {
    return this.#parts.connection.close();
  }

  async #repeated(text: string, parameters: CypherParameters, limits: CallLimits): Promise<readonly CypherRow[]> {
    const { settings, clock } = this.#parts;
    const giveUpAt = performance.now() + settings.readRetryMs;
    for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_RETRY_MS)) {
      try {
        return await this.#once(text, parameters, limits);
      } catch (error) {
        const ours = fromNeo4j(error);
        const mayRepeat = ours.code === 'KAZE_GRAPH_UNAVAILABLE' || ours.code === 'KAZE_GRAPH_CONFLICT';
        if (limits.reason ?? (!mayRepeat || performance.now() + pauseMs > giveUpAt)) throw ours;
        await clock.sleep(pauseMs);
      }
    }
  }

  async #once(text: string, parameters: CypherParameters, limits: CallLimits): Promise<readonly CypherRow[]> {
    const { connection } = this.#parts;
    const session = connection.session('READ');
    // Closing the session cancels what runs in it on the server.
    limits.onEnded(() => connection.release(session));
    try {
      const result = await session.run(text, toNative(parameters, connection.int), {
        timeout: Math.max(1, Math.ceil(limits.remainingMs)),
      });
      return fromNative(result.records);
    } finally {
      connection.release(session);
    }
  }

  async #autoCommit(text: string): Promise<void> {
    const { connection } = this.#parts;
    const session = connection.session('WRITE');
    try {
      await session.run(text);
    } catch (error) {
      throw fromNeo4j(error);
    } finally {
      connection.release(session);
    }
  }

  async *#dumpBatches<T>(text: string): AsyncGenerator<T, void, undefined> {
    for (let after = ''; ; ) {
      const page = { after, count: this.#parts.settings.dumpBatchNodes };
      const options = { timeoutMs: DUMP_TIMEOUT_MS };
      const ids = (await this.read(DUMP_IDS, page, options)).map((row) => row.id as string);
      const last = ids.at(-1);
      if (last === undefined) return;
      yield* (await this.read(text, { ids }, options)) as unknown as T[];
      after = last;
    }
  }

  #checkOpen(): void {
    if (this.#parts.connection.isClosed) {
      throw graphError('KAZE_GRAPH_UNAVAILABLE', 'The connection to Neo4j was closed by this process.');
    }
  }
}
