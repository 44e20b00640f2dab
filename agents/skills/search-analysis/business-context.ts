import type { InputText } from '../read-input.ts';
import { type Language, languageOf, wordsOf } from '../text/languages.ts';
import { Stemmer } from '../text/stems.ts';

/** What is known of the business, cut for comparison. */
export interface BusinessContext {
  readonly language: Language;
  /** Stems of content words, with how often each occurs. */
  readonly stems: ReadonlyMap<string, number>;
  /** Sentences and list items with three words or more, at most 60. */
  readonly sentences: readonly string[];
  /** Words that may be the business's name, lower case: capitalised in the first heading, or mid-sentence anywhere. */
  readonly names: ReadonlySet<string>;
  /** Those of them in the first heading: most likely the name itself. */
  readonly titleNames: ReadonlySet<string>;
  /** Names of several words as the text writes them, lower case, `&` and the like among them: at most 60. */
  readonly fullNames: ReadonlyArray<readonly string[]>;
  /** Domains that the text names, lower case. */
  readonly hosts: readonly string[];
  /** Distinct content stems: below `ENOUGH_STEMS` nothing is called foreign. */
  readonly isEnough: boolean;
}

/** Some four sentences. With fewer words the absence of a word says nothing. */
export const ENOUGH_STEMS = 25;

export function understandContext(input: InputText | undefined): BusinessContext {
  const text = input?.text ?? '';
  const language = languageOf(text);
  const stemmer = new Stemmer(language);
  const stems = new Map<string, number>();
  for (const word of wordsOf(text)) {
    if (stemmer.isStopWord(word) || word.length < 2) continue;
    const stem = stemmer.stem(word);
    stems.set(stem, (stems.get(stem) ?? 0) + 1);
  }
  return {
    language,
    stems,
    sentences: sentencesOf(text),
    names: namesOf(input, stemmer),
    titleNames: titleNamesOf(input, stemmer),
    fullNames: fullNamesOf(text),
    hosts: [...new Set([...text.matchAll(DOMAIN)].map(([host]) => host.toLowerCase()))],
    isEnough: stems.size >= ENOUGH_STEMS,
  };
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => wordsOf(sentence).length >= 3)
    .slice(0, 60);
}

const DOMAIN = /(?<![\p{L}\p{N}.-])(?:[\p{L}\p{N}][\p{L}\p{N}-]*\.)+\p{L}{2,}(?![\p{L}\p{N}])/gu;
const CAPITALISED = "\\p{Lu}[\\p{L}\\p{M}\\p{N}'’]*";
const FULL_NAME = new RegExp(`${CAPITALISED}(?:[ -](?:(?:&|\\+|and|und|et|y|e|en|og|och) )?${CAPITALISED}){1,3}`, 'gu');
const MOST_FULL_NAMES = 60;

function fullNamesOf(text: string): string[][] {
  const found = new Set([...text.matchAll(FULL_NAME)].map(([name]) => name.toLowerCase()));
  return [...found].slice(0, MOST_FULL_NAMES).map((name) => name.split(/[ -]+/));
}

function titleNamesOf(input: InputText | undefined, stemmer: Stemmer): Set<string> {
  const words = [...(input?.headings[0] ?? '').matchAll(/\p{Lu}[\p{L}\p{N}]+/gu)].map(([word]) => word.toLowerCase());
  return new Set(words.filter((word) => word.length >= 3 && !stemmer.isStopWord(word)));
}

function namesOf(input: InputText | undefined, stemmer: Stemmer): Set<string> {
  const names = titleNamesOf(input, stemmer);
  if (!input) return names;
  // Mid-sentence capitals: names in most languages; in German every noun, which the click-through then sorts out.
  for (const [, word] of input.text.matchAll(/[\p{Ll},;:] (\p{Lu}[\p{L}\p{N}]+)/gu)) names.add(word!.toLowerCase());
  // The first word of a sentence is no evidence by itself, unless it begins several of them.
  const openings = new Map<string, number>();
  for (const [, word] of input.text.matchAll(/(?:^|[.!?]\s+|\n)(\p{Lu}[\p{L}\p{N}]+)/gu)) {
    openings.set(word!.toLowerCase(), (openings.get(word!.toLowerCase()) ?? 0) + 1);
  }
  for (const [word, count] of openings) if (count >= 2) names.add(word);
  for (const name of names) if (stemmer.isStopWord(name) || name.length < 3) names.delete(name);
  return names;
}
