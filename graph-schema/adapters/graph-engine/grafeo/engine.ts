import type {
  CypherParameters,
  CypherRow,
  DumpedNode,
  DumpedRelationship,
  EngineCallOptions,
  EngineTransaction,
  GraphEngine,
  IndexSpec,
} from '../../../ports/graph-engine.ts';
import { CallLimits } from '../shared/call-limits.ts';
import { checkParameters } from '../shared/parameters.ts';
import { checkReadOnly } from '../shared/statement-text.ts';
import { grafeoCapabilities } from './capabilities.ts';
import type { EngineChild } from './child-process.ts';
import type { GrafeoLimits } from './config.ts';
import { ChildGone, unavailable } from './errors.ts';
import type { ChildAnswer, ChildRequest } from './protocol.ts';
import { indexStatements } from './queries.ts';
import type { ChildSupervisor } from './supervisor.ts';
import { GrafeoTransaction } from './transaction.ts';

/** A read is repeated on a reopened engine this often; after that it is taken for the cause of the deaths. */
const READ_ATTEMPTS = 3;

export class GrafeoEngine implements GraphEngine {
  readonly capabilities = grafeoCapabilities;
  readonly #supervisor: ChildSupervisor;
  readonly #limits: GrafeoLimits;
  #lastDump = 0;

  constructor(supervisor: ChildSupervisor, limits: GrafeoLimits) {
    this.#supervisor = supervisor;
    this.#limits = limits;
  }

  /** The process that holds the graph at this moment, for tests and `kaze doctor`. */
  get pid(): number | undefined {
    return this.#supervisor.pid;
  }

  /** Whether it is open and nothing runs in it. */
  get isIdle(): boolean {
    return this.#supervisor.isIdle;
  }

  async read(
    text: string,
    parameters: CypherParameters = {},
    options: EngineCallOptions = {},
  ): Promise<readonly CypherRow[]> {
    checkReadOnly(text);
    checkParameters(parameters);
    const limits = new CallLimits(options);
    try {
      const answer = await limits.race(this.#repeated({ kind: 'read', text, parameters }, limits));
      return answer.rows ?? [];
    } finally {
      limits.disarm();
    }
  }

  async transaction<T>(
    work: (transaction: EngineTransaction) => Promise<T>,
    options: EngineCallOptions = {},
  ): Promise<T> {
    const limits = new CallLimits(options);
    try {
      const child = await limits.race(this.#supervisor.child(limits.remainingMs));
      return await new GrafeoTransaction(child, limits, this.#limits).complete(work);
    } finally {
      limits.disarm();
    }
  }

  async ensureIndexes(indexes: readonly IndexSpec[]): Promise<void> {
    await this.#ask({ kind: 'define', texts: indexStatements(indexes) });
  }

  async *dump(): AsyncGenerator<DumpedNode | DumpedRelationship, void, undefined> {
    this.#lastDump += 1;
    const dump = this.#lastDump;
    const child = await this.#supervisor.child(this.#limits.reopenWaitMs);
    try {
      await child.call({ kind: 'dump-open', dump });
      for (let done = false; !done; ) {
        const answer = await child.call({ kind: 'dump-next', dump, count: this.#limits.dumpBatchNodes });
        yield* answer.items ?? [];
        done = answer.done ?? true;
      }
    } catch (error) {
      throw error instanceof ChildGone ? unavailable(`${error.message} during a dump`, error) : error;
    } finally {
      child.call({ kind: 'dump-close', dump }).catch(() => undefined);
    }
  }

  async barrier(): Promise<void> {
    await this.#ask({ kind: 'barrier' });
  }

  async healthy(): Promise<boolean> {
    return this.#supervisor.isOpen;
  }

  close(): Promise<void> {
    return this.#supervisor.close();
  }

  async #repeated(request: ChildRequest, limits: CallLimits): Promise<ChildAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const child: EngineChild = await this.#supervisor.child(limits.remainingMs);
      if (limits.reason) throw limits.reason;
      const sent = child.send(request, { abandon: (error) => limits.end(error) });
      limits.onEnded(() => sent.endWithin(this.#limits.graceMs));
      try {
        return await sent.answer;
      } catch (error) {
        if (!(error instanceof ChildGone)) throw error;
        if (attempt >= READ_ATTEMPTS || limits.reason) throw unavailable(error.message, error);
      }
    }
  }

  async #ask(request: ChildRequest): Promise<ChildAnswer> {
    const child = await this.#supervisor.child(this.#limits.reopenWaitMs);
    try {
      return await child.call(request);
    } catch (error) {
      throw error instanceof ChildGone ? unavailable(error.message, error) : error;
    }
  }
}
