import type { Pace } from '#platform';
import type { BusinessContext } from '../search-analysis/business-context.ts';
import { quantile } from '../search-analysis/statistics.ts';
import type { Finding, Fit, Query } from '../search-analysis/types.ts';

export type Embed = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

/** The offline embedder reads some 200 short queries a second. */
const MOST_OPEN = 400;
const EMBEDDED_AT_ONCE = 8;
const MOST_REFERENCES = 200;
const LEAST_REFERENCES = 20;
const NEIGHBOURS = 5;
/** As close as the typical query on topic is to the others. */
const CLOSE = 0.5;
/** Farther than nine of ten queries on topic are from the others. */
const FAR = 0.1;
/** Share of a query's meaning, by rarity of words, that no other query of the export has. */
const ALONE = 0.6;

export interface MeaningOptions {
  /** Indexes of the queries to be told, in the embedder's language. */
  readonly open: readonly number[];
  readonly fits: readonly Fit[];
  readonly stems: ReadonlyArray<readonly string[]>;
  readonly context: BusinessContext;
  readonly findings: readonly Finding[];
  readonly namesakes: readonly number[];
  readonly embed: Embed;
  readonly pace: Pace;
}

interface Relations {
  readonly relations: ReadonlyMap<number, { readonly fit: Fit; readonly reason: string }>;
  readonly notes: readonly string[];
}

/**
 * Compares meanings. How close is close is told by the export itself: the queries already on topic are compared with each
 * other (leaving out those that share words), and their distances are the scale. A query is foreign only when it is
 * farther off than nine of ten of them and, besides, its words stand alone in the export: vectors of short texts by
 * themselves put one foreign query in three among the topical ones, and topical ones in rare words among the foreign.
 */
export async function relateByMeaning(queries: readonly Query[], options: MeaningOptions): Promise<Relations> {
  const { fits, stems, context, pace } = options;
  const byImpressions = (left: number, right: number) => queries[right]!.impressions - queries[left]!.impressions;
  const first = new Set([...options.findings.map(({ index }) => index), ...options.namesakes]);
  const isAlone = loneliness(stems);
  // What might be foreign is looked at before what might at most be confirmed.
  const rank = (index: number) => (first.has(index) ? 0 : isAlone(index) ? 1 : 2);
  const open = [...options.open].sort((a, b) => rank(a) - rank(b) || byImpressions(a, b)).slice(0, MOST_OPEN);
  const references = distinct(
    fits.flatMap((fit, index) => (fit === 'on_topic' ? [index] : [])).sort(byImpressions),
    stems,
  ).slice(0, MOST_REFERENCES);
  if (references.length < LEAST_REFERENCES) {
    const note = `Only ${references.length} queries share words with the business context, too few to tell how close in meaning the others are: they count as unknown.`;
    return { relations: new Map(), notes: [note] };
  }
  const text = (index: number) => queries[index]!.query;
  const vectors = await embedded([...context.sentences, ...references.map(text), ...open.map(text)], options);
  const known = vectors.slice(0, context.sentences.length + references.length);
  const knownStems = [...context.sentences.map(() => []), ...references.map((index) => stems[index]!)];
  const closeness = (vector: Float32Array, own: readonly string[]): number => {
    const near = known.flatMap((other, at) =>
      knownStems[at]!.some((stem) => own.includes(stem)) ? [] : [dot(vector, other)],
    );
    near.sort((left, right) => right - left);
    return near.slice(0, NEIGHBOURS).reduce((sum, one) => sum + one, 0) / NEIGHBOURS;
  };
  const scale: number[] = [];
  for (const [at, index] of references.entries()) {
    if (pace.isDue()) await pace.rest();
    scale.push(closeness(known[context.sentences.length + at]!, stems[index]!));
  }
  scale.sort((left, right) => left - right);
  const [far, close] = [quantile(scale, FAR), quantile(scale, CLOSE)];
  const relations = new Map<number, { fit: Fit; reason: string }>();
  for (const [at, index] of open.entries()) {
    if (pace.isDue()) await pace.rest();
    const value = closeness(vectors[known.length + at]!, stems[index]!);
    if (value >= close) {
      relations.set(index, {
        fit: 'on_topic',
        reason: 'is as close in meaning to the queries on topic as these are to each other',
      });
    } else if (value < far && isAlone(index)) {
      const reason =
        'shares no words with the business or its other queries, and is farther off in meaning than nine of ten queries on topic';
      relations.set(index, { fit: 'foreign', reason });
    }
  }
  const rest = options.open.length - open.length;
  const notes =
    rest > 0 ? [`Meaning was compared for ${open.length} queries; ${rest} smaller ones count as unknown.`] : [];
  return { relations, notes };
}

/** In small parts: an embedder in this thread holds everything up for as long as one call takes. */
async function embedded(texts: readonly string[], { embed, pace }: MeaningOptions): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let at = 0; at < texts.length; at += EMBEDDED_AT_ONCE) {
    vectors.push(...(await embed(texts.slice(at, at + EMBEDDED_AT_ONCE))));
    await pace.rest();
  }
  return vectors;
}

/** Whether most of what a query says is said by no other query. */
function loneliness(stems: ReadonlyArray<readonly string[]>): (index: number) => boolean {
  const counts = new Map<string, number>();
  for (const own of stems) for (const stem of own) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return (index) => {
    let [lone, all] = [0, 0];
    for (const stem of stems[index]!) {
      const count = counts.get(stem)!;
      const rarity = Math.log(1 + stems.length / count);
      all += rarity;
      if (count === 1) lone += rarity;
    }
    return all > 0 && lone >= all * ALONE;
  };
}

/** One query for each set of words. */
function distinct(indexes: readonly number[], stems: ReadonlyArray<readonly string[]>): number[] {
  const seen = new Set<string>();
  return indexes.filter((index) => {
    const key = [...stems[index]!].sort().join(' ');
    return key !== '' && !seen.has(key) && seen.add(key) !== undefined;
  });
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at]! * right[at]!;
  return sum;
}
