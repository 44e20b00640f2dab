import { wordsOf } from '../text/languages.ts';
import { Stemmer } from '../text/stems.ts';
import type { Entity } from './entities.ts';
import { isBuilding } from './heading-terms.ts';
import { type PageReading, type Place, placeOf } from './read-pages.ts';
import type { WordForms } from './word-forms.ts';

/** Words of a term at most. */
const LONGEST = 3;
const LEAST_MENTIONS = 2;
const SHORTEST_WORD = 4;
/** Languages that tell their nouns by a capital. */
const NOUNS_CAPITALISED = new Set(['de']);
const PIECES = /(?<=[.!?:;])\s+|\n|\s\|\s|[•,()/–—"„“”]/;
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*/gu;

/**
 * What a page says in two places and more, besides its names: runs of capitalised nouns in German, elsewhere one to three words
 * that carry content, none of which is part of a longer one said as often. In English no term ends in a verb form or an
 * adjective, or has a verb within ("control takes patience"). A word that says how pages are built is no term by itself.
 */
export function termsOf(page: PageReading, forms: WordForms): Entity[] {
  const stemmer = new Stemmer(page.language);
  const isNoun = NOUNS_CAPITALISED.has(page.language);
  const found = new Map<string, { name: string; places: Place[] }>();
  for (const { kind, text, line } of page.blocks) {
    if (kind === 'heading') continue;
    const place = placeOf({ text, line });
    // Once a block: what a list begins each of its items with is no subject.
    const here = new Set<string>();
    for (const piece of text.split(PIECES)) {
      const words = [...piece.matchAll(WORD)].map(([word]) => word);
      for (const run of runsOf(words, { stemmer, isNoun, forms: page.language === 'en' ? forms : undefined })) {
        const key = wordsOf(run)
          .map((word) => stemmer.stem(word))
          .join(' ');
        if (here.has(key)) continue;
        here.add(key);
        const known = found.get(key);
        if (known) known.places.push(place);
        else found.set(key, { name: run, places: [place] });
      }
    }
  }
  const often = [...found].filter(([, { places }]) => places.length >= LEAST_MENTIONS);
  return often
    .filter(([key, { places }]) => {
      const longer = often.filter(([other]) => other !== key && ` ${other} `.includes(` ${key} `));
      return !longer.some(([, one]) => one.places.length >= places.length);
    })
    .map(([, { name, places }]) => ({
      name,
      mentions: places.length,
      place: places[0]!,
      isProminent: false,
      kind: 'term' as const,
    }))
    .sort((left, right) => right.mentions - left.mentions || (left.name < right.name ? -1 : 1));
}

function* runsOf(
  words: readonly string[],
  by: { readonly stemmer: Stemmer; readonly isNoun: boolean; readonly forms: WordForms | undefined },
): Generator<string> {
  const { stemmer, isNoun, forms } = by;
  const carries = (word: string, at: number) =>
    isNoun
      ? at > 0 && /^\p{Lu}\p{Ll}/u.test(word) && word.length >= SHORTEST_WORD
      : word.length >= 3 && /\p{L}/u.test(word) && !stemmer.isStopWord(word.toLowerCase());
  for (let start = 0; start < words.length; start++) {
    for (let length = 1; length <= LONGEST && start + length <= words.length; length++) {
      const run = words.slice(start, start + length);
      if (!carries(run.at(-1)!, start + length - 1)) break;
      const [first, last] = [run[0]!.toLowerCase(), run.at(-1)!.toLowerCase()];
      if (length === 1 && (last.length < SHORTEST_WORD || isBuilding(last))) continue;
      if (forms && !(forms.canBegin(first) && forms.canEnd(last))) continue;
      if (forms && run.slice(1, -1).some((word) => forms.isVerb(word.toLowerCase()))) continue;
      yield run.join(' ');
    }
  }
}
