import type { Subgraph } from '../ports/graph-store.ts';
import { linksOf, walkFrom } from './personalized-pagerank.ts';

/**
 * How near each node is to the seeds by relationships, 0 to 1 with the nearest at 1. A seed counts by the other seeds
 * alone: a walk is at its own start most of the time, and that says nothing about how seeds hang together.
 *
 * @param seeds weight by node id, above 0
 * @returns nearness by node id; nodes that no other seed leads to are left out
 */
export function nearness({ nodes, edges }: Subgraph, seeds: ReadonlyMap<string, number>): Map<string, number> {
  const links = linksOf(
    nodes.map(({ id }) => id),
    edges,
  );
  const total = new Float64Array(nodes.length);
  for (const [seed, weight] of seeds) {
    const at = links.position.get(seed);
    if (at === undefined || links.starts[at] === links.starts[at + 1]) continue;
    const rank = walkFrom(links, new Map([[seed, 1]]), { tolerance: 1e-4 });
    for (let other = 0; other < rank.length; other++) if (other !== at) total[other]! += weight * rank[other]!;
  }
  const highest = total.reduce((most, value) => Math.max(most, value), 0);
  const near = new Map<string, number>();
  for (let at = 0; at < total.length; at++) if (total[at]! > 0) near.set(links.ids[at]!, total[at]! / highest);
  return near;
}
