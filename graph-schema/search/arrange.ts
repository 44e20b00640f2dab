/**
 * The order of passages for a question whose answer may need more than one of them. Each place goes to the passage that
 * adds most: by its own score, by words of the question that those before it lack, and by being what one of them names.
 * (Covering what is left over: Yadav et al. 2020, "Unsupervised alignment-based iterative evidence retrieval for
 * multi-hop question answering". Following names: a text that names another's heading is where a second step goes.)
 */
import type { PassageWords } from './passage-words.ts';

export interface Arrangeable {
  readonly id: string;
  readonly words: PassageWords;
  /** Its own score, 0 upwards. */
  readonly score: number;
}

export interface Arranged<P extends Arrangeable> {
  readonly passage: P;
  /** Never above that of the one before. */
  readonly score: number;
  /** Whether a passage before it names its heading. */
  readonly named: boolean;
}

/** Round figures, not tuned: on both question sets of bench/retrieval anything from half to twice of each is as good. */
export const ARRANGING = { fresh: 0.2, named: 0.2 };
/** Of a word that a passage has given, this share is no longer missing: another passage may say more of it. */
const SETTLED = 0.8;
/** Names are followed from so many first passages; the later ones are rarely to the point themselves. */
const FOLLOWED = 5;
/** A heading that more than a tenth of the passages speak of ("Contact", the company's own name) leads nowhere. */
const COMMONPLACE = { share: 0.1, least: 5 };

/** Weight of each word of a question by its rarity among the passages; in sum 1, or none when there is no word. */
export function termWeights(terms: ReadonlySet<string>, passages: readonly PassageWords[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const term of terms) {
    const having = passages.filter(({ stems }) => stems.has(term)).length;
    weights.set(term, Math.log(1 + (passages.length - having + 0.5) / (having + 0.5)));
  }
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
  return new Map([...weights].map(([term, weight]) => [term, weight / sum]));
}

/** The share of the question that a passage speaks of, 0 to 1 for weights that sum to 1. */
export function coverage(weights: ReadonlyMap<string, number>, { stems }: PassageWords): number {
  let sum = 0;
  for (const [term, weight] of weights) if (stems.has(term)) sum += weight;
  return sum;
}

/** The first `places` in order; the passages that got none are left out. */
export function arrange<P extends Arrangeable>(
  passages: readonly P[],
  weights: ReadonlyMap<string, number>,
  places: number,
): Arranged<P>[] {
  const missing = new Map(weights);
  const left = new Set(passages);
  const named = new Set<P>();
  const arranged: Arranged<P>[] = [];
  while (arranged.length < places && left.size > 0) {
    let best: { passage: P; score: number } | undefined;
    for (const passage of left) {
      const score =
        passage.score + ARRANGING.fresh * coverage(missing, passage.words) + (named.has(passage) ? ARRANGING.named : 0);
      if (!best || score > best.score || (score === best.score && passage.id < best.passage.id)) {
        best = { passage, score };
      }
    }
    const { passage, score } = best!;
    left.delete(passage);
    arranged.push({
      passage,
      score: Math.min(score, arranged.at(-1)?.score ?? score),
      named: named.has(passage),
    });
    for (const [term, weight] of missing) {
      if (passage.words.stems.has(term)) missing.set(term, weight * (1 - SETTLED));
    }
    if (arranged.length > FOLLOWED) continue;
    for (const other of left) if (names(passage, other) && telling(other, passages)) named.add(other);
  }
  return arranged;
}

function names(passage: Arrangeable, other: Arrangeable): boolean {
  const { name } = other.words;
  // Passages below one heading name each other by it all the time.
  return name !== '' && name !== passage.words.name && passage.words.line.includes(name);
}

function telling({ words: { name } }: Arrangeable, passages: readonly Arrangeable[]): boolean {
  const speaking = passages.filter(({ words }) => words.line.includes(name)).length;
  return speaking <= Math.max(COMMONPLACE.least, COMMONPLACE.share * passages.length);
}
