import nlp from 'compromise/two';
import { nameKey } from './names.ts';
import type { Finding } from './types.ts';

const TAGS = [
  { tag: '#Person+', kind: 'person' },
  { tag: '#Place+', kind: 'place' },
  { tag: '#Organization+', kind: 'organisation' },
] as const;

/** Two capitalised words in a row, or one inside a sentence: without either there is no name to find. */
const MAY_NAME = /\p{Lu}[\p{L}'’-]+\s+\p{Lu}\p{Ll}|[\p{Ll}\d,;:)]\s+\p{Lu}\p{Ll}/u;
const SENTENCE = /[^.!?\n]+[.!?]*\s*/gu;
const CAPITALISED = /^\p{Lu}[\p{L}'’.-]*$/u;
/** Parts of the language model's words that it takes for places or bodies, and that are neither by themselves. */
const NOT_NAMES =
  /^(?:Mr|Mrs|Ms|Dr|Sir|Street|Road|North|South|East|West|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|English|German|French|Irish|British)$/;

const STREET = / (?:Street|Road|Lane|Avenue|Square|Mews|Park|Mills|Gardens|Close|Terrace|Drive|Quay|Bridge)$/;

interface Offset {
  readonly offset?: { readonly start: number; readonly length: number };
  readonly text: string;
}

/**
 * People, places and organisations in English by parts of speech. Of what the language model offers only names whose
 * every word is capitalised are kept, people and organisations of at least two words: on the example handbook that
 * removed every wrong one but kept every person.
 */
export function findNames(text: string): Finding[] {
  const found: Finding[] = [];
  for (const sentence of text.matchAll(SENTENCE)) {
    if (!MAY_NAME.test(sentence[0])) continue;
    const document = nlp(sentence[0]);
    for (const { tag, kind } of TAGS) {
      for (const { text: words, offset } of document.match(tag).json({ offset: true }) as Offset[]) {
        if (!offset) continue;
        const named = nameWithin(words, kind);
        if (!named) continue;
        const start = sentence.index + sentence[0].indexOf(named, offset.start);
        if (text.slice(start, start + named.length) !== named) continue;
        const street = STREET.test(named);
        const confidence = kind === 'organisation' ? 0.55 : 0.65;
        found.push({
          kind: street ? 'place' : kind,
          text: named,
          start,
          end: start + named.length,
          normalised: nameKey(named),
          confidence,
          origin: 'language',
        });
      }
    }
  }
  return found;
}

function nameWithin(words: string, kind: 'person' | 'place' | 'organisation'): string | undefined {
  const named = words
    .trim()
    .replace(/['’]s(?=$|[^\p{L}])/gu, '')
    .replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const parts = named.split(/\s+/);
  if (parts.some((part) => !CAPITALISED.test(part))) return undefined;
  if (parts.length < (kind === 'place' ? 1 : 2) || parts.length > 4 || NOT_NAMES.test(named)) return undefined;
  return named;
}
