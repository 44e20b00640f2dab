import { languageOf, wordsOf } from '../text/languages.ts';
import { overlap, Stemmer, trigrams } from '../text/stems.ts';
import type { Candidate } from './candidates.ts';

export type Embed = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

export interface Scored {
  readonly candidate: Candidate;
  /** Strength of the evidence, 0 and up; comparable between candidates of one request. */
  readonly evidence: number;
  /** 0 to 1: how sure this candidate is meant, against the others and against nobody. */
  readonly confidence: number;
  /** Words of the request that speak for it, strongest first. */
  readonly words: readonly string[];
}

/**
 * Weights of a multinomial choice between the candidates and nobody, set by hand before the test's requests were first run
 * and unchanged since: two words that only one candidate has make a clear case, a word that many have a weak one.
 */
const WEIGHTS = { words: 4, example: 3, meaning: 7, nobody: 2.2 } as const;
/** Cosines of unrelated texts in the offline embedder lie about here. */
const UNRELATED = 0.25;

/**
 * Compares a request with what each candidate says of itself, by stems weighted by how few candidates have them, by its
 * nearest example, and by meaning where an embedder is there. Deterministic. Best first.
 */
export async function scoreCandidates(
  request: string,
  { candidates, embed }: { candidates: readonly Candidate[]; embed?: Embed },
): Promise<Scored[]> {
  const texts = candidates.map(({ name, description, examples }) => [
    name.replaceAll('-', ' '),
    description,
    ...examples,
  ]);
  const language = languageOf(`${request}\n${texts.flat().join('\n')}`);
  const stemmer = new Stemmer(language);
  const own = new Map(content(request, stemmer).map((word) => [stemmer.stem(word), word]));
  const sets = texts.map(
    (lines) => new Set(lines.flatMap((line) => content(line, stemmer).map((word) => stemmer.stem(word)))),
  );
  const meanings = embed ? await closeness(request, { texts, embed }) : undefined;
  const scored = candidates.map((candidate, at) => {
    const words = matches([...own.keys()], { set: sets[at]!, sets });
    const shared = words.reduce((sum, { weight }) => sum + weight, 0);
    const example = Math.max(
      0,
      ...candidate.examples.map((text) => overlap(trigrams(content(text, stemmer)), trigrams([...own.values()]))),
    );
    const meaning = meanings ? Math.max(0, meanings[at]! - UNRELATED) : 0;
    // The second and third word add less: a long request shares words with many.
    const evidence = WEIGHTS.words * Math.tanh(shared) + WEIGHTS.example * example ** 2 + WEIGHTS.meaning * meaning;
    return { candidate, evidence, words: words.map(({ stem }) => own.get(stem)!) };
  });
  // Less one each, so that those for whom nothing speaks take no share, however many they are.
  const total = scored.reduce((sum, { evidence }) => sum + Math.expm1(evidence), Math.exp(WEIGHTS.nobody));
  return scored
    .map((one) => ({ ...one, confidence: Math.expm1(one.evidence) / total }))
    .sort((left, right) => right.evidence - left.evidence || (left.candidate.name < right.candidate.name ? -1 : 1));
}

function content(text: string, stemmer: Stemmer): string[] {
  return wordsOf(text).filter((word) => word.length > 1 && !stemmer.isStopWord(word) && !POLITE.has(word));
}

/** What every request says. */
const POLITE = new Set([
  'please',
  'need',
  'want',
  'help',
  'question',
  'hello',
  'hi',
  'thanks',
  'bitte',
  'danke',
  'hallo',
  'brauche',
  'frage',
]);

/** Stems of the request that a candidate has, weighted by rarity among candidates; related stems count half. */
function matches(
  stems: readonly string[],
  { set, sets }: { set: ReadonlySet<string>; sets: ReadonlyArray<ReadonlySet<string>> },
) {
  return stems
    .flatMap((stem) => {
      const exact = set.has(stem);
      if (!exact && !hasRelated(set, stem)) return [];
      const holders = sets.filter((other) => other.has(stem) || hasRelated(other, stem)).length;
      return [{ stem, weight: ((exact ? 1 : 0.6) * 0.8) / holders }];
    })
    .sort((left, right) => right.weight - left.weight);
}

/** "contract" and "contractor": a common beginning of five letters that is most of the longer one. */
function hasRelated(set: ReadonlySet<string>, stem: string): boolean {
  if (stem.length < 5) return false;
  for (const other of set) {
    if (other.length < 5 || other.slice(0, 5) !== stem.slice(0, 5)) continue;
    if (Math.min(other.length, stem.length) / Math.max(other.length, stem.length) >= 0.6) return true;
  }
  return false;
}

/** The nearest line of each candidate, as cosine. */
async function closeness(
  request: string,
  { texts, embed }: { texts: readonly (readonly string[])[]; embed: Embed },
): Promise<number[]> {
  const vectors = await embed([request, ...texts.flat()]);
  const [asked, ...lines] = vectors;
  let at = 0;
  return texts.map((own) => Math.max(...own.map(() => dot(asked!, lines[at++]!))));
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at++) sum += left[at]! * right[at]!;
  return sum;
}
