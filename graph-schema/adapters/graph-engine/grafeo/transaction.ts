import type { CypherParameters, CypherRow, EngineTransaction, QueuedStatement } from '../../../ports/graph-engine.ts';
import type { CallLimits } from '../shared/call-limits.ts';
import { checkParameters } from '../shared/parameters.ts';
import type { EngineChild, SentRequest } from './child-process.ts';
import type { GrafeoLimits } from './config.ts';
import { ChildGone, commitUnknown, fromGrafeo, unavailable } from './errors.ts';
import type { ChildFailure, PackedStatement } from './protocol.ts';

/** A commit is synchronous in the child and short; one that takes longer than this belongs to a stuck process. */
const COMMIT_WAIT_MS = 30_000;
let lastTransaction = 0;

/** `answers`: whether its rows are wanted. */
type Waiting = Omit<QueuedStatement, 'what'> & { readonly what?: string; readonly answers: boolean };

/** One attempt at one transaction on one child process. */
export class GrafeoTransaction implements EngineTransaction {
  readonly #child: EngineChild;
  readonly #limits: CallLimits;
  readonly #engineLimits: GrafeoLimits;
  readonly #id: number;
  /** What has not been sent yet, in order. */
  #waiting: Waiting[] = [];
  #answers = 0;
  #leaving: Promise<ReadonlyArray<readonly CypherRow[]>> | undefined;
  #running: SentRequest | undefined;
  #failure: unknown;
  #hasBegun = false;
  #hasEnded = false;

  constructor(child: EngineChild, limits: CallLimits, engineLimits: GrafeoLimits) {
    this.#child = child;
    this.#limits = limits;
    this.#engineLimits = engineLimits;
    lastTransaction += 1;
    this.#id = lastTransaction;
  }

  async complete<T>(work: (transaction: EngineTransaction) => Promise<T>): Promise<T> {
    this.#limits.onEnded(() => this.#running?.endWithin(this.#engineLimits.graceMs));
    try {
      const result = await this.#limits.race(work(this));
      // One failed statement ends the transaction on the other engine: here too, whatever the work made of it.
      if (this.#failure) throw this.#failure;
      this.#hasEnded = true;
      if (this.#hasBegun || this.#waiting.length > 0) await this.#commit();
      return result;
    } catch (error) {
      if (!this.#hasEnded) this.#rollback();
      throw error;
    }
  }

  async run(text: string, parameters: CypherParameters = {}, what?: string): Promise<readonly CypherRow[]> {
    this.#add({ text, parameters, what, answers: true });
    const at = this.#answers;
    this.#answers += 1;
    // Those that are begun in one go leave together.
    this.#leaving ??= Promise.resolve().then(() => this.#send());
    try {
      return (await this.#leaving)[at] ?? [];
    } catch (error) {
      this.#failure ??=
        error instanceof ChildGone ? unavailable(`${error.message} during a transaction`, error) : error;
      throw this.#failure;
    }
  }

  queue(statement: QueuedStatement): void {
    this.#add({ ...statement, answers: false });
  }

  #add(statement: Waiting): void {
    if (this.#limits.reason) throw this.#limits.reason;
    if (this.#failure) throw this.#failure;
    if (this.#hasEnded) throw unavailable('the transaction has ended');
    try {
      checkParameters(statement.parameters);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    this.#waiting.push(statement);
  }

  async #send(): Promise<ReadonlyArray<readonly CypherRow[]>> {
    if (this.#limits.reason) throw this.#limits.reason;
    const { answer } = this.#pack();
    return (await this.#limits.race(answer)).results ?? [];
  }

  /** Sends what waits, with the transaction's begin where it has not begun. */
  #pack(end: { readonly commits?: true } = {}): SentRequest {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#answers = 0;
    this.#leaving = undefined;
    const begins = this.#hasBegun ? {} : { begins: true as const };
    this.#hasBegun = true;
    const statements = waiting.map(packed);
    const request = { kind: 'pack' as const, transaction: this.#id, ...begins, statements, ...end };
    const abandon = (error: Error) => this.#limits.end(error);
    this.#running = this.#child.send(request, {
      ...(statements.length > 0 ? { abandon } : {}),
      errorOf: (failure) => errorOf(failure, waiting),
    });
    return this.#running;
  }

  async #commit(): Promise<void> {
    const isBare = this.#waiting.length === 0;
    // Statements have their time and can be cancelled; a commit alone is past the point of no return.
    if (isBare) this.#limits.disarm();
    const sent = this.#pack({ commits: true });
    sent.endWithin(COMMIT_WAIT_MS);
    try {
      await (isBare ? sent.answer : Promise.race([sent.answer, this.#withdrawal()]));
    } catch (error) {
      if (!(error instanceof ChildGone)) throw error;
      throw error.sent ? commitUnknown('went away') : unavailable(`${error.message} before a commit`, error);
    }
  }

  /** Rejects once the time is over or the caller cancelled before the commit began; never resolves. */
  #withdrawal(): Promise<never> {
    return new Promise((_, reject) => {
      this.#limits.onEnded(() => {
        this.#child.call({ kind: 'withdraw', transaction: this.#id }).then(
          ({ withdrawn }) => {
            if (withdrawn) reject(this.#limits.reason);
          },
          // It has gone, as the pack's own answer says.
          () => undefined,
        );
      });
    });
  }

  #rollback(): void {
    this.#hasEnded = true;
    if (this.#hasBegun) this.#child.call({ kind: 'rollback', transaction: this.#id }).catch(() => undefined);
  }
}

function packed({ text, parameters, answers, requires }: Waiting): PackedStatement {
  if (answers) return { text, parameters, answers };
  if (!requires) return { text, parameters };
  return { text, parameters, requires: { column: requires.column, value: requires.value } };
}

function errorOf(failure: ChildFailure, statements: readonly Waiting[]): Error {
  const failed = failure.at === undefined ? undefined : statements[failure.at];
  if (failure.unmet && failed?.requires) return failed.requires.otherwise(failure.unmet.found);
  return fromGrafeo(failure, failed?.what);
}
