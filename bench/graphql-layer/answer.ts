/** What the store would give for the nested read, made up: the same 750 objects, pages and keys. */
import {
  type CypherRow,
  type GraphStore,
  type NodeShape,
  type ReadPlan,
  type RootShape,
  type Selection,
  schema,
} from '#graph-schema';
import { compileRead } from '../../graph-schema/read/compile.ts';
import { shapeResult } from '../../graph-schema/read/shape.ts';
import { TextBuilder } from '../../graph-schema/read/text.ts';

const VALUES: Readonly<Record<string, (index: number) => unknown>> = {
  id: (index) => `0199b1d2-7c00-7000-8000-${String(index).padStart(12, '0')}`,
  state: () => 'delivered',
  skill: (index) => `skill-${index % 200}`,
  createdAt: (index) => 1_700_000_000_000 + index * 7_919,
  name: (index) => `agent-${index % 50}`,
  role: () => 'Works',
  summary: (index) => `Outcome ${index}`,
  title: (index) => `Fact ${index}`,
  confidence: () => 0.9,
};

const COUNTS: Readonly<Record<string, number>> = { skills: 5, outcomes: 2, knowledge: 3 };
let made = 0;

/** A node as an engine gives it: its values in the order of the keys, related nodes as lists. */
function values({ keys, relations }: NodeShape, select: Selection): unknown[] {
  const index = made++;
  return keys.map((key) => {
    const related = select.relations?.[key];
    if (!related) return VALUES[select.properties[key]!]!(index);
    const { node } = relations.find((relation) => relation.key === key)!;
    return Array.from({ length: COUNTS[related.field] ?? 1 }, () => values(node, related.select));
  });
}

/** A store that has the row of a plan ready from its second call on: what is left is the layer above the engine. */
export function readyStore(): GraphStore {
  const ready = new WeakMap<ReadPlan, { readonly row: CypherRow; readonly shapes: readonly RootShape[] }>();
  const read: GraphStore['read'] = async (principal, plan, options) => {
    let known = ready.get(plan);
    if (!known) {
      const { shapes } = compileRead(plan, new TextBuilder(schema, principal), {
        visibility: 'public',
        maxPage: 1_000,
      });
      const rows = shapes.map(({ column, node }, at) => {
        return [column, Array.from({ length: 50 }, () => values(node, plan.roots[at]!.select))] as const;
      });
      known = { row: Object.fromEntries<unknown>(rows) as CypherRow, shapes };
      ready.set(plan, known);
    }
    return options?.takeRow?.(known.row, known.shapes) ? {} : shapeResult(known.row, known.shapes);
  };
  return { read } as unknown as GraphStore;
}
