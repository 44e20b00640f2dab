/** Which sentences answer a question, and how much speaks for it. */
import { hasShape, type Question } from './question.ts';
import { type Span, sentencesOf } from './sentences.ts';
import { wordsOf } from './words.ts';

export interface Passage {
  readonly title?: string;
  readonly text: string;
}

export interface RankedSentence extends Span {
  /** Place of the passage in the list, from 0. */
  readonly passage: number;
  readonly score: number;
}

export interface Evidence {
  /** Weighted share of the question's words found in the chosen passages, 0..1. */
  readonly covered: number;
  /** Share of the question's names that stand in a chosen passage, word by word, 0..1; `dense` where there is no name. */
  readonly phrased: number;
  /** Share of the names, beside those most passages hold, that are a chosen passage's title; `dense` likewise. */
  readonly titled: number;
  /** The best single passage's share of the question's words, 0..1. */
  readonly focused: number;
  /** The best single sentence's share, 0..1. */
  readonly dense: number;
}

export interface Ranking {
  /** Best first; at most `sentencesPerPassage` of each of at most `maxPassages`. */
  readonly sentences: readonly RankedSentence[];
  readonly evidence: Evidence;
}

export interface RankOptions {
  readonly maxPassages?: number;
  readonly sentencesPerPassage?: number;
  /** Cosine of each passage to the question, in order. */
  readonly similarities?: readonly number[];
}

interface ReadSentence {
  readonly text: string;
  readonly stems: ReadonlySet<string>;
  /** Of the header, where it is a row: it tells what the cells are, as a title does. */
  readonly above: ReadonlySet<string>;
}

interface Read {
  /** Every stem of title and text in order, between spaces. */
  readonly line: string;
  readonly title: ReadonlySet<string>;
  readonly all: ReadonlySet<string>;
  readonly sentences: ReadonlyArray<Span & ReadSentence>;
}

/** What a word in the title is worth to each sentence below it: the title tells what "it" and "he" are. */
const TITLE_SHARE = 0.7;
const NEIGHBOUR_SHARE = 0.3;
const SHAPE_BONUS = 0.12;
/** A passage named in one already chosen is where a question of two steps goes on. */
const BRIDGE_BONUS = 0.25;
const NEAR_BONUS = 0.3;
/** Passages below this share of the best one's score are not cited. */
const RELATIVE_FLOOR = 0.3;

export function rank(question: Question, passages: readonly Passage[], options: RankOptions = {}): Ranking {
  const read = passages.map((passage) => readPassage(passage, question));
  const weights = weigh(question, read);
  const total = sum([...weights.values()]) || 1;
  const share = (stems: ReadonlySet<string>) =>
    sum([...weights].map(([stem, weight]) => weight * found(stem, stems))) / total;

  const chosen: { passage: number; score: number }[] = [];
  const left = new Set(read.keys());
  const max = options.maxPassages ?? 4;
  const rest = new Map(weights);
  while (chosen.length < max && left.size > 0) {
    let best: { passage: number; score: number } | undefined;
    for (const passage of left) {
      const { all, title } = read[passage]!;
      const fresh = sum([...rest].map(([stem, weight]) => weight * found(stem, all))) / total;
      const similarity = NEAR_BONUS * Math.max(0, options.similarities?.[passage] ?? 0);
      const linked = chosen.some((other) => bridges(read[other.passage]!, { all, title })) ? BRIDGE_BONUS : 0;
      const score = 0.5 * fresh + 0.3 * share(all) + 0.4 * densest(read[passage]!, share) + similarity + linked;
      if (!best || score > best.score) best = { passage, score };
    }
    if (!best || (chosen[0] && best.score < RELATIVE_FLOOR * chosen[0].score)) break;
    left.delete(best.passage);
    if (best.score <= 0) break;
    chosen.push(best);
    for (const [stem, weight] of rest) rest.set(stem, weight * (1 - 0.8 * found(stem, read[best.passage]!.all)));
  }

  const shaped = question.shape !== 'any' && question.shape !== 'yes-no';
  const sentences = chosen.flatMap(({ passage, score }) => {
    const own = read[passage]!;
    const ranked = own.sentences
      .map(({ start, end, text, row }, at): RankedSentence & { readonly at: number } => {
        const bonus = shaped && hasShape(text, question.shape) ? SHAPE_BONUS : 0;
        // Among equals the better passage first, and in it the earlier sentence.
        const worth = sentenceShare(own, at, share) + bonus + 0.01 * score - 0.001 * at;
        return { passage, start, end, row, at, score: worth };
      })
      .sort((a, b) => b.score - a.score);
    const [first, ...others] = ranked;
    if (!first) return [];
    const said = own.sentences[first.at]!;
    const bearing = others.filter(({ at }) => {
      const { stems, text } = own.sentences[at]!;
      const more =
        share(new Set([...said.stems, ...own.title, ...stems])) - share(new Set([...said.stems, ...own.title]));
      if (more > 0.01) return true;
      return shaped && hasShape(text, question.shape) && !hasShape(said.text, question.shape);
    });
    return [first, ...bearing.slice(0, (options.sentencesPerPassage ?? 2) - 1)].map(({ at, ...sentence }) => sentence);
  });
  return { sentences, evidence: evidenceOf(question, read, { passages: chosen.map(({ passage }) => passage), share }) };
}

