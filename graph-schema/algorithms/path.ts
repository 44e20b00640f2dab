import { bidirectional } from 'graphology-shortest-path/unweighted.js';
import type { Principal } from '../access/principal.ts';
import type { CallOptions, GraphStore, SubgraphEdge, SubgraphNode } from '../ports/graph-store.ts';
import { project } from './projection.ts';

export interface FoundPath {
  readonly nodes: readonly SubgraphNode[];
  /** One between each two nodes, in their own direction. */
  readonly edges: readonly SubgraphEdge[];
}

const MAX_NODES = 20_000;

/**
 * A shortest path between two nodes through what the principal may see, whatever the direction of relationships.
 *
 * Both neighbourhoods are read to half the length and joined, so the work is bounded by 20,000 nodes.
 *
 * @param maxLength relationships at most, 1 to 10
 * @returns undefined when there is none within the bounds, or when either end is out of reach
 */
export async function shortestPath(
  store: GraphStore,
  principal: Principal,
  { from, to, maxLength = 6, ...options }: { from: string; to: string; maxLength?: number } & CallOptions,
): Promise<FoundPath | undefined> {
  const depth = Math.ceil(Math.min(Math.max(maxLength, 1), 10) / 2);
  const subgraph = await store.subgraph(principal, [from, to], { depth, maxNodes: MAX_NODES, ...options });
  const graph = project(subgraph);
  if (!graph.hasNode(from) || !graph.hasNode(to)) return undefined;
  const ids: string[] | null = bidirectional(graph, from, to);
  if (!ids || ids.length - 1 > maxLength) return undefined;
  const nodes = new Map(subgraph.nodes.map((node) => [node.id, node]));
  const edges = ids.slice(1).map((id, index) => {
    const before = ids[index]!;
    return subgraph.edges.find(
      (edge) => (edge.from === before && edge.to === id) || (edge.from === id && edge.to === before),
    )!;
  });
  return { nodes: ids.map((id) => nodes.get(id)!), edges };
}
