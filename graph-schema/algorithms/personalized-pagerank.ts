import type { Projection } from './projection.ts';

export interface PageRankOptions {
  /** Probability of following a relationship instead of returning to a seed; default 0.5: stay near the seeds. */
  readonly damping?: number;
  /** Stops when ranks change by less than this in sum; default 1e-6. */
  readonly tolerance?: number;
  /** Default 50. */
  readonly maxIterations?: number;
}

/**
 * Personalised PageRank by power iteration (Page et al. 1999; Haveliwala, "Topic-Sensitive PageRank", 2002): the share of
 * time that a walk spends at each node when it keeps returning to the seeds in proportion to their weights.
 *
 * @param seeds weight by node id, above 0; seeds that the projection does not hold are left out
 * @returns rank by node id, summing to 1; empty without a seed
 */
export function personalizedPageRank(
  graph: Projection,
  seeds: ReadonlyMap<string, number>,
  { damping = 0.5, tolerance = 1e-6, maxIterations = 50 }: PageRankOptions = {},
): Map<string, number> {
  const held = [...seeds].filter(([id, weight]) => weight > 0 && graph.hasNode(id));
  const total = held.reduce((sum, [, weight]) => sum + weight, 0);
  if (total === 0) return new Map();

  const ids = graph.nodes();
  const position = new Map(ids.map((id, index) => [id, index]));
  const restart = new Float64Array(ids.length);
  for (const [id, weight] of held) restart[position.get(id)!] = weight / total;
  const neighbours = ids.map((id) =>
    graph.mapNeighbors(id, (other) => ({
      at: position.get(other)!,
      weight: graph.getEdgeAttribute(id, other, 'weight'),
    })),
  );
  const strength = neighbours.map((list) => list.reduce((sum, { weight }) => sum + weight, 0));

  let rank = restart.slice();
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const next = new Float64Array(ids.length);
    let stranded = 0;
    for (let from = 0; from < ids.length; from++) {
      if (strength[from] === 0) stranded += rank[from]!;
      else for (const { at, weight } of neighbours[from]!) next[at]! += (rank[from]! * weight) / strength[from]!;
    }
    let change = 0;
    for (let at = 0; at < ids.length; at++) {
      next[at] = (1 - damping) * restart[at]! + damping * (next[at]! + stranded * restart[at]!);
      change += Math.abs(next[at]! - rank[at]!);
    }
    rank = next;
    if (change < tolerance) break;
  }
  return new Map(ids.map((id, index) => [id, rank[index]!]));
}
