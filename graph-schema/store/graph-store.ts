import { type Clock, type Logger, newId } from '#platform';
import type { Principal } from '../access/principal.ts';
import type { NodeDefinition, NodeOf } from '../domain/definition.ts';
import type { GraphSchema } from '../domain/schema.ts';
import type { GraphEngine } from '../ports/graph-engine.ts';
import type {
  CallOptions,
  GraphStore,
  ListOptions,
  ReadOptions,
  Subgraph,
  SubgraphOptions,
  TransactOptions,
  UnitOfWork,
} from '../ports/graph-store.ts';
import type { ReadPlan, ReadResult, Where } from '../read/plan.ts';
import { TextBuilder } from '../read/text.ts';
import { whereText } from '../read/where.ts';
import { type Reader, readOne, readPage, readPlan } from './reads.ts';
import { untilCommitted } from './retry.ts';
import { COUNT, LABELS, RECEIPT } from './statements.ts';
import { labelOf, readSubgraph } from './subgraph.ts';
import { TransactionUnit } from './unit-of-work.ts';

export interface GraphStoreOptions {
  readonly engine: GraphEngine;
  readonly schema: GraphSchema;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds in which a unit of work is tried again after conflicts and outages; default 15,000. */
  readonly writeDeadlineMs?: number;
}

/** The store over one engine. Opening (migrations, indexes) is `openGraph`'s work. */
export function createGraphStore(options: GraphStoreOptions): GraphStore {
  return new EngineGraphStore(options);
}

class EngineGraphStore implements GraphStore {
  readonly #options: GraphStoreOptions;
  readonly #listeners = new Set<() => void>();

  constructor(options: GraphStoreOptions) {
    this.#options = options;
  }

  read(principal: Principal, plan: ReadPlan, options?: ReadOptions): Promise<ReadResult> {
    return readPlan(this.#reader(options), principal, { plan, visibility: 'public', takeRow: options?.takeRow });
  }

  get<D extends NodeDefinition>(principal: Principal, definition: D, id: string): Promise<NodeOf<D> | undefined> {
    return readOne(this.#reader(), principal, definition, id);
  }

  list<D extends NodeDefinition>(
    principal: Principal,
    definition: D,
    options: ListOptions = {},
  ): Promise<Array<NodeOf<D>>> {
    return readPage(this.#reader(), principal, definition, options);
  }

  async count<D extends NodeDefinition>(principal: Principal, definition: D, where: Where = {}): Promise<number> {
    const text = new TextBuilder(this.#options.schema, principal);
    const type = this.#options.schema.type(definition.name);
    const condition = whereText(where, type, 'n', { text, visibility: 'all' });
    const statement = COUNT(definition.name, text.scope('n', definition), condition);
    const [row] = await this.#options.engine.read(statement, text.parameters);
    return row!.total as number;
  }

  async labelsOf(principal: Principal, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const text = new TextBuilder(this.#options.schema, principal);
    const statement = LABELS(text.anyScope('n'));
    const rows = await this.#options.engine.read(statement, { ...text.parameters, ids: [...ids] });
    return new Map(rows.map((row) => [row.id as string, labelOf(row.labels)]));
  }

  async transact<T>(
    principal: Principal,
    options: TransactOptions,
    work: (unit: UnitOfWork) => Promise<T>,
  ): Promise<T> {
    const { engine, schema, clock, logger, writeDeadlineMs = 15_000 } = this.#options;
    let announced = false;
    let last: { receipt: string; value: T } | undefined;
    const attempt = () => {
      last = undefined;
      return engine.transaction(async (transaction) => {
        const unit = new TransactionUnit({ transaction, principal, schema, now: clock.now(), why: options.why });
        const value = await work(unit);
        const receipt = newId();
        if (unit.wrote) unit.receipt(receipt);
        const flushed = unit.flush();
        if (flushed) await flushed;
        announced = unit.announced;
        last = { receipt, value };
        return value;
      }, options);
    };
    const committed = async () => {
      if (!last) return undefined;
      const [row] = await engine.read(RECEIPT, { id: last.receipt });
      return row!.found === 1 ? { value: last.value } : undefined;
    };
    const result = await untilCommitted(
      { clock, logger, deadlineMs: options.timeoutMs ?? writeDeadlineMs, signal: options.signal },
      attempt,
      committed,
    );
    if (announced) for (const listener of this.#listeners) listener();
    return result;
  }

  subgraph(principal: Principal, seeds: readonly string[], options: SubgraphOptions = {}): Promise<Subgraph> {
    return readSubgraph(this.#reader(options), principal, seeds, options);
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  healthy(): Promise<boolean> {
    return this.#options.engine.healthy();
  }

  close(): Promise<void> {
    this.#listeners.clear();
    return this.#options.engine.close();
  }

  #reader(options?: CallOptions): Reader {
    const { engine, schema } = this.#options;
    return { schema, run: (text, parameters) => engine.read(text, parameters, options) };
  }
}
