import type { Principal } from '../access/principal.ts';
import type { NodeDefinition } from '../domain/definition.ts';
import type { GraphSchema } from '../domain/schema.ts';
import { graphError } from '../errors.ts';
import type { CypherScalar, CypherValue, EngineTransaction, QueuedStatement } from '../ports/graph-engine.ts';
import { TextBuilder } from '../read/text.ts';
import { CREATE, PATCH, RELATE } from './statements.ts';

type Row = Record<string, CypherValue>;

interface Joined {
  readonly from: string;
  readonly to: string;
  readonly properties: Readonly<Record<string, CypherScalar>>;
}

interface Relations {
  readonly type: string;
  readonly from: NodeDefinition;
  readonly to: NodeDefinition;
  readonly rows: Joined[];
}

const BATCH = 2_000;
/** More rows than this go out at once and are waited for: a message of them takes time and memory. */
const QUEUED_ROWS = 200;

/** What a unit of work has to write and has not handed to the engine: node by node, written label by label. */
export class PendingWrites {
  readonly #schema: GraphSchema;
  readonly #principal: Principal;
  readonly #created = new Map<string, Row[]>();
  readonly #createdById = new Map<string, Row>();
  readonly #patches = new Map<NodeDefinition, Map<string, Row>>();
  readonly #related = new Map<string, Relations>();

  constructor(schema: GraphSchema, principal: Principal) {
    this.#schema = schema;
    this.#principal = principal;
  }

  /** @param id of a node that may be changed again before it is written */
  create(definition: NodeDefinition, row: Row, id?: string): void {
    const rows = this.#created.get(definition.name);
    if (rows) rows.push(row);
    else this.#created.set(definition.name, [row]);
    if (id !== undefined) this.#createdById.set(id, row);
  }

  patch(definition: NodeDefinition, id: string, patch: Row): void {
    const created = this.#createdById.get(id);
    if (created) {
      for (const [name, value] of Object.entries(patch)) {
        if (value === null) delete created[name];
        else created[name] = value;
      }
      return;
    }
    const patches = this.#patches.get(definition) ?? new Map<string, Row>();
    this.#patches.set(definition, patches);
    const earlier = patches.get(id);
    if (earlier) Object.assign(earlier, patch);
    else patches.set(id, { ...patch });
  }

  relate(type: string, [from, to]: readonly [NodeDefinition, NodeDefinition], rows: readonly Joined[]): void {
    const key = `${type} ${from.name} ${to.name}`;
    const relations = this.#related.get(key) ?? { type, from, to, rows: [] };
    this.#related.set(key, relations);
    for (const row of rows) relations.rows.push(row);
  }

  /**
   * Hands everything to the engine: nodes first, then changes, then relations between them. Nothing waits for it but
   * large batches, for which a promise is given.
   */
  flush(transaction: EngineTransaction): Promise<void> | undefined {
    const large: QueuedStatement[] = [];
    for (const [statement, rows] of this.#statements()) {
      // Order is kept: behind a large one, all wait.
      if (rows > QUEUED_ROWS || large.length > 0) large.push(statement);
      else transaction.queue(statement);
    }
    return large.length > 0 ? carryOut(transaction, large) : undefined;
  }

  *#statements(): Generator<readonly [QueuedStatement, rows: number]> {
    this.#createdById.clear();
    for (const [label, all] of taken(this.#created)) {
      for (const rows of batches(all))
        yield [{ text: CREATE(label), parameters: { rows }, what: `create ${label}` }, rows.length];
    }
    for (const [definition, patches] of taken(this.#patches)) {
      const text = this.#text();
      const statement = PATCH(definition.name, text.scope('n', definition, 'write'));
      for (const rows of batches([...patches].map(([id, patch]) => ({ id, patch })))) {
        const parameters = { ...text.parameters, rows };
        yield [{ text: statement, parameters, what: `change ${definition.name}` }, rows.length];
      }
    }
    for (const [, relations] of taken(this.#related)) {
      for (const rows of batches(relations.rows)) yield [this.#join(relations, rows), rows.length];
    }
  }

  #join({ type, from, to }: Relations, rows: readonly Joined[]): QueuedStatement {
    const text = this.#text();
    const scopes = { from: text.scope('a', from, 'write'), to: text.scope('b', to) };
    const { name } = this.#principal;
    const otherwise = (joined: CypherValue | undefined) => {
      const ids = rows.slice(0, 3).map((row) => `${row.from} -> ${row.to}`);
      return graphError(
        'KAZE_GRAPH_NOT_FOUND',
        `${type} from ${from.name} to ${to.name}: ${rows.length - Number(joined ?? 0)} of ${rows.length} ends do not exist for ${name} (${ids.join(', ')})`,
        { fields: { type } },
      );
    };
    return {
      text: RELATE(type, from.name, to.name, scopes),
      parameters: { ...text.parameters, rows: rows as unknown as CypherValue[] },
      what: `relate ${from.name} ${type} ${to.name}`,
      requires: { column: 'joined', value: rows.length, otherwise },
    };
  }

  #text(): TextBuilder {
    return new TextBuilder(this.#schema, this.#principal);
  }
}

async function carryOut(transaction: EngineTransaction, statements: readonly QueuedStatement[]): Promise<void> {
  for (const { text, parameters, what, requires } of statements) {
    const [row] = await transaction.run(text, parameters, what);
    if (requires && row?.[requires.column] !== requires.value) throw requires.otherwise(row?.[requires.column]);
  }
}

/** What the map holds now; it is empty afterwards. */
function taken<K, V>(map: Map<K, V>): Array<[K, V]> {
  const entries = [...map];
  map.clear();
  return entries;
}

function* batches<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += BATCH) yield rows.slice(at, at + BATCH);
}
