import type { Principal, Right } from '../access/principal.ts';
import { scopesOf } from '../access/scope.ts';
import type { NodeDefinition } from '../domain/definition.ts';
import type { GraphSchema } from '../domain/schema.ts';
import type { CypherParameters, CypherValue } from '../ports/graph-engine.ts';

/** Names parameters and variables of one text, and writes the scope predicate of its principal. */
export class TextBuilder {
  readonly schema: GraphSchema;
  readonly principal: Principal;
  readonly #parameters: Record<string, CypherValue> = {};
  readonly #shared = new Map<string, string>();
  #variables = 0;

  constructor(schema: GraphSchema, principal: Principal) {
    this.schema = schema;
    this.principal = principal;
  }

  get parameters(): CypherParameters {
    return this.#parameters;
  }

  variable(prefix: string): string {
    return `${prefix}${this.#variables++}`;
  }

  /** A parameter with this value: values never stand in a text. */
  bind(value: CypherValue): string {
    const name = `p${Object.keys(this.#parameters).length}`;
    this.#parameters[name] = value;
    return `$${name}`;
  }

  /** The condition under which the principal holds a right on nodes of this type. */
  scope(variable: string, definition: NodeDefinition, right: Right = 'read'): string {
    const { exact, prefixes } = scopesOf(this.principal, right, definition);
    const terms = prefixes.map((prefix) => `${variable}.scope STARTS WITH ${this.#once(prefix)}`);
    if (exact.length > 0 || terms.length === 0) terms.unshift(`${variable}.scope IN ${this.#once(exact)}`);
    return terms.length === 1 ? terms[0]! : `(${terms.join(' OR ')})`;
  }

  /** The same for nodes of any public type: the types grouped by equal rights. */
  anyScope(variable: string): string {
    const groups = new Map<string, NodeDefinition[]>();
    for (const { definition } of this.schema.types.values()) {
      if (definition.internal) continue;
      const key = JSON.stringify(scopesOf(this.principal, 'read', definition));
      groups.set(key, [...(groups.get(key) ?? []), definition]);
    }
    const alternatives = [...groups.values()].map((definitions) => {
      const labels = definitions.map(({ name }) => `${variable}:${name}`).join(' OR ');
      return `(${this.scope(variable, definitions[0]!)} AND (${labels}))`;
    });
    if (groups.size === 1) {
      const internal = [...this.schema.types.values()].filter(({ definition }) => definition.internal);
      const hidden = internal.map(({ definition }) => `${variable}:${definition.name}`).join(' OR ');
      const first = [...groups.values()][0]![0]!;
      return hidden ? `${this.scope(variable, first)} AND NOT (${hidden})` : this.scope(variable, first);
    }
    return `(${alternatives.join(' OR ')})`;
  }

  #once(value: CypherValue): string {
    const key = JSON.stringify(value);
    const known = this.#shared.get(key);
    if (known) return known;
    const name = this.bind(value);
    this.#shared.set(key, name);
    return name;
  }
}
