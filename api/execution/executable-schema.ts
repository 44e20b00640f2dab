/**
 * The executor's own copy of the schema. Wherever the public schema shows a generated type, this one has a scalar that
 * hands on what a read plan gave, and the documents that run here have no selections there. Arguments and variables are
 * coerced before by graphql-js, so that the copy has none: graphql-jit leaves out defaults within input objects.
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

/** Gives a root field its coerced arguments. */
function withArguments<R extends Resolver>(inner: R | undefined): R | undefined {
  if (!inner) return undefined;
  const resolve: Resolver = (source, _args, context, info) => {
    const start = info.fieldNodes[0]!.loc?.start ?? -1;
    return inner(source, context.rootArguments(info.parentType.name, info.fieldName, start), context, info);
  };
  return resolve as R;
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
    const isQuery = type === schema.getQueryType();
    const isRoot = isQuery || type === schema.getMutationType() || type === schema.getSubscriptionType();
    const made = new GraphQLObjectType({
      ...config,
      interfaces: [],
      fields: () => {
        const fields: Record<string, GraphQLFieldConfig<Record<string, unknown>, ExecutionContext>> = {};
        for (const [name, field] of Object.entries(config.fields)) {
          if (isQuery && model.roots.has(name)) continue;
          const raw = isGenerated(model, getNamedType(field.type).name);
          // What a subscription delivers has been read and shaped already.
          const own = (field.subscribe ? undefined : field.resolve) as Resolver | undefined;
          const given = isRoot ? withArguments(own) : own;
          const resolve = field.subscribe ? (source: unknown) => source : raw ? rawResolver(given, field.type) : given;
          const subscribe = withArguments(field.subscribe as Resolver | undefined);
          fields[name] = { ...field, args: isRoot ? {} : field.args, type: convert(field.type), resolve, subscribe };
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
    types: [Raw],
    assumeValid: true,
  });
}

export interface Stripped {
  readonly document: DocumentNode;
  readonly originals: ReadonlyMap<number, FieldNode>;
}

/**
 * Takes the selections off every field that shows a generated type and the arguments off root fields, and remembers
 * both by position. Variables stay for @skip and @include only, as values that are coerced already.
 */
export function stripGenerated(document: DocumentNode, schema: GraphQLSchema, model: ApiModel): Stripped {
  const originals = new Map<number, FieldNode>();
  const types = new TypeInfo(schema);
  const roots = new Set<unknown>([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const stripped = visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const type = types.getType();
        const generated = type && node.selectionSet && isGenerated(model, getNamedType(type).name);
        const parent = types.getParentType();
        const root = parent && roots.has(parent);
        if (!generated && !root) return undefined;
        originals.set(node.loc?.start ?? -1, node);
        return {
          ...node,
          ...(root ? { arguments: [] } : {}),
          ...(generated ? { selectionSet: undefined } : {}),
        };
      },
      VariableDefinition(node) {
        const type = { kind: Kind.NAMED_TYPE as const, name: { kind: Kind.NAME as const, value: Raw.name } };
        return { ...node, type, defaultValue: undefined };
      },
      FragmentDefinition(node) {
        // What remains runs on payload types only.
        return isGenerated(model, node.typeCondition.name.value) ? null : undefined;
      },
    }),
  );
  return { document: { kind: Kind.DOCUMENT, definitions: stripped.definitions }, originals };
}
