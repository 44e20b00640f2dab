import type { Principal } from '../access/principal.ts';
import type { CypherParameters, CypherRow } from '../ports/graph-engine.ts';
import type { Subgraph, SubgraphEdge, SubgraphNode, SubgraphOptions } from '../ports/graph-store.ts';
import { TextBuilder } from '../read/text.ts';
import type { Reader } from './reads.ts';

const DEFAULTS = { depth: 2, maxNodes: 500 };
const LIMITS = { depth: 6, maxNodes: 20_000 };
const MAX_SEEDS = 1_000;
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
    nodes.set(id, options.idsOnly ? { id, label: '', caption: '', depth: level } : describedNode(row, level));
    return true;
  };

  // What hangs from the seeds is asked for with them: its text looks at their scope too.
  const starts = [...new Set(seeds)].slice(0, MAX_SEEDS);
  const [present, first] = await Promise.all([
    reader.run(...seedText(reader, principal, starts, options)),
    reader.run(...levelText(reader, principal, starts, options)),
  ]);
  for (const row of present) add(row, 0);
  let frontier = [...nodes.keys()];
  for (let level = 1; level <= depth && frontier.length > 0; level++) {
    if (level > 1 && options.maxDegree !== undefined) {
      frontier = await withoutHubs(reader, principal, frontier, options.maxDegree);
      if (frontier.length === 0) break;
    }
    const rows = level === 1 ? first : await reader.run(...levelText(reader, principal, frontier, options));
    if (rows.length >= MAX_LEVEL_EDGES) truncated = true;
    const next: string[] = [];
    for (const row of rows) {
      if (add(row, level)) next.push(row.id as string);
      const edge = edgeOf(row);
      const { from, to } = edge;
      if (nodes.has(from) && nodes.has(to)) edges.set(`${edge.type} ${from} ${to}`, edge);
    }
    frontier = next;
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], truncated };
}

const captionColumns = (variable: string) =>
  CAPTION_PROPERTIES.map((name) => `, left(toString(${variable}.${name}), 80) AS ${name}`).join('');

/**
 * Those of the nodes from which not too much hangs. A client's own node counts all it has, which takes no time: nobody
 * else can relate to it. A shared one counts only what the principal may see, so that others' relations shape nothing.
 */
async function withoutHubs(
  reader: Reader,
  principal: Principal,
  frontier: readonly string[],
  maxDegree: number,
): Promise<string[]> {
  const degrees = await reader.run(DEGREES, { ids: [...frontier] });
  const hubs = degrees.filter(({ degree }) => (degree as number) > maxDegree);
  const shared = hubs.filter(({ scope }) => !/^(?:tenant|agent):/.test(scope as string)).map(({ id }) => id as string);
  const left = new Set(frontier);
  for (const { id } of hubs) left.delete(id as string);
  if (shared.length > 0) {
    const text = new TextBuilder(reader.schema, principal);
    const counted = `MATCH (a:Node) WHERE a.id IN ${text.bind(shared)} RETURN a.id AS id, COUNT { MATCH (a)--(b:Node) WHERE ${text.anyScope('b')} } AS degree`;
    for (const { id, degree } of await reader.run(counted, text.parameters))
      if ((degree as number) <= maxDegree) left.add(id as string);
  }
  return [...left];
}

const DEGREES =
  'MATCH (a:Node) WHERE a.id IN $ids RETURN a.id AS id, a.scope AS scope, COUNT { MATCH (a)--(b) } AS degree';

function seedText(
  reader: Reader,
  principal: Principal,
  seeds: readonly string[],
  { idsOnly }: SubgraphOptions,
): [string, CypherParameters] {
  const text = new TextBuilder(reader.schema, principal);
  const ids = text.bind(seeds);
  const described = idsOnly ? '' : `, labels(n) AS labels${captionColumns('n')}`;
  const query = `MATCH (n:Node) WHERE n.id IN ${ids} AND ${text.anyScope('n')} RETURN n.id AS id${described} ORDER BY id`;
  return [query, text.parameters];
}

function levelText(
  reader: Reader,
  principal: Principal,
  frontier: readonly string[],
  { types, idsOnly }: SubgraphOptions,
): [string, CypherParameters] {
  const text = new TextBuilder(reader.schema, principal);
  const start = `UNWIND ${text.bind(frontier)} AS near MATCH (a:Node) WHERE a.id = near AND ${text.anyScope('a')}`;
  const match = `${start} MATCH (a)-[r]-(b:Node) WHERE ${text.anyScope('b')}${types ? ` AND type(r) IN ${text.bind(types)}` : ''}`;
  const limit = text.bind(MAX_LEVEL_EDGES);
  // Labels are what takes most of the time, on one engine six sevenths of it.
  const query = idsOnly
    ? `${match} RETURN a.id AS near, b.id AS id ORDER BY near, id LIMIT ${limit}`
    : `${match} WITH a, r, b ORDER BY a.id, type(r), b.id LIMIT ${limit} RETURN a.id AS near, type(r) AS type, startNode(r).id AS from, b.id AS id, labels(b) AS labels${captionColumns('b')}`;
  return [query, text.parameters];
}

/** Without directions each pair has one order, or it would count twice where both its ends are followed. */
function edgeOf(row: CypherRow): SubgraphEdge {
  const [near, id] = [row.near as string, row.id as string];
  if (row.from === undefined) return near < id ? { type: '', from: near, to: id } : { type: '', from: id, to: near };
  return { type: row.type as string, from: row.from as string, to: row.from === near ? id : near };
}

const describedNode = (row: CypherRow, depth: number): SubgraphNode => ({
  id: row.id as string,
  label: labelOf(row.labels),
  caption: caption(row),
  depth,
});

export function labelOf(labels: unknown): string {
  return (labels as string[]).find((label) => label !== 'Node') ?? 'Node';
}

function caption(row: CypherRow): string {
  const found = CAPTION_PROPERTIES.map((name) => row[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : (row.id as string);
}
