import type { FieldNode } from 'graphql';
import type {
  CallOptions,
  CypherRow,
  GraphStore,
  Principal,
  ReadConnection,
  ReadNode,
  ReadPlan,
  RootRead,
  RootShape,
  Selection,
} from '#graph-schema';
import type { ApiType } from '../schema/model.ts';
import { selectionsOf } from './collect.ts';
import { type CompileInput, Compiler, idOf, SelectionBuilder } from './compile.ts';
import { type RowWriter, rowWriter } from './row-writer.ts';
import { MissingValue, type Shaper } from './shape.ts';

/** A node that is read by id, once its type is known. */
interface NodeRoot {
  readonly key: string;
  readonly id: string;
  compile(type: ApiType): { readonly select: Selection; readonly shape: Shaper<ReadNode> };
}

/** Generated root fields, compiled. Immutable, so it can be kept for the next request of the same operation. */
export interface CompiledReads {
  readonly plan: ReadPlan;
  readonly shapes: ReadonlyMap<string, (value: ReadNode | ReadConnection | null) => unknown>;
  /** Fields whose answer must not be null. */
  readonly required: ReadonlySet<string>;
  readonly nodes: readonly NodeRoot[];
  readonly cost: number;
  /** What writes the answer straight from the row, where that can be. */
  readonly writer: (shapes: readonly RootShape[]) => RowWriter | undefined;
}

const orNull = (shape: Shaper<ReadNode>) => (value: unknown) =>
  value === null || value === undefined ? null : shape(value as ReadNode);

/** Concrete types that a selection on Node speaks of; the fields of Node itself cost the same on all. */
function mentioned(compiler: Compiler, fields: readonly FieldNode[]): ApiType[] {
  const { model, fragments } = compiler.input;
  const names = new Set<string>();
  const seen = new Set<string>();
  const walk = (set: { readonly selections: readonly import('graphql').SelectionNode[] }): void => {
    for (const selection of set.selections) {
      if (selection.kind === 'InlineFragment') {
        if (selection.typeCondition) names.add(selection.typeCondition.name.value);
        walk(selection.selectionSet);
      } else if (selection.kind === 'FragmentSpread' && !seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments[selection.name.value];
        if (fragment) {
          names.add(fragment.typeCondition.name.value);
          walk(fragment.selectionSet);
        }
      }
    }
  };
  for (const set of selectionsOf(fields)) walk(set);
  const types = [...names].flatMap((name) => model.types.get(name) ?? []);
  return types.length > 0 ? types : [...model.types.values()].slice(0, 1);
}

/** Counts a selection on an abstract type as its dearest concrete type. */
export function meterAbstract(
  compiler: Compiler,
  fields: readonly FieldNode[],
  place: { readonly count: number; readonly depth: number },
): void {
  // Each type is compiled once; all are counted, which is the sum and so never less than the dearest.
  for (const type of mentioned(compiler, fields)) {
    compiler.node(type, selectionsOf(fields), new SelectionBuilder(), place);
  }
}

