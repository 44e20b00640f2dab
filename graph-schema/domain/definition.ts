/**
 * What a node type is, as plain data. Constraints, validation, TypeScript types, the Cypher of a nested read and (in
 * `api/`) the GraphQL types are all derived from it, so a type is added by adding one file in `definitions/nodes/`.
 */

export type PropertyKind = 'string' | 'text' | 'int' | 'float' | 'boolean' | 'instant' | 'enum' | 'strings' | 'json';

export interface PropertyDefinition {
  readonly kind: PropertyKind;
  readonly describe: string;
  /** A missing value reads as null. */
  readonly optional?: boolean;
  /** Kept from everyone outside the store's own mechanisms: no type, filter, path, subgraph or projection shows it. */
  readonly internal?: boolean;
  /** Set when the node is made and never again. */
  readonly immutable?: boolean;
  /** Worth an index: selective, and looked up by equality. */
  readonly indexed?: boolean;
  /** Lists are often ordered or cut by it. */
  readonly ordered?: boolean;
  /** Longest value: characters for string (200) and text (1,000,000), items for strings (1,000), characters of JSON. */
  readonly max?: number;
  readonly min?: number;
  readonly values?: readonly string[];
  /** Must match: names that other systems and people type. */
  readonly pattern?: RegExp;
}

export type PropertyDefinitions = Readonly<Record<string, PropertyDefinition>>;

type Scalar<P extends PropertyDefinition> = P['kind'] extends 'enum'
  ? P['values'] extends readonly (infer V)[]
    ? V
    : string
  : P['kind'] extends 'int' | 'float' | 'instant'
    ? number
    : P['kind'] extends 'boolean'
      ? boolean
      : P['kind'] extends 'strings'
        ? readonly string[]
        : string;

export type ValueOf<P extends PropertyDefinition> = P['optional'] extends true ? Scalar<P> | null : Scalar<P>;

export interface EdgeDefinition {
  /** Relationship type in the graph. The same type may join several pairs of node types. */
  readonly type: string;
  /** Name of the node type at the end. */
  readonly to: string;
  /** Whether a node has many of them, or at most one. */
  readonly many: boolean;
  /** The field under which the end node shows its start nodes. */
  readonly inverse: { readonly field: string; readonly many: boolean };
  readonly describe: string;
  readonly properties?: PropertyDefinitions;
  readonly internal?: boolean;
}

export type NodeFamily = 'actors' | 'capability' | 'work' | 'knowledge' | 'sharing' | 'system';

export interface NodeDefinition {
  /** Label and GraphQL type. */
  readonly name: string;
  /** Field for lists, camelCase. */
  readonly plural: string;
  readonly family: NodeFamily;
  readonly describe: string;
  readonly properties: PropertyDefinitions;
  readonly edges: Readonly<Record<string, EdgeDefinition>>;
  /** No GraphQL type, filter, path, subgraph or projection shows nodes of this type. */
  readonly internal?: boolean;
  /** Text of these properties goes to the search index. */
  readonly searchable?: readonly string[];
  /** Each change leaves a Revision with what was before and after. */
  readonly revisioned?: boolean;
  /** Each change is told on the event bus. */
  readonly published?: boolean;
}

/** Properties that every node has and that only the store sets. */
export const COMMON_PROPERTIES = {
  id: { kind: 'string', describe: 'Opaque, sortable, globally unique.', immutable: true, max: 64 },
  scope: {
    kind: 'string',
    describe: 'Who it belongs to: platform, vertical:<v>, tenant:<t> or agent:<t>/<a>.',
    immutable: true,
    max: 200,
  },
  createdAt: { kind: 'instant', describe: 'When it was written first.', immutable: true, ordered: true },
  createdBy: { kind: 'string', describe: 'Id of the person, agent or system part that wrote it.', immutable: true },
  updatedAt: { kind: 'instant', describe: 'When it was changed last.', ordered: true },
  version: { kind: 'int', describe: 'Counts changes, from 1.' },
} as const satisfies PropertyDefinitions;

export interface CommonValues {
  readonly id: string;
  readonly scope: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly updatedAt: number;
  readonly version: number;
}

type OptionalKeys<P extends PropertyDefinitions> = {
  [K in keyof P]: P[K]['optional'] extends true ? K : never;
}[keyof P];

/** The values of one definition's own properties. */
export type PropertiesOf<D extends NodeDefinition> = {
  readonly [K in keyof D['properties']]: ValueOf<D['properties'][K]>;
};

/** A node as it is read. */
export type NodeOf<D extends NodeDefinition> = CommonValues & PropertiesOf<D>;

/** What a new node needs: optional properties may be left out. */
export type NewNode<D extends NodeDefinition> = {
  readonly [K in Exclude<keyof D['properties'], OptionalKeys<D['properties']>>]: ValueOf<D['properties'][K]>;
} & { readonly [K in OptionalKeys<D['properties']>]?: ValueOf<D['properties'][K]> };

/** What may change: null removes an optional value. */
export type NodePatch<D extends NodeDefinition> = Partial<PropertiesOf<D>>;

export type EdgePropertiesOf<E extends EdgeDefinition> = E['properties'] extends PropertyDefinitions
  ? { readonly [K in keyof E['properties']]?: ValueOf<E['properties'][K]> }
  : Record<string, never>;

export function defineNode<const D extends NodeDefinition>(definition: D): D {
  return Object.freeze(definition);
}