function evidenceOf(
  { names }: Question,
  read: readonly Read[],
  chosen: { readonly passages: readonly number[]; readonly share: (stems: ReadonlySet<string>) => number },
): Evidence {
  const { share } = chosen;
  const cited = chosen.passages.map((passage) => read[passage]!);
  const dense = Math.max(0, ...cited.map((passage) => densest(passage, share)));
  const telling = names.filter((name) => !commonplace(name, read));
  return {
    covered: share(new Set(cited.flatMap(({ all }) => [...all]))),
    phrased: shareOf(names, (name) => cited.some(({ line }) => line.includes(` ${name.join(' ')} `)), dense),
    titled: shareOf(telling, (name) => cited.some(({ title }) => isTitle(name, title)), dense),
    focused: Math.max(0, ...cited.map(({ all }) => share(all))),
    dense,
  };
}

function densest(read: Read, share: (stems: ReadonlySet<string>) => number): number {
  return Math.max(0, ...read.sentences.map((_, at) => sentenceShare(read, at, share)));
}

function readPassage(passage: Passage, { language, terms }: Question): Read {
  const telling = (text: string) => {
    const stems = new Set(wordsOf(text, language).flatMap((word) => (word.stop ? [] : [word.stem])));
    if (language !== 'de') return stems;
    // `Urlaubstage` holds the word `Tage`: in German what is asked for is the end of a compound.
    for (const { stem } of terms) {
      if (stem.length >= 3 && [...stems].some((one) => one.length >= stem.length + 4 && one.endsWith(stem)))
        stems.add(stem);
    }
    return stems;
  };
  const title = telling(passage.title ?? '');
  const sentences = sentencesOf(passage.text).map((span) => {
    const text = passage.text.slice(span.start, span.end);
    const above = span.row ? telling(span.row.header.join(' ')) : new Set<string>();
    return { ...span, text, stems: telling(text), above };
  });
  const line = ` ${wordsOf(`${passage.title ?? ''} \u2022 ${passage.text}`, language)
    .flatMap((word) => (word.stop ? [] : [word.stem]))
    .join(' ')} `;
  const all = new Set([...title, ...sentences.flatMap(({ stems, above }) => [...stems, ...above])]);
  return { line, title, sentences, all };
}

/** Rare among the given passages counts more; what none of them has counts most, and so speaks against an answer. */
function weigh(question: Question, read: readonly Read[]): Map<string, number> {
  return new Map(
    question.terms.map(({ stem, weight }) => {
      const having = read.filter(({ all }) => found(stem, all) > 0.9).length;
      return [stem, weight * (0.5 + Math.log(1 + (read.length - having + 0.5) / (having + 0.5)))];
    }),
  );
}

function sentenceShare(read: Read, at: number, share: (stems: ReadonlySet<string>) => number): number {
  const { stems: own, above, row } = read.sentences[at]!;
  const withTitle = share(new Set([...own, ...above, ...read.title]));
  const plain = share(own);
  // A row says nothing about the one below it.
  const before = at > 0 && !row ? share(new Set([...own, ...read.sentences[at - 1]!.stems])) - plain : 0;
  return plain + TITLE_SHARE * (withTitle - plain) + NEIGHBOUR_SHARE * before;
}

/** One of the two is named, whole, in the other's text. */
function bridges(
  a: { all: ReadonlySet<string>; title: ReadonlySet<string> },
  b: { all: ReadonlySet<string>; title: ReadonlySet<string> },
): boolean {
  const names = (title: ReadonlySet<string>, text: ReadonlySet<string>) =>
    title.size > 0 && [...title].every((stem) => text.has(stem));
  return names(a.title, b.all) || names(b.title, a.all);
}

/** 1 for the word itself, less for a longer word that begins or ends with it, or the other way round (`Urlaubstage`). */
function found(stem: string, stems: ReadonlySet<string>): number {
  if (stems.has(stem)) return 1;
  if (stem.length < 5) return 0;
  for (const other of stems) {
    if (other.length < 5) continue;
    if (other.startsWith(stem) || stem.startsWith(other)) return 0.6;
    if (other.endsWith(stem) || stem.endsWith(other)) return 0.4;
  }
  return 0;
}

/** A name that most passages hold (the company's own, say) tells none of them apart. */
function commonplace(name: readonly string[], read: readonly Read[]): boolean {
  return read.filter(({ all }) => name.every((stem) => all.has(stem))).length > read.length / 2;
}

/** Most of the title's words are the name's, or the other way round: `Nolan`, `Christopher Nolan (director)`. */
function isTitle(name: readonly string[], title: ReadonlySet<string>): boolean {
  const common = name.filter((stem) => title.has(stem)).length;
  return common >= Math.max(1, 0.6 * Math.max(name.length, title.size - 1));
}

function shareOf<T>(items: readonly T[], holds: (item: T) => boolean, ofNone: number): number {
  return items.length === 0 ? ofNone : items.filter(holds).length / items.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
