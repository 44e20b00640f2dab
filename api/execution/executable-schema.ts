/**
 * The executor's own copy of the schema. Wherever the public schema shows a generated type, this one has a scalar that
 * hands on what a read plan gave, and the documents that run here have no selections there.
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLNullableType,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { ApiModel } from '../schema/model.ts';
import { Raw } from '../schema/scalars.ts';
import type { ExecutionContext } from './context.ts';
import { NodeRef, notThere } from './subtrees.ts';

export const isGenerated = (model: ApiModel, name: string): boolean => name === 'Node' || model.types.has(name);

type Resolver = GraphQLFieldResolver<Record<string, unknown>, ExecutionContext>;

function rawResolver(inner: Resolver | undefined, type: GraphQLOutputType): Resolver {
  const required = isNonNullType(type);
  return async (source, args, context, info) => {
    const value = await (inner ? inner(source, args, context, info) : source[info.fieldName]);
    const load = async (item: unknown): Promise<unknown> => {
      if (!(item instanceof NodeRef)) return item ?? null;
      const shown = await context.subtrees!.load(item, info.fieldNodes);
      if (shown === null && required) throw notThere(item);
      return shown;
    };
    return Array.isArray(value) ? Promise.all(value.map(load)) : load(value);
  };
}

export function executableSchema(schema: GraphQLSchema, model: ApiModel): GraphQLSchema {
  const copies = new Map<string, GraphQLObjectType>();
  const convert = (type: GraphQLOutputType): GraphQLOutputType => {
    if (isNonNullType(type)) return new GraphQLNonNull(convert(type.ofType) as GraphQLNullableType & GraphQLOutputType);
    if (isListType(type)) return new GraphQLList(convert(type.ofType));
    if (isGenerated(model, type.name)) return Raw;
    return isObjectType(type) ? copy(type) : type;
  };
  const copy = (type: GraphQLObjectType): GraphQLObjectType => {
    const known = copies.get(type.name);
    if (known) return known;
    const config = type.toConfig();
    const root = type === schema.getQueryType();
    const made = new GraphQLObjectType({
      ...config,
      interfaces: [],
      fields: () => {
        const fields: Record<string, GraphQLFieldConfig<Record<string, unknown>, ExecutionContext>> = {};
        for (const [name, field] of Object.entries(config.fields)) {
          if (root && model.roots.has(name)) continue;
          const raw = isGenerated(model, getNamedType(field.type).name);
          const resolve = raw && !field.subscribe ? rawResolver(field.resolve as Resolver, field.type) : field.resolve;
          fields[name] = { ...field, type: convert(field.type), resolve };
        }
        return fields;
      },
    });
    copies.set(type.name, made);
    return made;
  };
  const rootOf = (type: GraphQLObjectType | null | undefined) => (type ? copy(type) : undefined);
  return new GraphQLSchema({
    query: rootOf(schema.getQueryType()),
    mutation: rootOf(schema.getMutationType()),
    subscription: rootOf(schema.getSubscriptionType()),
    directives: schema.getDirectives(),
    assumeValid: true,
  });
}

export interface Stripped {
  readonly document: DocumentNode;
  readonly originals: ReadonlyMap<number, FieldNode>;
}

/** Takes the selections off every field that shows a generated type, and remembers them by position. */
export function stripGenerated(document: DocumentNode, schema: GraphQLSchema, model: ApiModel): Stripped {
  const originals = new Map<number, FieldNode>();
  const types = new TypeInfo(schema);
  const stripped = visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const type = types.getType();
        if (!type || !node.selectionSet || !isGenerated(model, getNamedType(type).name)) return undefined;
        originals.set(node.loc?.start ?? -1, node);
        return { ...node, selectionSet: undefined };
      },
      FragmentDefinition(node) {
        // What remains runs on payload types only.
        return isGenerated(model, node.typeCondition.name.value) ? null : undefined;
      },
    }),
  );
  return { document: { kind: Kind.DOCUMENT, definitions: stripped.definitions }, originals };
}
