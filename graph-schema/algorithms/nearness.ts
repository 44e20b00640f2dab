import { personalizedPageRank } from './personalized-pagerank.ts';
import type { Projection } from './projection.ts';

/**
 * How near each node is to the seeds by relationships, 0 to 1 with the nearest at 1. A seed counts by the other seeds
 * alone: a walk is at its own start most of the time, and that says nothing about how seeds hang together.
 *
 * @param seeds weight by node id, above 0
 * @returns nearness by node id; nodes that no other seed leads to are left out
 */
export function nearness(graph: Projection, seeds: ReadonlyMap<string, number>): Map<string, number> {
  const total = new Map<string, number>();
  for (const [seed, weight] of seeds) {
    if (!graph.hasNode(seed) || graph.degree(seed) === 0) continue;
    for (const [id, rank] of personalizedPageRank(graph, new Map([[seed, 1]]), { tolerance: 1e-4 })) {
      if (id !== seed && rank > 0) total.set(id, (total.get(id) ?? 0) + weight * rank);
    }
  }
  const highest = Math.max(0, ...total.values());
  return new Map([...total].map(([id, sum]) => [id, sum / highest]));
}
