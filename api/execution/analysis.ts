import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import type { ApiModel } from '../schema/model.ts';
import { collectFields, type Fragments } from './collect.ts';
import type { OperationMeter } from './limits.ts';

export interface Analysed {
  readonly operations: readonly OperationDefinitionNode[];
  readonly fragments: Fragments;
}

const analysed = new WeakMap<DocumentNode, Analysed>();

export function analyse(document: DocumentNode): Analysed {
  const known = analysed.get(document);
  if (known) return known;
  const operations: OperationDefinitionNode[] = [];
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);
    else if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const made = { operations, fragments };
  analysed.set(document, made);
  return made;
}

export function findOperation(
  { operations }: Analysed,
  name: string | null | undefined,
): OperationDefinitionNode | GraphQLError {
  if (!name) {
    if (operations.length === 1) return operations[0]!;
    const names = operations.map((operation) => operation.name?.value ?? '(without a name)').join(', ');
    return new GraphQLError(`Must provide operation name if query contains multiple operations: ${names}`);
  }
  return (
    operations.find((operation) => operation.name?.value === name) ??
    new GraphQLError(`Unknown operation named "${name}".`)
  );
}

export interface PreparedRoots {
  readonly variables: Record<string, unknown>;
  readonly keys: readonly string[];
  readonly typename: readonly string[];
  readonly reads: ReadonlyMap<string, FieldNode[]>;
  readonly introspection: ReadonlyMap<string, FieldNode[]>;
  readonly verbs: ReadonlyMap<string, FieldNode[]>;
}

/** Coerces variables and sorts root fields by who answers them. */
export function prepareRoots(
  operation: OperationDefinitionNode,
  at: {
    readonly schema: GraphQLSchema;
    readonly model: ApiModel;
    readonly fragments: Fragments;
    readonly variables: Record<string, unknown> | null | undefined;
    readonly meter: OperationMeter;
  },
): PreparedRoots | readonly GraphQLError[] {
  const coerced = getVariableValues(at.schema, operation.variableDefinitions ?? [], at.variables ?? {}, {
    maxErrors: 20,
  });
  if (coerced.errors) return coerced.errors;
  const rootType = at.schema.getRootType(operation.operation);
  const roots = collectFields([operation.selectionSet], {
    fragments: at.fragments,
    variables: coerced.coerced,
    holds: (condition) => condition === rootType?.name,
    onField: at.meter.field,
  });
  at.meter.roots(roots.size);
  const typename: string[] = [];
  const reads = new Map<string, FieldNode[]>();
  const introspection = new Map<string, FieldNode[]>();
  const verbs = new Map<string, FieldNode[]>();
  for (const [key, fields] of roots) {
    const name = fields[0]!.name.value;
    if (name === '__typename') typename.push(key);
    else if (name.startsWith('__')) introspection.set(key, fields);
    else if (operation.operation === 'query' && at.model.roots.has(name)) reads.set(key, fields);
    else verbs.set(key, fields);
  }
  return { variables: coerced.coerced, keys: [...roots.keys()], typename, reads, introspection, verbs };
}
