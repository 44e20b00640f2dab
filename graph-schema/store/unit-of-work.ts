import { newId } from '#platform';
import type { Principal } from '../access/principal.ts';
import { allows, checkScope, requireWrite, scopesOf } from '../access/scope.ts';
import { Outbox } from '../definitions/nodes/outbox.ts';
import { Receipt } from '../definitions/nodes/receipt.ts';
import { Revision } from '../definitions/nodes/revision.ts';
import type { NewNode, NodeDefinition, NodeOf, NodePatch } from '../domain/definition.ts';
import type { GraphSchema, NodeType } from '../domain/schema.ts';
import { validated } from '../domain/validation.ts';
import { graphError } from '../errors.ts';
import type { CypherScalar, CypherValue, EngineTransaction } from '../ports/graph-engine.ts';
import type { EdgeName, ListOptions, UnitOfWork } from '../ports/graph-store.ts';
import { TextBuilder } from '../read/text.ts';
import { HeldNodes } from './held-nodes.ts';
import { PendingWrites } from './pending-writes.ts';
import { type Reader, readOne, readPage } from './reads.ts';
import { LOCK, LOCK_ALL, RELATED, REMOVE, UNRELATE } from './statements.ts';
import { lockAtVersion } from './version-lock.ts';

interface Context {
  readonly transaction: EngineTransaction;
  readonly principal: Principal;
  readonly schema: GraphSchema;
  readonly now: number;
  readonly why: string;
}

interface Expectation {
  readonly expect?: Readonly<Record<string, CypherScalar | readonly CypherScalar[]>>;
  readonly version?: number;
}

interface Entry {
  readonly subject: string;
  readonly subjectType: string;
  readonly scope: string;
  readonly change: string;
  readonly attempt?: string;
}

interface Change {
  readonly id: string;
  readonly scope: string;
  readonly change: string;
  /** Whether the search index has to look again. */
  readonly searched?: boolean;
  /** Whether only internal properties changed: nothing to tell anyone. */
  readonly silent?: boolean;
}

interface RevisionEntry {
  readonly id: string;
  readonly scope: string;
  readonly action: 'created' | 'updated' | 'removed';
  readonly number: number;
  readonly before?: object;
  readonly after?: object;
}

const BATCH = 2_000;

/**
 * Collects what is to be written and hands it to the engine before the next read and before the commit; keeps the
 * revisions and outbox entries that belong to what was changed.
 */
