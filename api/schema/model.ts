/**
 * The graph's definitions as the API shows them: which types, fields and root fields there are. Both the GraphQL types
 * and the compiler of read plans work from this, so they cannot disagree.
 */
import type { GraphSchema, NodeType, PropertyDefinition, RelationField } from '#graph-schema';

export interface ApiType {
  readonly name: string;
  readonly describe: string;
  /** Root field for one, such as `task`. */
  readonly one: string;
  /** Root field for lists, such as `tasks`. */
  readonly list: string;
  readonly properties: ReadonlyMap<string, PropertyDefinition>;
  readonly relations: ReadonlyMap<string, RelationField>;
  /** Whether lists can be cut to what was known at a time. */
  readonly temporal: boolean;
}

export type ApiRoot = { readonly kind: 'one' | 'list'; readonly type: ApiType } | { readonly kind: 'node' };

export interface ApiModel {
  readonly types: ReadonlyMap<string, ApiType>;
  /** Generated fields of Query. */
  readonly roots: ReadonlyMap<string, ApiRoot>;
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const upperFirst = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** `task`; where the plural says more than the name (`knowledgeItems`), its singular. */
export function oneField(name: string, plural: string): string {
  const plain = lowerFirst(name);
  return plural === `${plain}Items` ? `${plain}Item` : plain;
}

export const enumName = (owner: string, property: string): string => `${owner}${upperFirst(property)}`;

/** Relations with properties of their own have their own connection, the others share the target's. */
export const connectionName = (owner: string, relation: RelationField): string =>
  hasEdgeProperties(relation) ? `${owner}${upperFirst(relation.name)}` : relation.target;

export function edgeProperties(relation: RelationField): ReadonlyMap<string, PropertyDefinition> {
  return new Map(Object.entries(relation.properties).filter(([, property]) => !property.internal));
}

export const hasEdgeProperties = (relation: RelationField): boolean => edgeProperties(relation).size > 0;

/** Kinds that have an order and can be compared. */
export const isSortable = (property: PropertyDefinition): boolean =>
  ['string', 'int', 'float', 'boolean', 'instant', 'enum'].includes(property.kind);

function apiType(type: NodeType): ApiType {
  const { definition } = type;
  const properties = new Map(Object.entries(type.properties).filter(([, property]) => !property.internal));
  return {
    name: definition.name,
    describe: definition.describe,
    one: oneField(definition.name, definition.plural),
    list: definition.plural,
    properties,
    relations: new Map(Object.entries(type.relations).filter(([, relation]) => !relation.internal)),
    temporal: properties.has('recordedAt') && properties.has('retiredAt'),
  };
}

/** Internal types, properties and relations do not exist in the model. */
export function buildModel(schema: GraphSchema): ApiModel {
  const types = new Map<string, ApiType>();
  const roots = new Map<string, ApiRoot>([['node', { kind: 'node' }]]);
  for (const [name, type] of [...schema.types].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (type.definition.internal) continue;
    const built = apiType(type);
    types.set(name, built);
    for (const [field, kind] of [
      [built.one, 'one'],
      [built.list, 'list'],
    ] as const) {
      if (roots.has(field)) throw new Error(`the query field ${field} is used twice; change the plural of ${name}`);
      roots.set(field, { kind, type: built });
    }
  }
  return { types, roots };
}
