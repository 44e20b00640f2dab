import {
  type FieldNode,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationTypeNode,
} from 'graphql';
import { collectFields, selectionsOf } from './collect.ts';
import { type CompileInput, Compiler, SelectionBuilder } from './compile.ts';
import { isGenerated } from './executable-schema.ts';
import { meterAbstract } from './reads.ts';

/** What one call of a verb costs besides the nodes below its result. */
const VERB_COST = 10;
/** Items that a list in a payload is taken to have where no `limit` says otherwise. */
const LIST_ITEMS = 20;

/** Counts an operation of verbs before it runs: each call, and everything that is read below its result. */
export function meterVerbs(
  operation: OperationTypeNode,
  roots: ReadonlyMap<string, FieldNode[]>,
  input: CompileInput,
): void {
  const compiler = new Compiler(input);
  const walk = (
    parent: GraphQLObjectType,
    fields: FieldNode[],
    place: { count: number; depth: number },
    items: number,
  ) => {
    const name = fields[0]!.name.value;
    if (name.startsWith('__')) return;
    const { type } = parent.getFields()[name]!;
    const inner = isNonNullType(type) ? type.ofType : type;
    const count = isListType(inner) ? place.count * items : place.count;
    const named = getNamedType(type);
    if (isGenerated(input.model, named.name)) {
      const target = input.model.types.get(named.name);
      const below = { count, depth: place.depth };
      if (target) compiler.node(target, selectionsOf(fields), new SelectionBuilder(), below);
      else meterAbstract(compiler, fields, below);
    } else if (isObjectType(named)) {
      for (const children of subfields(named, fields, input).values())
        walk(named, children, { count, depth: place.depth }, items);
    }
  };
  const root = input.schema.getRootType(operation)!;
  for (const fields of roots.values()) {
    input.meter.nodes(VERB_COST, 1);
    const args = getArgumentValues(
      root.getFields()[fields[0]!.name.value]!,
      fields[0]!,
      input.variables as Record<string, unknown>,
    );
    const limit = args.limit ?? args.first ?? (args.input as { limit?: unknown } | undefined)?.limit;
    walk(root, fields, { count: 1, depth: 1 }, typeof limit === 'number' && limit > 0 ? limit : LIST_ITEMS);
  }
  input.meter.check();
}

function subfields(type: GraphQLObjectType, fields: FieldNode[], input: CompileInput): Map<string, FieldNode[]> {
  return collectFields(selectionsOf(fields), {
    fragments: input.fragments,
    variables: input.variables,
    holds: (condition) => condition === type.name,
    onField: input.meter.field,
  });
}
