import { GraphQLJSON } from 'graphql-scalars';
import { Arg, Field, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { COMMON_PROPERTIES, type PropertyDefinition, type RelationField } from '#graph-schema';
import { buildFilters, scalarOf } from './filters.ts';
import { type ApiModel, type ApiType, connectionName, edgeProperties, enumName, isSortable } from './model.ts';
import { namedClass, type TypeClass, type TypeRegistry } from './registry.ts';

const ENUM_VALUE = /^[_A-Za-z][_A-Za-z0-9]*$/;

function makeEnum(name: string, values: readonly string[], description: string): object {
  for (const value of values) {
    if (!ENUM_VALUE.test(value)) throw new Error(`${name}: "${value}" is no GraphQL name; enum values are snake_case`);
  }
  const made = Object.fromEntries(values.map((value) => [value, value]));
  registerEnumType(made, { name, description });
  return made;
}

function collectEnums(model: ApiModel): Map<string, object> {
  const enums = new Map<string, object>();
  const add = (owner: string, entries: Iterable<[string, PropertyDefinition]>) => {
    for (const [name, property] of entries) {
      if (property.kind !== 'enum') continue;
      const enumType = enumName(owner, name);
      if (!enums.has(enumType)) enums.set(enumType, makeEnum(enumType, property.values ?? [], property.describe));
    }
  };
  for (const type of model.types.values()) {
    add(type.name, type.properties);
    for (const relation of type.relations.values()) add(connectionName(type.name, relation), edgeProperties(relation));
  }
  return enums;
}

/** PageInfo of the Relay specification. */
@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;
  @Field(() => Boolean)
  hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true })
  startCursor!: string | null;
  @Field(() => String, { nullable: true, description: 'Give it as `after` for the next page.' })
  endCursor!: string | null;
}

interface Made {
  readonly model: ApiModel;
  readonly enums: ReadonlyMap<string, object>;
  readonly types: ReadonlyMap<string, TypeClass>;
  readonly filters: ReadonlyMap<string, TypeClass>;
  readonly orders: ReadonlyMap<string, object>;
  readonly connections: Map<string, TypeClass>;
}

function addProperty(made: TypeClass, owner: string, [name, property]: [string, PropertyDefinition], all: Made) {
  const enums = (field: string) => all.enums.get(enumName(owner, field))!;
  const thunk = () => (property.kind === 'json' ? GraphQLJSON : scalarOf(name, property, enums));
  Field(thunk as () => TypeClass, { nullable: property.optional === true, description: property.describe })(
    made.prototype,
    name,
  );
}

/** `{ nodes, edges { node cursor … }, pageInfo, totalCount }` for a type, or for a relation with properties. */
function connection(name: string, target: string, relation: RelationField | undefined, all: Made): TypeClass {
  const known = all.connections.get(name);
  if (known) return known;
  const edge = namedClass(`${name}Edge`);
  const page = namedClass(`${name}Connection`);
  all.connections.set(name, page);
  const node = () => all.types.get(target)!;
  ObjectType({ description: `One of a list of ${target} nodes, with its place.`, simpleResolvers: true })(edge);
  Field(node)(edge.prototype, 'node');
  Field(() => String, { description: 'Its place in this list.' })(edge.prototype, 'cursor');
  if (relation) {
    for (const entry of edgeProperties(relation)) {
      addProperty(edge, name, [entry[0], { ...entry[1], optional: true }], all);
    }
  }
  ObjectType({ description: `A page of ${target} nodes.`, simpleResolvers: true })(page);
  Field(() => [node()], { description: 'The nodes of this page.' })(page.prototype, 'nodes');
  Field(() => [edge], { description: 'The nodes with their cursors and relationship properties.' })(
    page.prototype,
    'edges',
  );
  Field(() => PageInfo)(page.prototype, 'pageInfo');
  Field(() => Int, { description: 'How many there are in all pages.' })(page.prototype, 'totalCount');
  return page;
}

/** Arguments of every list: first, after, filter, orderBy. Gives the index of the next argument. */
export function addListArguments(
  target: ApiType,
  at: { prototype: object; field: string; from: number; defaultFirst: number },
  all: Made,
): number {
  let index = at.from;
  const add = (name: string, thunk: () => unknown, options: { description: string; defaultValue?: unknown }) =>
    Arg(name, thunk as () => TypeClass, { nullable: true, ...options })(at.prototype, at.field, index++);
  add('first', () => Int, { description: 'Size of the page, 1 to 1,000.', defaultValue: at.defaultFirst });
  add('after', () => String, { description: 'endCursor of the page before.' });
  add('filter', () => all.filters.get(target.name)!, { description: 'Which nodes.' });
  add('orderBy', () => [all.orders.get(target.name)!], { description: 'Newest first when left out.' });
  return index;
}

function addRelation(type: ApiType, relation: RelationField, all: Made): void {
  const made = all.types.get(type.name)!;
  const describe = relation.direction === 'in' ? `Seen from its end: ${relation.describe}` : relation.describe;
  if (!relation.many) {
    Field(() => all.types.get(relation.target)!, { nullable: true, description: describe })(
      made.prototype,
      relation.name,
    );
    return;
  }
  // A method, so that the field can have arguments; results are shaped as a whole, so it only hands its value on.
  const handOn = function (this: Record<string, unknown>): unknown {
    return this[`_${relation.name}`];
  };
  Object.defineProperty(made.prototype, relation.name, { value: handOn, writable: true, configurable: true });
  const target = all.model.types.get(relation.target)!;
  addListArguments(target, { prototype: made.prototype, field: relation.name, from: 0, defaultFirst: 20 }, all);
  const name = connectionName(type.name, relation);
  const page = connection(name, relation.target, name === relation.target ? undefined : relation, all);
  const descriptor = Object.getOwnPropertyDescriptor(made.prototype, relation.name)!;
  Field(() => page, { description: describe })(made.prototype, relation.name, descriptor);
}

/** Makes every class of a schema and tells type-graphql about it. */
export function buildObjects(model: ApiModel): Made & { readonly registry: TypeRegistry } {
  const enums = collectEnums(model);
  const types = new Map([...model.types.keys()].map((name) => [name, namedClass(name)] as const));
  const orders = new Map<string, object>();
  for (const [name, type] of model.types) {
    const keys = [...type.properties].filter(([, property]) => isSortable(property)).map(([key]) => key);
    const values = keys.flatMap((key) => [`${key}_ASC`, `${key}_DESC`]);
    orders.set(name, makeEnum(`${name}OrderBy`, values, `Orders of ${type.list}.`));
  }
  const filters = buildFilters(model, enums);
  const all: Made = { model, enums, types, filters, orders, connections: new Map() };

  const node = namedClass('Node');
  InterfaceType({
    description: 'What every node of the graph has.',
    resolveType: (value: { __typename?: string }) => value.__typename,
  })(node);
  for (const entry of Object.entries(COMMON_PROPERTIES)) addProperty(node, 'Node', entry, all);

  for (const [name, type] of model.types) {
    const made = types.get(name)!;
    ObjectType({ description: type.describe, implements: node, simpleResolvers: true })(made);
    for (const entry of type.properties) {
      if (!(entry[0] in COMMON_PROPERTIES)) addProperty(made, name, entry, all);
    }
    connection(name, name, undefined, all);
    for (const relation of type.relations.values()) addRelation(type, relation, all);
  }
  return { ...all, registry: { node, types, enums } };
}
