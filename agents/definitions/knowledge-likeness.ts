import { LANGUAGES, wordsOf } from '#platform';

/** A text as it can be compared with others: stems of its telling words, its numbers, and whether it denies. */
export interface Statement {
  readonly stems: ReadonlySet<string>;
  /** Numbers by the word that follows them: `16 months` counts the same thing as `12 months`. */
  readonly amounts: ReadonlyMap<string, ReadonlySet<string>>;
  readonly denies: boolean;
}

/** Packs are written in English. */
const { stem, stopWords } = LANGUAGES.en;
const DENIALS = new Set(['not', 'no', 'never', 'nothing', 'neither', 'nor', 'cannot', 'without']);
/** A statement with fewer words says too little to be held against another. */
const MIN_STEMS = 4;
const NUMBER = /^\d/;

/** Reads one sentence or text. */
export function statementOf(text: string): Statement {
  const words = wordsOf(text);
  const telling = words.filter((word) => !stopWords.has(word) && !DENIALS.has(word) && !NUMBER.test(word));
  const amounts = new Map<string, Set<string>>();
  for (const [, number, unit] of text.toLowerCase().matchAll(/(\d[\d.,]*)\s*(%|\p{L}+)/gu)) {
    const of = unit === '%' ? '%' : stem(unit!);
    amounts.set(of, (amounts.get(of) ?? new Set()).add(number!.replace(/[.,]+$/, '')));
  }
  return { stems: new Set(telling.map(stem)), amounts, denies: words.some((word) => DENIALS.has(word)) };
}

export function statementsOf(text: string): Statement[] {
  return text
    .split(/(?<=[.!?;])\s+/)
    .map(statementOf)
    .filter(({ stems }) => stems.size >= MIN_STEMS);
}

/** Share of common words, 0 to 1 (Jaccard). */
export function likeness(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const common = [...left].filter((word) => right.has(word)).length;
  const all = left.size + right.size - common;
  return all === 0 ? 1 : common / all;
}

/** Why two statements about the same thing cannot both hold; undefined when nothing shows that. */
export function conflictOf(left: Statement, right: Statement): string | undefined {
  if (left.denies !== right.denies) return 'one denies what the other says';
  for (const [unit, numbers] of left.amounts) {
    const others = right.amounts.get(unit);
    if (others && ![...numbers].some((number) => others.has(number)))
      return `one says ${[...numbers].join(', ')} and the other ${[...others].join(', ')} (${unit})`;
  }
  return undefined;
}
