import type { CypherParameters, CypherRow, EngineTransaction } from '../../../ports/graph-engine.ts';
import type { CallLimits } from '../shared/call-limits.ts';
import { checkParameters } from '../shared/parameters.ts';
import type { EngineChild, SentRequest } from './child-process.ts';
import type { GrafeoLimits } from './config.ts';
import { ChildGone, commitUnknown, unavailable } from './errors.ts';

/** A commit is synchronous in the child and short; one that takes longer than this belongs to a stuck process. */
const COMMIT_WAIT_MS = 30_000;
let lastTransaction = 0;

/** One attempt at one transaction on one child process. */
export class GrafeoTransaction implements EngineTransaction {
  readonly #child: EngineChild;
  readonly #limits: CallLimits;
  readonly #engineLimits: GrafeoLimits;
  readonly #id: number;
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
      this.#limits.disarm();
      if (this.#hasBegun) await this.#commit();
      return result;
    } catch (error) {
      if (!this.#hasEnded) this.#rollback();
      throw error;
    }
  }

  async run(text: string, parameters: CypherParameters = {}): Promise<readonly CypherRow[]> {
    if (this.#limits.reason) throw this.#limits.reason;
    if (this.#failure) throw this.#failure;
    if (this.#hasEnded) throw unavailable('the transaction has ended');
    try {
      checkParameters(parameters);
      this.#begin();
      const sent = this.#child.send({ kind: 'run', transaction: this.#id, text, parameters }, (error) =>
        this.#limits.end(error),
      );
      this.#running = sent;
      return (await this.#limits.race(sent.answer)).rows ?? [];
    } catch (error) {
      this.#failure ??=
        error instanceof ChildGone ? unavailable(`${error.message} during a transaction`, error) : error;
      throw this.#failure;
    }
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    // The channel keeps order, so nobody waits for this answer; a failure shows in the statement that follows.
    this.#child.call({ kind: 'begin', transaction: this.#id }).catch(() => undefined);
  }

  async #commit(): Promise<void> {
    const sent = this.#child.send({ kind: 'commit', transaction: this.#id });
    sent.endWithin(COMMIT_WAIT_MS);
    try {
      await sent.answer;
    } catch (error) {
      if (!(error instanceof ChildGone)) throw error;
      throw error.sent ? commitUnknown('went away') : unavailable(`${error.message} before a commit`, error);
    }
  }

  #rollback(): void {
    this.#hasEnded = true;
    if (this.#hasBegun) this.#child.call({ kind: 'rollback', transaction: this.#id }).catch(() => undefined);
  }
}
