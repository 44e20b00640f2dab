/** How much a node speaks for itself: words, meaning, relationships, age and importance, weighed into one figure. */
import type { SearchCandidates } from '../ports/search-index.ts';
import { ARRANGING } from './arrange.ts';

/** Half and half, not tuned on the set it is measured on; what the graph adds only reorders near ties and appends. */
const WEIGHTS = { text: 0.5, vector: 0.5, graph: 0.15, recency: 0.01, importance: 0.02 };
const HALF_LIFE_MS = 180 * 24 * 3_600_000;

/** The most that a hit can have, arranging included. */
export const MOST_SCORE = [...Object.values(WEIGHTS), ...Object.values(ARRANGING)].reduce((sum, one) => sum + one, 0);

export interface Fused {
  readonly score: number;
  readonly text?: number;
  readonly vector?: number;
}

export interface FuseOptions {
  /**
   * How much of the question the passages found by words speak of, 0 to 1. The best of a list is 1 in it even when it
   * shares nothing with the question but a filler; where no passage has the question's words, meaning decides.
   */
  readonly trust: number;
  /** Whether a node's vector means anything: it does not in a language that the embedder does not read. */
  readonly readable: (id: string) => boolean;
}

/** Each list scaled to its own best, then weighted: raw scores of the two mean different things. */
export function fuse({ byText, byVector }: SearchCandidates, { trust, readable }: FuseOptions): Map<string, Fused> {
  const fused = new Map<string, Fused>();
  const near = byVector.filter(({ id }) => readable(id));
  // With words alone there is nothing to weigh them against.
  const trusted = near.length === 0 ? 1 : trust;
  for (const { id, relative, hasVector } of byText) {
    // What was just indexed gets its vector later: until then its words speak for its meaning too, else everything
    // older would stand before it.
    const weight = near.length > 0 && !hasVector ? WEIGHTS.text + WEIGHTS.vector : WEIGHTS.text;
    fused.set(id, { score: weight * trusted * relative, text: relative });
  }
  const best = Math.max(0, ...near.map(({ cosine }) => cosine));
  for (const { id, cosine } of near) {
    const relative = best === 0 ? 0 : Math.max(0, cosine) / best;
    const known = fused.get(id);
    fused.set(id, { ...known, score: (known?.score ?? 0) + WEIGHTS.vector * relative, vector: relative });
  }
  return fused;
}

export interface Own {
  readonly fused: Fused | undefined;
  /** Nearness to the first hits by relationships, 0 to 1. */
  readonly graph: number;
  readonly ageMs: number;
  /** 0 to 1; half when it is not known. */
  readonly importance: number | undefined;
}

export interface OwnScore {
  readonly score: number;
  readonly recency: number;
  readonly importance: number;
}

export function ownScore({ fused, graph, ageMs, importance = 0.5 }: Own): OwnScore {
  const recency = 2 ** (-Math.max(0, ageMs) / HALF_LIFE_MS);
  const score =
    (fused?.score ?? 0) + WEIGHTS.graph * graph + WEIGHTS.recency * recency + WEIGHTS.importance * importance;
  return { score, recency, importance };
}
