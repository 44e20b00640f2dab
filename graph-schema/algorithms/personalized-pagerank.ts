import type { Projection } from './projection.ts';

export interface PageRankOptions {
  /** Probability of following a relationship instead of returning to a seed; default 0.5: stay near the seeds. */
  readonly damping?: number;
  /** Stops when ranks change by less than this in sum; default 1e-6. */
  readonly tolerance?: number;
  /** Default 50. */
  readonly maxIterations?: number;
}

/** Who is joined with whom, as flat lists: the neighbours of the node at `i` stand from `starts[i]` to `starts[i + 1]`. */
export interface Links {
  readonly ids: readonly string[];
  readonly position: ReadonlyMap<string, number>;
  readonly starts: Int32Array;
  readonly neighbours: Int32Array;
  readonly weights: Float64Array;
  /** The sum of a node's weights. */
  readonly strengths: Float64Array;
}

interface Joined {
  readonly from: string;
  readonly to: string;
  /** Default 1. */
  readonly weight?: number;
}

/** Undirected links; parallel ones add up, and those to a node itself or to an unknown one are left out. */
export function linksOf(ids: readonly string[], edges: readonly Joined[]): Links {
  const position = new Map(ids.map((id, index) => [id, index]));
  const starts = new Int32Array(ids.length + 1);
  const pairs = edges.flatMap(({ from, to, weight = 1 }) => {
    const [a, b] = [position.get(from), position.get(to)];
    return a === undefined || b === undefined || a === b ? [] : [{ a, b, weight }];
  });
  for (const { a, b } of pairs) {
    starts[a + 1]!++;
    starts[b + 1]!++;
  }
  for (let at = 0; at < ids.length; at++) starts[at + 1]! += starts[at]!;
  const neighbours = new Int32Array(pairs.length * 2);
  const weights = new Float64Array(pairs.length * 2);
  const strengths = new Float64Array(ids.length);
  const free = starts.slice();
  const put = (from: number, to: number, weight: number) => {
    const at = free[from]!++;
    neighbours[at] = to;
    weights[at] = weight;
    strengths[from]! += weight;
  };
  for (const { a, b, weight } of pairs) {
    put(a, b, weight);
    put(b, a, weight);
  }
  return { ids, position, starts, neighbours, weights, strengths };
}

/**
 * Personalised PageRank by power iteration (Page et al. 1999; Haveliwala, "Topic-Sensitive PageRank", 2002): the share of
 * time that a walk spends at each node when it keeps returning to the seeds in proportion to their weights.
 *
 * @param seeds weight by node id, above 0; seeds that the links do not hold are left out
 * @returns rank by position, summing to 1; all 0 without a seed
 */
export function walkFrom(
  { ids, position, starts, neighbours, weights, strengths }: Links,
  seeds: ReadonlyMap<string, number>,
  { damping = 0.5, tolerance = 1e-6, maxIterations = 50 }: PageRankOptions = {},
): Float64Array {
  const restart = new Float64Array(ids.length);
  let total = 0;
  for (const [id, weight] of seeds) {
    const at = position.get(id);
    if (at === undefined || weight <= 0) continue;
    restart[at] = weight;
    total += weight;
  }
  if (total === 0) return restart;
  for (let at = 0; at < ids.length; at++) restart[at]! /= total;
  let rank = restart.slice();
  let next = new Float64Array(ids.length);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    next.fill(0);
    let stranded = 0;
    for (let from = 0; from < ids.length; from++) {
      const here = rank[from]!;
      if (here === 0) continue;
      if (strengths[from] === 0) stranded += here;
      else {
        const share = here / strengths[from]!;
        for (let at = starts[from]!; at < starts[from + 1]!; at++) next[neighbours[at]!]! += share * weights[at]!;
      }
    }
    let change = 0;
    for (let at = 0; at < ids.length; at++) {
      next[at] = (1 - damping) * restart[at]! + damping * (next[at]! + stranded * restart[at]!);
      change += Math.abs(next[at]! - rank[at]!);
    }
    [rank, next] = [next, rank];
    if (change < tolerance) break;
  }
  return rank;
}

/** `walkFrom` over a projection. @returns rank by node id, summing to 1; empty without a seed */
export function personalizedPageRank(
  graph: Projection,
  seeds: ReadonlyMap<string, number>,
  options: PageRankOptions = {},
): Map<string, number> {
  if (![...seeds].some(([id, weight]) => weight > 0 && graph.hasNode(id))) return new Map();
  const edges = graph.mapEdges((_edge, { weight }, from, to) => ({ from, to, weight }));
  const links = linksOf(graph.nodes(), edges);
  const rank = walkFrom(links, seeds, options);
  return new Map(links.ids.map((id, index) => [id, rank[index]!]));
}
