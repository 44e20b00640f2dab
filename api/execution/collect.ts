import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionSetNode,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;
export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

export interface CollectInput {
  readonly fragments: Fragments;
  readonly variables: Variables;
  /** Whether a fragment on this type condition holds. */
  readonly holds: (condition: string) => boolean;
  /** Called for every field visited; may throw to end a document that grows too large. */
  readonly onField: () => void;
}

function included(node: { directives?: FieldNode['directives'] }, variables: Variables): boolean {
  if (!node.directives || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
  if (skip?.if === true) return false;
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
  return include?.if !== false;
}

/** CollectFields of the GraphQL specification: fields by response key, in order, fragments expanded. */
export function collectFields(sets: Iterable<SelectionSetNode>, input: CollectInput): Map<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const walk = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (!included(selection, input.variables)) continue;
      if (selection.kind === Kind.FIELD) {
        input.onField();
        const key = selection.alias?.value ?? selection.name.value;
        const fields = found.get(key);
        if (fields) fields.push(selection);
        else found.set(key, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        if (condition === undefined || input.holds(condition)) walk(selection.selectionSet);
      } else {
        const name = selection.name.value;
        if (visited.has(name)) continue;
        visited.add(name);
        const fragment = input.fragments[name];
        if (fragment && input.holds(fragment.typeCondition.name.value)) walk(fragment.selectionSet);
      }
    }
  };
  for (const set of sets) walk(set);
  return found;
}

export const selectionsOf = (fields: readonly FieldNode[]): SelectionSetNode[] =>
  fields.flatMap((field) => (field.selectionSet ? [field.selectionSet] : []));
