import { didYouMean } from '#platform';
import { graphError } from '../errors.ts';
import {
  COMMON_PROPERTIES,
  type EdgeDefinition,
  type NodeDefinition,
  type PropertyDefinition,
  type PropertyDefinitions,
} from './definition.ts';
import { checkName } from './reserved-words.ts';

/** One way from a node type to another: an edge seen from its start (`out`) or from its end (`in`). */
export interface RelationField {
  readonly name: string;
  readonly type: string;
  readonly direction: 'out' | 'in';
  readonly target: string;
  readonly many: boolean;
  readonly describe: string;
  readonly properties: PropertyDefinitions;
  readonly internal: boolean;
}

export interface NodeType {
  readonly definition: NodeDefinition;
  /** Common and own properties. */
  readonly properties: Readonly<Record<string, PropertyDefinition>>;
  readonly relations: Readonly<Record<string, RelationField>>;
}

/** All definitions joined and checked. Immutable. */
export interface GraphSchema {
  readonly types: ReadonlyMap<string, NodeType>;
  /** Errors: KAZE_GRAPH_UNKNOWN_LABEL with the nearest names. */
  type(name: string): NodeType;
  /** The declared edge of this type between these node types. Errors: KAZE_GRAPH_INVALID. */
  edge(type: string, from: string, to: string): EdgeDefinition;
}

/** KAZE_GRAPH_UNKNOWN_LABEL; what is internal is never suggested, since whoever reads this may not know of it. */
export function unknownType(name: string, types: ReadonlyMap<string, NodeType>): Error {
  const shown = name.slice(0, 80);
  const names = [...types].flatMap(([type, { definition }]) => (definition.internal ? [] : [type]));
  return graphError('KAZE_GRAPH_UNKNOWN_LABEL', `there is no node type "${shown}"${didYouMean(name, names)}`, {
    fields: { label: shown },
  });
}

const NAME = /^[A-Z][A-Za-z0-9]*$/;
const FIELD = /^[a-z][A-Za-z0-9]*$/;
const RELATIONSHIP = /^[A-Z][A-Z_]*$/;

/** Joins definitions into a schema. Throws a plain Error: a wrong definition is a programming mistake. */
export function buildSchema(definitions: readonly NodeDefinition[]): GraphSchema {
  const types = new Map<string, { definition: NodeDefinition; relations: Record<string, RelationField> }>();
  const plurals = new Set<string>();
  for (const definition of definitions) {
    if (!NAME.test(definition.name)) throw new Error(`node type ${definition.name}: names are PascalCase`);
    if (!FIELD.test(definition.plural)) throw new Error(`node type ${definition.name}: the plural is camelCase`);
    checkName(`node type ${definition.name}`, definition.name, 'node type');
    if (types.has(definition.name)) throw new Error(`node type ${definition.name} is defined twice`);
    if (plurals.has(definition.plural)) throw new Error(`plural ${definition.plural} is used twice`);
    plurals.add(definition.plural);
    for (const name of Object.keys(definition.properties)) {
      if (!FIELD.test(name)) throw new Error(`${definition.name}.${name}: properties are camelCase`);
      checkName(`${definition.name}.${name}`, name, 'property');
      if (name in COMMON_PROPERTIES) throw new Error(`${definition.name}.${name}: every node has it already`);
    }
    for (const name of definition.searchable ?? []) {
      if (!definition.properties[name]) throw new Error(`${definition.name}: searchable ${name} is no property`);
    }
    types.set(definition.name, { definition, relations: {} });
  }

  const addField = (owner: string, field: RelationField) => {
    const entry = types.get(owner);
    if (!entry) throw new Error(`${field.name}: unknown node type ${owner}`);
    if (!FIELD.test(field.name)) throw new Error(`${owner}.${field.name}: relations are camelCase`);
    checkName(`${owner}.${field.name}`, field.name, 'relation');
    const taken = entry.relations[field.name] ?? entry.definition.properties[field.name];
    if (taken || field.name in COMMON_PROPERTIES) throw new Error(`${owner}.${field.name} is defined twice`);
    entry.relations[field.name] = field;
  };
  for (const { definition } of types.values()) {
    for (const [name, edge] of Object.entries(definition.edges)) {
      const target = types.get(edge.to);
      if (!target) throw new Error(`${definition.name}.${name}: unknown node type ${edge.to}`);
      if (!RELATIONSHIP.test(edge.type)) throw new Error(`${definition.name}.${name}: types are UPPER_CASE`);
      checkName(`${definition.name}.${name}`, edge.type, 'relationship');
      for (const property of Object.keys(edge.properties ?? {})) {
        if (!FIELD.test(property)) throw new Error(`${definition.name}.${name}.${property}: properties are camelCase`);
        checkName(`${definition.name}.${name}.${property}`, property, 'property');
      }
      const shared = {
        type: edge.type,
        describe: edge.describe,
        properties: edge.properties ?? {},
      };
      const hidden = edge.internal === true;
      addField(definition.name, {
        ...shared,
        name,
        direction: 'out',
        target: edge.to,
        many: edge.many,
        internal: hidden || target.definition.internal === true,
      });
      addField(edge.to, {
        ...shared,
        name: edge.inverse.field,
        direction: 'in',
        target: definition.name,
        many: edge.inverse.many,
        internal: hidden || definition.internal === true,
      });
    }
  }

  const built = new Map<string, NodeType>();
  for (const [name, { definition, relations }] of types) {
    built.set(name, { definition, relations, properties: { ...COMMON_PROPERTIES, ...definition.properties } });
  }
  return {
    types: built,
    type(name) {
      const found = built.get(name);
      if (found) return found;
      throw unknownType(name, built);
    },
    edge(type, from, to) {
      const edges = Object.values(this.type(from).definition.edges);
      const found = edges.find((edge) => edge.type === type && edge.to === to);
      if (found) return found;
      const declared = edges.map((edge) => `${edge.type} -> ${edge.to}`);
      throw graphError(
        'KAZE_GRAPH_INVALID',
        `no relationship ${type} from ${from} to ${to} is declared; ${from} may have ${declared.join(', ') || 'none'}`,
        { fields: { type, from, to } },
      );
    },
  };
}
