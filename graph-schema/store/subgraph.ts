import type { Principal } from '../access/principal.ts';
import type { CypherRow } from '../ports/graph-engine.ts';
import type { Subgraph, SubgraphEdge, SubgraphNode, SubgraphOptions } from '../ports/graph-store.ts';
import { TextBuilder } from '../read/text.ts';
import type { Reader } from './reads.ts';

const DEFAULTS = { depth: 2, maxNodes: 500 };
const LIMITS = { depth: 6, maxNodes: 20_000 };
/** Relationships read for one level: a hub cannot make a level unbounded. */
const MAX_LEVEL_EDGES = 50_000;

const CAPTION_PROPERTIES = ['title', 'name', 'summary', 'skill', 'text', 'criterion', 'kind', 'state'];

/**
 * Breadth first, one text a level. Both ends of every relationship are within the principal's scope, so nothing that
 * it cannot see shapes what it gets.
 */
export async function readSubgraph(
  reader: Reader,
  principal: Principal,
  seeds: readonly string[],
  options: SubgraphOptions,
): Promise<Subgraph> {
  const depth = Math.min(options.depth ?? DEFAULTS.depth, LIMITS.depth);
  const maxNodes = Math.min(options.maxNodes ?? DEFAULTS.maxNodes, LIMITS.maxNodes);
  const nodes = new Map<string, SubgraphNode>();
  const edges = new Map<string, SubgraphEdge>();
  let truncated = false;
  const add = (row: CypherRow, level: number) => {
    const id = row.id as string;
    if (nodes.has(id)) return false;
    if (nodes.size >= maxNodes) {
      truncated = true;
      return false;
    }
    nodes.set(id, { id, label: labelOf(row.labels), caption: caption(row), depth: level });
    return true;
  };

  for (const row of await reader.run(...seedText(reader, principal, seeds))) add(row, 0);
  let frontier = [...nodes.keys()];
  for (let level = 1; level <= depth && frontier.length > 0; level++) {
    const rows = await reader.run(...levelText(reader, principal, frontier, options.types));
    if (rows.length >= MAX_LEVEL_EDGES) truncated = true;
    const next: string[] = [];
    for (const row of rows) {
      if (add(row, level)) next.push(row.id as string);
      const from = row.from as string;
      const to = from === row.near ? (row.id as string) : (row.near as string);
      const edge = { type: row.type as string, from, to };
      if (nodes.has(from) && nodes.has(to)) edges.set(`${edge.type} ${from} ${to}`, edge);
    }
    frontier = next;
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], truncated };
}

const captionColumns = (variable: string) =>
  CAPTION_PROPERTIES.map((name) => `left(toString(${variable}.${name}), 80) AS ${name}`).join(', ');

function seedText(reader: Reader, principal: Principal, seeds: readonly string[]): [string, Record<string, never>] {
  const text = new TextBuilder(reader.schema, principal);
  const ids = text.bind(seeds.slice(0, 1_000));
  const query = `MATCH (n:Node) WHERE n.id IN ${ids} AND ${text.anyScope('n')} RETURN n.id AS id, labels(n) AS labels, ${captionColumns('n')} ORDER BY id`;
  return [query, text.parameters as Record<string, never>];
}

function levelText(
  reader: Reader,
  principal: Principal,
  frontier: readonly string[],
  types: readonly string[] | undefined,
): [string, Record<string, never>] {
  const text = new TextBuilder(reader.schema, principal);
  const ids = text.bind(frontier);
  const followed = types ? ` AND type(r) IN ${text.bind(types)}` : '';
  const query = `UNWIND ${ids} AS near MATCH (a:Node) WHERE a.id = near AND ${text.anyScope('a')} MATCH (a)-[r]-(b:Node) WHERE ${text.anyScope('b')}${followed} WITH a, r, b ORDER BY a.id, type(r), b.id LIMIT ${text.bind(MAX_LEVEL_EDGES)} RETURN a.id AS near, type(r) AS type, startNode(r).id AS from, b.id AS id, labels(b) AS labels, ${captionColumns('b')}`;
  return [query, text.parameters as Record<string, never>];
}

export function labelOf(labels: unknown): string {
  return (labels as string[]).find((label) => label !== 'Node') ?? 'Node';
}

function caption(row: CypherRow): string {
  const found = CAPTION_PROPERTIES.map((name) => row[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : (row.id as string);
}
