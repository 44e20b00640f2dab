import { wordsOf } from '../text/languages.ts';
import { Stemmer } from '../text/stems.ts';
import { headingTerms } from './heading-terms.ts';
import { type PageReading, type Place, placeOf } from './read-pages.ts';
import type { WordForms } from './word-forms.ts';

/** A thing that a page speaks of. */
export interface Entity {
  /** As the page writes it. */
  readonly name: string;
  /** How often, and where first. */
  readonly mentions: number;
  readonly place: Place;
  /** Stands in the title, a heading or the head of a table. */
  readonly isProminent: boolean;
  /** Told by its form as a name, by a heading, or by being said again and again, which every ordinary word may be too. */
  readonly kind: 'name' | 'heading' | 'term';
}

const LONGEST_NAME = 4;
const LEAST_MENTIONS = 2;
/** German writes every noun with a capital; there a capital alone makes no name. */
const NOUNS_CAPITALISED = new Set(['de']);
/** Small words within a name: "Deutsche Gesellschaft für Ernährung", "Bank of England". */
const LINKS = /^(?:of|and|the|for|de|la|le|di|van|von|der|die|das|für|und|zu|&)$/i;
const NEVER =
  /^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|januar|februar|märz|mai|juni|juli|oktober|dezember|i|pdf|faq|ok|q|a|english|german)$/i;

/**
 * Names and subject terms of a page: runs of capitalised words within a sentence (where the language does not capitalise
 * every noun), acronyms and names with figures ("ISO 9001", "Type 55"), and the words of its headings. A name counts from
 * one mention in a heading, or from two anywhere; a term once its heading is taken up by the text.
 */
export function entitiesOf(page: PageReading, forms: WordForms): Entity[] {
  const stemmer = new Stemmer(page.language);
  const site = siteWords(page);
  const found = new Map<string, { name: string; places: Place[]; isProminent: boolean; isName: boolean }>();
  const note = (name: string, by: { place: Place; isProminent: boolean; isName: boolean }) => {
    const key = keyOf(name, stemmer);
    if (key === '' || wordsOf(name).every((word) => site.has(word) || stemmer.isStopWord(word))) return;
    const known = found.get(key);
    if (!known) found.set(key, { name, places: [by.place], isProminent: by.isProminent, isName: by.isName });
    else {
      known.places.push(by.place);
      known.isProminent ||= by.isProminent;
      known.isName ||= by.isName;
    }
  };
  const openings: Array<{ name: string; place: Place }> = [];
  for (const { kind, text, line } of page.blocks) {
    const isHeading = kind === 'heading';
    const place = placeOf({ text, line });
    const [head = ''] = kind === 'table' ? text.split('\n') : [''];
    const names = namesIn(text, { capitals: !NOUNS_CAPITALISED.has(page.language) && !isHeading });
    for (const name of names.within) note(name, { place, isProminent: isHeading || head.includes(name), isName: true });
    for (const name of names.opening) openings.push({ name, place });
    if (isHeading)
      for (const term of headingTerms(text, { language: page.language, stemmer, forms }))
        note(term, { place, isProminent: true, isName: false });
  }
  // A capital at the beginning of a sentence is a name's where the name is known from within another.
  for (const { name, place } of openings) {
    if (found.get(keyOf(name, stemmer))?.isName) note(name, { place, isProminent: false, isName: true });
  }
  const bodies = page.blocks.filter(({ kind }) => kind !== 'heading');
  return [...found.values()]
    .map(({ name, places, isProminent, isName }) => {
      // A term of a heading counts again wherever the text takes it up.
      const inText = isName ? places : [...places, ...mentionsIn(bodies, name, stemmer)];
      return { name, mentions: inText.length, place: places[0]!, isProminent, isName };
    })
    .filter(({ mentions, isProminent, isName }) => mentions >= LEAST_MENTIONS || (isName && isProminent))
    .sort(
      (left, right) =>
        Number(right.isProminent) - Number(left.isProminent) ||
        right.mentions - left.mentions ||
        (left.name < right.name ? -1 : 1),
    )
    .map(({ isName, ...entity }): Entity => ({ ...entity, kind: isName ? 'name' : 'heading' }));
}

/** Where a page speaks of a thing, by the stems of its words one behind the other; undefined where it does not. */
export function findEntity(page: PageReading, name: string): Place | undefined {
  const stemmer = new Stemmer(page.language);
  const [place] = mentionsIn([{ text: page.title }, ...page.blocks], name, stemmer);
  return place;
}

function mentionsIn(
  blocks: ReadonlyArray<{ readonly text: string; readonly line?: number }>,
  name: string,
  stemmer: Stemmer,
): Place[] {
  const wanted = ` ${keyOf(name, stemmer)} `;
  return blocks.filter(({ text }) => ` ${keyOf(text, stemmer)} `.includes(wanted)).map(placeOf);
}

/** Stems of all words that carry content, in order. */
function keyOf(text: string, stemmer: Stemmer): string {
  return wordsOf(text)
    .filter((word) => !stemmer.isStopWord(word))
    .map((word) => stemmer.stem(word))
    .join(' ');
}

/** The site's own name is no subject of its pages. */
function siteWords({ host }: PageReading): ReadonlySet<string> {
  const labels = host.split('.').slice(0, -1);
  return new Set([...labels.flatMap((label) => wordsOf(label)), ...labels.map((label) => label.replaceAll('-', ''))]);
}

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’&+.-]*/gu;

/** Runs of words that look like names. The first word of a sentence is one only where the run goes on. */
function namesIn(
  text: string,
  { capitals }: { readonly capitals: boolean },
): { readonly within: readonly string[]; readonly opening: readonly string[] } {
  const within: string[] = [];
  const opening: string[] = [];
  for (const { text: piece, opens } of pieces(text)) {
    const words = [...piece.matchAll(WORD)].map(([word]) => word.replace(/[.'’-]+$|['’]s$/u, ''));
    for (let at = 0; at < words.length; at++) {
      const run: string[] = [];
      while (at + run.length < words.length && run.length < LONGEST_NAME) {
        const word = words[at + run.length]!;
        const next = words[at + run.length + 1] ?? '';
        const joins = run.length > 0 && LINKS.test(word) && isNameWord(next, capitals);
        const counts = run.length > 0 && /^\d[\d.:-]*$/.test(word);
        if (!isNameWord(word, capitals) && !joins && !counts) break;
        run.push(word);
      }
      if (run.length === 0) continue;
      const isOpening = opens && at === 0 && run.length === 1 && !isAcronym(run[0]!);
      const name = run.join(' ');
      if (!run.every((word) => NEVER.test(word) || /^\d/.test(word)) && name.length >= 2)
        (isOpening ? opening : within).push(name);
      at += run.length - 1;
    }
  }
  return { within, opening };
}

/** Sentences, cells and items, cut again at commas and brackets; `opens`: a capital may be due to the place alone. */
function pieces(text: string): Array<{ readonly text: string; readonly opens: boolean }> {
  return text
    .split(/(?<=[.!?:;])\s+|\n|\s\|\s|•/)
    .flatMap((sentence) => sentence.split(/[,()/–—"„“”]/).map((part, at) => ({ text: part, opens: at === 0 })));
}

const isAcronym = (word: string): boolean => /^(?=.*\p{Lu}.*[\p{Lu}\p{N}])[\p{Lu}\p{N}&+.-]{2,}$/u.test(word);

function isNameWord(word: string, capitals: boolean): boolean {
  return isAcronym(word) || (capitals && /^\p{Lu}[\p{Ll}\p{M}]/u.test(word) && !NEVER.test(word));
}
