/** What the store would give for the nested read, made up: the same 750 objects, pages and keys. */
import type { GraphStore, ReadConnection, ReadNode, ReadPlan, ReadResult, Selection } from '#graph-schema';

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

function node({ properties, relations = {} }: Selection): ReadNode {
  const index = made++;
  const values = Object.entries(properties).map(([key, name]) => [key, VALUES[name]!(index)] as const);
  const related = Object.entries(relations).map(([key, { field, select }]) => {
    const count = COUNTS[field];
    return [key, count === undefined ? node(select) : page(select, count)] as const;
  });
  return Object.fromEntries<unknown>([...values, ...related]) as ReadNode;
}

function page(select: Selection, count: number): ReadConnection {
  return { nodes: Array.from({ length: count }, () => node(select)), hasNextPage: false };
}

/** A store that has the answer to a plan ready from its second call on: what is left is the layer above it. */
export function readyStore(): GraphStore {
  const ready = new WeakMap<ReadPlan, ReadResult>();
  const read = async (_principal: unknown, plan: ReadPlan): Promise<ReadResult> => {
    const known = ready.get(plan);
    if (known) return known;
    const result = Object.fromEntries(plan.roots.map((root) => [root.key, page(root.select, 50)]));
    ready.set(plan, result);
    return result;
  };
  return { read } as unknown as GraphStore;
}
