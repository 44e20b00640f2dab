import { UndirectedGraph } from 'graphology';
import type { Subgraph } from '../ports/graph-store.ts';

/** An in-memory copy of a bounded neighbourhood: undirected, parallel relationships joined with their number as weight. */
export type Projection = UndirectedGraph<{ label: string; caption: string }, { weight: number; type: string }>;

export function project(subgraph: Subgraph): Projection {
  const graph: Projection = new UndirectedGraph();
  for (const { id, label, caption } of subgraph.nodes) graph.addNode(id, { label, caption });
  for (const { from, to, type } of subgraph.edges) {
    if (from === to) continue;
    if (graph.hasEdge(from, to)) graph.updateEdgeAttribute(from, to, 'weight', (weight = 0) => weight + 1);
    else graph.addEdge(from, to, { weight: 1, type });
  }
  return graph;
}
