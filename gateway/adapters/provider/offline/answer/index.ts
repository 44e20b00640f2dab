/**
 * Answers a question with sentences of the passages given, or says that none of them answers it.
 *
 * How sure it is comes from five observations (`Evidence`) by a logistic formula with round weights; the weights and
 * the threshold were set on HotpotQA (100 questions of two steps, 994 passages): gold passages among the best of BM25
 * against the same without any gold passage. What was measured stands in README.md of this folder's provider.
 */

import { type Question, readQuestion } from './question.ts';
import { type Passage, type RankedSentence, rank } from './rank.ts';

export type { Passage } from './rank.ts';

/** Vectors of unit length for texts, in order. */
export type Embed = (texts: readonly string[], signal?: AbortSignal) => Promise<readonly Float32Array[]>;

export interface AnswerOptions {
  /** Refine the choice of passages by meaning. */
  readonly embed?: Embed;
  readonly signal?: AbortSignal;
  /** Below it the question counts as unanswered. 0..1, default 0.5. */
  readonly threshold?: number;
  /** Passages cited at most. Default 4. */
  readonly maxPassages?: number;
}

export interface ExtractiveAnswer {
  readonly answered: boolean;
  /** 0..1. */
  readonly confidence: number;
  readonly question: Question;
  /** Best passage first, its sentences in reading order; empty when unanswered. */
  readonly sentences: readonly RankedSentence[];
}

/** Most false refusals that were allowed when it was set: .1; see README.md for the curve. */
export const REFUSAL_THRESHOLD = 0.5;

const WEIGHTS = { covered: 2, phrased: 0.5, titled: 1.8, focused: 1.6, dense: 2 } as const;
const BIAS = -3.9;
const MAX_PASSAGES = 200;

export async function answerFrom(
  question: string,
  passages: readonly Passage[],
  options: AnswerOptions = {},
): Promise<ExtractiveAnswer> {
  const read = readQuestion(question);
  const considered = passages.slice(0, MAX_PASSAGES);
  const similarities = await similaritiesOf(question, considered, options);
  const ranking = rank(read, considered, { maxPassages: options.maxPassages ?? 4, similarities });
  const confidence = read.terms.length === 0 || ranking.sentences.length === 0 ? 0 : confidenceOf(ranking.evidence);
  const answered = confidence >= (options.threshold ?? REFUSAL_THRESHOLD);
  return { answered, confidence, question: read, sentences: answered ? inReadingOrder(ranking.sentences) : [] };
}

function confidenceOf(evidence: Record<keyof typeof WEIGHTS, number>): number {
  const names = Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[];
  const sum = names.reduce((total, name) => total + WEIGHTS[name] * evidence[name], BIAS);
  return 1 / (1 + Math.exp(-sum));
}

/** A model that cannot be had makes the answer a little worse, never impossible. */
async function similaritiesOf(
  question: string,
  passages: readonly Passage[],
  { embed, signal }: AnswerOptions,
): Promise<readonly number[] | undefined> {
  if (!embed || passages.length === 0) return undefined;
  try {
    const texts = [question, ...passages.map(({ title, text }) => (title ? `${title}\n${text}` : text))];
    const [asked, ...others] = await embed(texts, signal);
    return others.map((other) => other.reduce((sum, value, at) => sum + value * (asked?.[at] ?? 0), 0));
  } catch (error) {
    if (signal?.aborted) throw error;
    return undefined;
  }
}

/** Passages keep their order; a second sentence that hardly touches the question is left out. */
function inReadingOrder(sentences: readonly RankedSentence[]): RankedSentence[] {
  const best = Math.max(...sentences.map(({ score }) => score));
  const passages = [...new Set(sentences.map(({ passage }) => passage))];
  return passages.flatMap((passage) => {
    const [first, ...others] = sentences.filter((sentence) => sentence.passage === passage);
    const kept = [first!, ...others.filter(({ score }) => score >= 0.25 * best)];
    return kept.sort((a, b) => a.start - b.start);
  });
}
