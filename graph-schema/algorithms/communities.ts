import { UndirectedGraph } from 'graphology';
import louvainModule from 'graphology-communities-louvain';
import { type Principal, systemPrincipal } from '../access/principal.ts';
import { Community } from '../definitions/nodes/community.ts';
import type { GraphStore } from '../ports/graph-store.ts';
import type { PageRead, ReadConnection, RelationRead, RootRead, Where } from '../read/plan.ts';

/** The package's types describe a default export that its CommonJS build does not have. */
const louvain = louvainModule as unknown as {
  detailed(
    graph: Graph,
    options: { rng: () => number },
  ): {
    readonly communities: Readonly<Record<string, number>>;
    readonly modularity: number;
  };
};

const PAGE = 500;
/** Of ids alone. */
const IDS_PAGE = 10_000;
const MAX_NODES = 20_000;
const MAX_RELATED = 50;
const LEAST_MEMBERS = 3;
const NAMED = 3;

interface Member {
  readonly label: 'Entity' | 'Knowledge' | 'Chunk';
  readonly caption: string;
}

type Graph = UndirectedGraph<Member>;

/** Which relations join what, and how a node is called. Chunks only join: they are no members. */
const READS = [
  { label: 'Entity', caption: 'name', relations: [], where: {} },
  {
    label: 'Knowledge',
    caption: 'title',
    relations: ['entities', 'requires', 'supports', 'appliesTo'],
    where: { retiredAt: { isNull: true } },
  },
  { label: 'Chunk', caption: 'position', relations: ['entities'], where: { retiredAt: { isNull: true } } },
] as const;

/**
 * Finds what hangs together within one scope and replaces that scope's Community nodes, in one transaction. Louvain
 * modularity (Blondel et al. 2008), with a random walk that is the same for the same scope. Only nodes and relations of
 * that scope count, so what others cannot read shapes nothing that they can.
 *
 * @returns how many communities of at least three members there are; at most 20,000 nodes are looked at
 */
export async function refreshCommunities(store: GraphStore, scope: string): Promise<number> {
  const principal = systemPrincipal('curation');
  const graph = await readGraph(store, principal, scope);
  const { communities, modularity } =
    graph.size === 0
      ? { communities: {} as Record<string, number>, modularity: 0 }
      : louvain.detailed(graph, { rng: seeded(scope) });
  const groups = new Map<number, string[]>();
  for (const [id, group] of Object.entries(communities)) {
    if (graph.getNodeAttribute(id, 'label') !== 'Chunk') groups.set(group, [...(groups.get(group) ?? []), id]);
  }
  const found = [...groups.values()].filter((members) => members.length >= LEAST_MEMBERS);
  await store.transact(principal, { why: 'communities computed' }, async (unit) => {
    const old = await unit.list(Community, { where: { scope: { eq: scope } }, limit: 10_000 });
    await unit.sweep(
      Community,
      old.map(({ id }) => id),
    );
    for (const members of found) {
      const best = [...members].sort((a, b) => graph.degree(b) - graph.degree(a) || (a < b ? -1 : 1)).slice(0, NAMED);
      const title = best
        .map((id) => graph.getNodeAttribute(id, 'caption'))
        .join(', ')
        .slice(0, 500);
      const community = unit.create(Community, { scope, title, size: members.length, modularity });
      const of = (label: Member['label']) => members.filter((id) => graph.getNodeAttribute(id, 'label') === label);
      unit.relate(Community, 'entities', community, of('Entity'));
      unit.relate(Community, 'knowledge', community, of('Knowledge'));
    }
  });
  return found.length;
}

async function readGraph(store: GraphStore, principal: Principal, scope: string): Promise<Graph> {
  const graph: Graph = new UndirectedGraph();
  const pairs: Array<readonly [string, string]> = [];
  const inScope: Where = { scope: { eq: scope } };
  for (const { label, caption, relations, where } of READS) {
    const related: Record<string, RelationRead> = Object.fromEntries(
      relations.map((field) => [
        field,
        { field, page: { first: MAX_RELATED, where: inScope }, select: { properties: { id: 'id' } } },
      ]),
    );
    const ids = await idsIn(store, principal, {
      ...{ label, where: { ...inScope, ...where } },
      limit: MAX_NODES - graph.order,
    });
    for (let at = 0; at < ids.length; at += PAGE) {
      const page = { where: { id: { in: ids.slice(at, at + PAGE) }, ...inScope, ...where }, first: PAGE };
      const select = { properties: { id: 'id', caption }, relations: related };
      const { nodes } = await readPage(store, principal, {
        key: 'page',
        node: label,
        find: { by: 'page', page },
        select,
      });
      for (const node of nodes) {
        const id = node.id as string;
        graph.mergeNode(id, { label, caption: String(node.caption) });
        for (const field of relations)
          for (const end of (node[field] as ReadConnection).nodes) pairs.push([id, end.id as string]);
      }
    }
  }
  for (const [from, to] of pairs)
    if (from !== to && graph.hasNode(from) && graph.hasNode(to)) graph.mergeEdge(from, to);
  return graph;
}

/**
 * Ids of a type, oldest first. Whoever asks for the nodes behind the last one makes an engine without an index on order
 * look through all of them again for each page; looking them up by these ids costs what is found.
 */
async function idsIn(
  store: GraphStore,
  principal: Principal,
  { label, where, limit }: { label: string; where: Where; limit: number },
): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ids.length < limit; ) {
    const first = Math.min(IDS_PAGE, limit - ids.length);
    const page: PageRead = { where, orderBy: [{ property: 'id', direction: 'asc' }], first, after, cursors: true };
    const select = { properties: { id: 'id' } };
    const found = await readPage(store, principal, { key: 'page', node: label, find: { by: 'page', page }, select });
    ids.push(...found.nodes.map(({ id }) => id as string));
    if (!found.hasNextPage) break;
    after = found.cursors!.at(-1)!;
  }
  return ids;
}

async function readPage(store: GraphStore, principal: Principal, root: RootRead): Promise<ReadConnection> {
  return (await store.read(principal, { roots: [root] }))[root.key] as ReadConnection;
}

/** Mulberry32: small, and the same sequence for the same text. */
function seeded(text: string): () => number {
  let state = [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