export class TransactionUnit implements UnitOfWork {
  readonly principal: Principal;
  readonly now: number;
  /** Whether anything was written, and whether a feeder has work because of it. */
  wrote = false;
  announced = false;
  readonly #context: Context;
  readonly #reader: Reader;
  readonly #pending: PendingWrites;
  readonly #held: HeldNodes;
  /** Subjects whose change is told already, by kind of entry. */
  readonly #told = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
    this.principal = context.principal;
    this.now = context.now;
    this.#pending = new PendingWrites(context.schema, context.principal);
    this.#held = new HeldNodes(context.schema);
    this.#reader = {
      schema: context.schema,
      run: (text, parameters) => context.transaction.run(text, parameters),
    };
  }

  async get<D extends NodeDefinition>(definition: D, id: string): Promise<NodeOf<D> | undefined> {
    const held = this.#held.get(definition, id);
    if (held && allows(scopesOf(this.principal, 'read', definition), held.scope)) return held;
    const flushed = this.flush();
    if (flushed) await flushed;
    return readOne(this.#reader, this.principal, definition, id);
  }

  async list<D extends NodeDefinition>(definition: D, options: ListOptions = {}): Promise<Array<NodeOf<D>>> {
    const flushed = this.flush();
    if (flushed) await flushed;
    return readPage(this.#reader, this.principal, definition, options);
  }

  async related<D extends NodeDefinition>(definition: D, edge: EdgeName<D>, id: string): Promise<string[]> {
    const flushed = this.flush();
    if (flushed) await flushed;
    const text = this.#text();
    const { type, to } = definition.edges[edge]!;
    const scopes = { from: text.scope('a', definition), to: text.scope('b', this.#type(to).definition) };
    const rows = await this.#run(RELATED(type, definition.name, to, scopes), { ...text.parameters, id });
    return rows.map((row) => row.id as string);
  }

  create<D extends NodeDefinition>(definition: D, node: NewNode<D> & { scope: string; id?: string }): string {
    const { id = newId(), scope, ...values } = node as { id?: string; scope: string } & Record<string, unknown>;
    requireWrite(this.principal, definition, checkScope(scope));
    const checked = validated(values, definition.properties, { what: definition.name, mode: 'create' });
    this.#held.made(definition, id, this.#insert(definition, { id, scope, ...checked }, id));
    this.#announce(definition, { id, scope, change: 'created' });
    if (definition.revisioned) this.#revise(definition, { id, scope, action: 'created', number: 1 });
    return id;
  }

  async upsert<D extends NodeDefinition>(definition: D, node: NewNode<D> & { scope: string; id: string }) {
    const { id, scope, ...values } = node as { id: string; scope: string } & Record<string, unknown>;
    const [before] = await this.#lock(definition, [id]);
    const decide = (current: NodeOf<D>) => {
      if (current.scope !== scope) {
        throw graphError('KAZE_GRAPH_INVALID', `${definition.name} ${id} belongs to another scope and never moves`);
      }
      const different = Object.entries(values).filter(
        ([name, value]) => !sameValue((current as Record<string, unknown>)[name], value),
      );
      return Object.fromEntries(different) as NodePatch<D>;
    };
    const change = before && this.#change(definition, before, decide);
    if (change) return { id, change: change.after === change.before ? ('none' as const) : ('updated' as const) };
    this.create(definition, node);
    return { id, change: 'created' as const };
  }

  async update<D extends NodeDefinition>(
    definition: D,
    id: string,
    patch: NodePatch<D> | ((current: NodeOf<D>) => NodePatch<D> | undefined),
    options: Expectation = {},
  ): Promise<NodeOf<D> | undefined> {
    return (await this.updateAll(definition, [id], patch, options))[0];
  }

  async updateAll<D extends NodeDefinition>(
    definition: D,
    ids: readonly string[],
    patch: NodePatch<D> | ((current: NodeOf<D>) => NodePatch<D> | undefined),
    options: Expectation = {},
  ): Promise<Array<NodeOf<D>>> {
    const decide = (current: NodeOf<D>) => {
      if (options.version !== undefined && options.version !== current.version) return undefined;
      for (const [name, wanted] of Object.entries(options.expect ?? {})) {
        const actual = ((current as Record<string, unknown>)[name] ?? null) as CypherScalar;
        if (!(Array.isArray(wanted) ? wanted.includes(actual) : wanted === actual)) return undefined;
      }
      return typeof patch === 'function' ? patch(current) : patch;
    };
    const locked = await this.#lock(definition, ids);
    return locked.flatMap((before) => this.#change(definition, before, decide)?.after ?? []);
  }

  /** Lets `decide` look at the locked state and changes it; undefined when decided against. */
  #change<D extends NodeDefinition>(
    definition: D,
    before: NodeOf<D>,
    decide: (current: NodeOf<D>) => NodePatch<D> | undefined,
  ): { before: NodeOf<D>; after: NodeOf<D> } | undefined {
    const wanted = decide(before);
    if (!wanted) return undefined;
    const { id } = before;
    const state = before as Record<string, unknown>;
    const checked = validated(wanted, definition.properties, { what: definition.name, mode: 'update' });
    const changed = Object.fromEntries(
      Object.entries(checked).filter(([name, value]) => !sameValue(state[name], value)),
    );
    const names = Object.keys(changed);
    if (names.length === 0) return { before, after: before };

    const version = before.version + 1;
    const patch = { ...changed, updatedAt: this.now, version };
    this.#patch(definition, id, patch);
    this.#announce(definition, {
      id,
      scope: before.scope,
      change: 'updated',
      searched: names.some((name) => name === 'retiredAt' || definition.searchable?.includes(name)),
      silent: names.every((name) => definition.properties[name]?.internal),
    });
    if (definition.revisioned) {
      const old = Object.fromEntries(names.map((name) => [name, state[name] ?? null]));
      this.#revise(definition, {
        id,
        scope: before.scope,
        action: 'updated',
        number: version,
        before: old,
        after: changed,
      });
    }
    return { before, after: { ...before, ...patch } as NodeOf<D> };
  }

  lockAs<D extends NodeDefinition>(definition: D, node: NodeOf<D>): void {
    if (this.#held.get(definition, node.id)) return;
    this.#context.transaction.queue(lockAtVersion(this.#text(), definition, node));
    this.#held.locked(definition, node);
  }

  async remove<D extends NodeDefinition>(definition: D, id: string): Promise<boolean> {
    const [current] = await this.#lock(definition, [id]);
    if (!current) return false;
    await this.discard(definition, [id]);
    this.#announce(definition, { id, scope: current.scope, change: 'removed', searched: true });
    if (definition.revisioned) {
      this.#revise(definition, { id, scope: current.scope, action: 'removed', number: current.version + 1 });
    }
    return true;
  }

  async sweep<D extends NodeDefinition>(definition: D, ids: readonly string[]): Promise<number> {
    await this.flush();
    this.#held.forget(ids);
    const text = this.#text();
    const statement = REMOVE(definition.name, text.scope('n', definition, 'write'));
    const [row] = await this.#run(statement, { ...text.parameters, ids });
    this.wrote = true;
    return row!.removed as number;
  }

  async discard<D extends NodeDefinition>(definition: D, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const flushed = this.flush();
    if (flushed) await flushed;
    this.#held.forget(ids);
    this.wrote = true;
    const text = this.#text();
    this.#context.transaction.queue({
      text: REMOVE(definition.name, text.scope('n', definition, 'write')),
      parameters: { ...text.parameters, ids },
      what: `remove ${definition.name}`,
    });
  }

  async erase<D extends NodeDefinition>(definition: D, id: string): Promise<boolean> {
    if (!(await this.remove(definition, id))) return false;
    const revisions = await this.list(Revision, { where: { subject: { eq: id } }, limit: 10_000 });
    for (const revision of revisions) {
      this.#patch(Revision, revision.id, { before: null, after: null, erased: true, updatedAt: this.now });
    }
    return true;
  }

  relate<D extends NodeDefinition>(
    definition: D,
    edge: EdgeName<D>,
    fromId: string,
    toId: string | readonly string[],
    properties: Readonly<Record<string, CypherScalar>> = {},
  ): void {
    const declared = definition.edges[edge]!;
    const what = `${definition.name}.${edge} (${declared.type})`;
    const checked = validated(properties, declared.properties ?? {}, { what, mode: 'create' });
    const to = this.#type(declared.to).definition;
    const ends = typeof toId === 'string' ? [toId] : toId;
    const rows = ends.map((end) => ({ from: fromId, to: end, properties: checked as Record<string, CypherScalar> }));
    this.#pending.relate(declared.type, [definition, to], rows);
    this.wrote = true;
  }

  async unrelate<D extends NodeDefinition>(
    definition: D,
    edge: EdgeName<D>,
    fromId: string,
    toId?: string,
  ): Promise<void> {
    await this.flush();
    const text = this.#text();
    const { type, to } = definition.edges[edge]!;
    const scope = text.scope('a', definition, 'write');
    this.wrote = true;
    this.#context.transaction.queue({
      text: UNRELATE(type, definition.name, to, scope),
      parameters: { ...text.parameters, id: fromId, to: toId ?? null },
      what: `unrelate ${definition.name} ${type} ${to}`,
    });
  }

  audit(entry: { action: string; subject: string; subjectType: string; scope: string; attempt?: string }): void {
    this.#outbox('audit', { ...entry, change: entry.action });
  }

  /** Leaves the proof that this transaction happened. */
  receipt(id: string): void {
    this.#insert(Receipt, { id, scope: 'platform' });
  }

  /** Hands over what was collected. Gives a promise only where there is so much that it is to be waited for. */
  flush(): Promise<void> | undefined {
    return this.#pending.flush(this.#context.transaction);
  }

  /**
   * Takes the write locks, in the order of ids so that two callers never wait for each other, and reads under them. What
   * is held already is not asked for again.
   */
  async #lock<D extends NodeDefinition>(definition: D, ids: readonly string[]): Promise<Array<NodeOf<D>>> {
    const ordered = ids.length === 1 ? ids : [...new Set(ids)].sort();
    const found = new Map(ordered.map((id) => [id, this.#held.get(definition, id)]));
    const wanted = ordered.filter((id) => !found.get(id));
    if (wanted.length > 0) {
      const flushed = this.flush();
      if (flushed) await flushed;
      const text = this.#text();
      const scope = text.scope('n', definition, 'write');
      const type = this.#type(definition.name);
      const common = { ...text.parameters, token: newId() };
      for (let at = 0; at < wanted.length; at += BATCH) {
        const rows =
          wanted.length === 1
            ? await this.#run(LOCK(type, scope), { ...common, id: wanted[0]! })
            : await this.#run(LOCK_ALL(type, scope), { ...common, ids: wanted.slice(at, at + BATCH) });
        for (const { node } of rows) {
          const locked = node as unknown as NodeOf<D>;
          found.set(locked.id, locked);
          this.#held.locked(definition, locked);
        }
      }
    }
    return ordered.flatMap((id) => found.get(id) ?? []);
  }

  /** @param id of one that this unit may still change */
  #insert(definition: NodeDefinition, values: Record<string, CypherValue>, id?: string): Record<string, CypherValue> {
    const made = { createdAt: this.now, createdBy: this.principal.id, updatedAt: this.now, version: 1 };
    const row = { ...values, ...made };
    this.#pending.create(definition, row, id);
    this.wrote = true;
    return row;
  }

  #patch(definition: NodeDefinition, id: string, patch: Record<string, CypherValue>): void {
    this.#pending.patch(definition, id, patch);
    this.#held.changed(id, patch);
    this.wrote = true;
  }

  #announce(definition: NodeDefinition, { id, scope, change, searched = true, silent = false }: Change): void {
    const entry = { subject: id, subjectType: definition.name, scope, change };
    if (definition.searchable && searched) this.#outbox('index', entry);
    if (definition.published && !silent) this.#outbox('event', entry);
  }

  #outbox(kind: 'index' | 'event' | 'audit', { subject, subjectType, scope, change, attempt }: Entry): void {
    this.announced = true;
    if (kind !== 'audit') {
      // Who hears of a new node, or of a change, reads it as the whole unit leaves it.
      const key = `${kind} ${subject}`;
      if (change === 'updated' && this.#told.has(key)) return;
      this.#told.add(key);
    }
    const values = { kind, subject, subjectType, change, actor: this.principal.id, ...(attempt ? { attempt } : {}) };
    this.#insert(Outbox, { id: newId(), scope, ...values });
  }

  #revise(definition: NodeDefinition, { id, scope, action, number, before, after }: RevisionEntry): void {
    const values = { subject: id, subjectType: definition.name, action, number, why: this.#context.why, erased: false };
    const contents: Record<string, string> =
      before && after ? { before: JSON.stringify(before), after: JSON.stringify(after) } : {};
    this.#insert(Revision, { id: newId(), scope, ...values, ...contents });
  }

  #text(): TextBuilder {
    return new TextBuilder(this.#context.schema, this.principal);
  }

  #type(name: string): NodeType {
    return this.#context.schema.type(name);
  }

  #run(text: string, parameters: Record<string, CypherValue>) {
    return this.#context.transaction.run(text, parameters);
  }
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => item === b[index]);
  return (a ?? null) === (b ?? null);
}
