import type { NodeDefinition, NodeOf } from '../domain/definition.ts';
import type { GraphSchema } from '../domain/schema.ts';
import type { CypherValue } from '../ports/graph-engine.ts';

type Values = Readonly<Record<string, CypherValue>>;

interface Held {
  readonly label: string;
  /** Without the properties that are null, where it was made here. */
  readonly values: Values;
  readonly isWhole: boolean;
}

/** Units that write many nodes seldom look at one again. */
const KEPT = 1_000;

/**
 * The nodes that a transaction has made or locked. Until it ends, it alone can change them, so their state is known
 * without asking the engine again.
 */
export class HeldNodes {
  readonly #schema: GraphSchema;
  readonly #held = new Map<string, Held>();

  constructor(schema: GraphSchema) {
    this.#schema = schema;
  }

  get<D extends NodeDefinition>(definition: D, id: string): NodeOf<D> | undefined {
    const held = this.#held.get(id);
    if (held?.label !== definition.name) return undefined;
    if (held.isWhole) return held.values as unknown as NodeOf<D>;
    const names = Object.keys(this.#schema.type(held.label).properties);
    const values = Object.fromEntries(names.map((name) => [name, held.values[name] ?? null]));
    this.#held.set(id, { label: held.label, values, isWhole: true });
    return values as unknown as NodeOf<D>;
  }

  made(definition: NodeDefinition, id: string, values: Values): void {
    this.#keep(id, { label: definition.name, values, isWhole: false });
  }

  locked(definition: NodeDefinition, node: { readonly id: string }): void {
    this.#keep(node.id, { label: definition.name, values: node as unknown as Values, isWhole: true });
  }

  changed(id: string, patch: Values): void {
    const held = this.#held.get(id);
    if (held) this.#held.set(id, { ...held, values: { ...held.values, ...patch } });
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#held.delete(id);
  }

  #keep(id: string, held: Held): void {
    if (this.#held.size >= KEPT) this.#held.delete(this.#held.keys().next().value!);
    this.#held.set(id, held);
  }
}