export function compileReads(roots: ReadonlyMap<string, FieldNode[]>, input: CompileInput): CompiledReads {
  const compiler = new Compiler(input);
  const plan: RootRead[] = [];
  const shapes = new Map<string, (value: ReadNode | ReadConnection | null) => unknown>();
  const shapers = new Map<string, Shaper<never>>();
  const required = new Set<string>();
  const nodes: NodeRoot[] = [];
  const place = { count: 1, depth: 1 };
  for (const [key, fields] of roots) {
    const root = input.model.roots.get(fields[0]!.name.value)!;
    if (root.kind === 'list') {
      const at = { parent: 'Query', connection: root.type.name, place: { count: 1, depth: 0 }, properties: new Map() };
      const { page, asOf, select, shape } = compiler.list(root.type, fields, at);
      const find = { by: 'page', page } as const;
      plan.push({ key, node: root.type.name, find, select, ...(asOf === undefined ? {} : { asOf }) });
      shapers.set(key, shape);
      shapes.set(key, (value) => shape(value as ReadConnection));
      required.add(key);
      continue;
    }
    const args = compiler.argumentsOf('Query', fields[0]!);
    const id = idOf(args.id);
    if (root.kind === 'one') {
      const builder = new SelectionBuilder();
      const shape = compiler.node(root.type, selectionsOf(fields), builder, place);
      const asOf = typeof args.asOf === 'number' ? { asOf: args.asOf } : {};
      plan.push({ key, node: root.type.name, find: { by: 'id', id }, select: builder.build(), ...asOf });
      shapers.set(key, shape);
      shapes.set(key, orNull(shape));
      continue;
    }
    meterAbstract(compiler, fields, place);
    nodes.push({
      key,
      id,
      compile(type) {
        const builder = new SelectionBuilder();
        const shape = compiler.node(type, selectionsOf(fields), builder, place);
        return { select: builder.build(), shape };
      },
    });
  }
  input.meter.check();
  const writer = nodes.length > 0 ? () => undefined : writerByLayout(shapers);
  return { plan: { roots: plan }, shapes, required, nodes, cost: input.meter.cost, writer };
}

/** A layout belongs to a compiled text, of which each principal has its own. */
function writerByLayout(shapers: ReadonlyMap<string, Shaper<never>>): CompiledReads['writer'] {
  const known = new WeakMap<readonly RootShape[], { readonly write: RowWriter | undefined }>();
  return (shapes) => {
    let made = known.get(shapes);
    if (!made) {
      made = { write: rowWriter(shapers, shapes) };
      known.set(shapes, made);
    }
    return made.write;
  };
}

export interface ReadsResult {
  /** Bytes of the whole answer stand for it where they were asked for and could be written. */
  readonly bytes?: Buffer;
  readonly data: Record<string, unknown> | null;
  readonly missing: ReadonlyArray<{ readonly key: string; readonly error: MissingValue }>;
}

export interface ReadsPlace {
  readonly store: GraphStore;
  readonly principal: Principal;
  readonly model: CompileInput['model'];
  /** Whether the answer may be bytes. */
  readonly asBytes?: boolean;
}

/** One round trip; one more where `node(id)` does not say of which type it is. */
export async function runReads(reads: CompiledReads, at: ReadsPlace, options: CallOptions): Promise<ReadsResult> {
  let roots = reads.plan.roots;
  let shapes = reads.shapes;
  const data: Record<string, unknown> = {};
  if (reads.nodes.length > 0) {
    const ids = [...new Set(reads.nodes.map((node) => node.id))];
    const labels = await at.store.labelsOf(at.principal, ids);
    const more = new Map(shapes);
    const added: RootRead[] = [];
    for (const node of reads.nodes) {
      const type = at.model.types.get(labels.get(node.id) ?? '');
      if (!type) {
        data[node.key] = null;
        continue;
      }
      const { select, shape } = node.compile(type);
      added.push({ key: node.key, node: type.name, find: { by: 'id', id: node.id }, select });
      more.set(node.key, orNull(shape));
    }
    roots = [...roots, ...added];
    shapes = more;
  }
  if (roots.length === 0) return { data, missing: [] };
  let bytes: Buffer | undefined;
  const takeRow = (row: CypherRow, layout: readonly RootShape[]) => {
    bytes = reads.writer(layout)?.(row);
    return bytes !== undefined;
  };
  const plan = roots === reads.plan.roots ? reads.plan : { roots };
  const result = await at.store.read(at.principal, plan, at.asBytes ? { ...options, takeRow } : options);
  if (bytes) return { bytes, data: null, missing: [] };
  const missing: Array<{ key: string; error: MissingValue }> = [];
  for (const root of roots) {
    try {
      data[root.key] = shapes.get(root.key)!(result[root.key] ?? null);
    } catch (error) {
      if (!(error instanceof MissingValue)) throw error;
      missing.push({ key: root.key, error });
      if (reads.required.has(root.key)) return { data: null, missing };
      data[root.key] = null;
    }
  }
  return { data, missing };
}
