import { wordsOf } from '#platform';
import { visible } from '../text/shown.ts';
import { isGenericAnchor } from './generic-anchors.ts';
import type { Subject } from './subject.ts';
import { MAX_DESCRIPTION_CHARS, MAX_TITLE_PX, MIN_DESCRIPTION_CHARS, widthOf } from './title-width.ts';
import { contentWords, sentencesOf, Vocabulary } from './words.ts';

const SEPARATOR = /\s+[|–—·•»:-]\s+|\s*\|\s*|:\s+/;

/** Parts of a title between its separators. */
export const titleParts = (title: string): string[] =>
  title
    .split(SEPARATOR)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** The name of the site: as the page says it, else what titles of several own pages end in. */
export function brandOf({ page, material }: Subject): string | undefined {
  if (page.facts.siteName) return page.facts.siteName;
  const ends = material.ownPages.flatMap(({ title }) =>
    titleParts(title).length > 1 ? [titleParts(title).at(-1)!] : [],
  );
  const counts = new Map<string, number>();
  for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
  const [best] = [...counts].sort((left, right) => right[1] - left[1]);
  return best && best[1] >= 2 ? best[0] : undefined;
}

/** A title out of the page's own first heading; undefined where it has none that would do. */
export function composeTitle(subject: Subject): string | undefined {
  const { headings } = subject.page;
  const heading =
    headings.find(({ level, text }) => level === 1 && text !== '') ?? headings.find(({ text }) => text !== '');
  if (!heading) return undefined;
  const words = visible(heading.text).trim();
  const title = widthOf(words) <= MAX_TITLE_PX ? words : shortenTitle(words, subject);
  const brand = visible(brandOf(subject) ?? '') || undefined;
  if (title === undefined || brand === undefined) return title;
  const branded = `${title} | ${brand}`;
  return title.toLowerCase().includes(brand.toLowerCase()) || widthOf(branded) > MAX_TITLE_PX ? title : branded;
}

/** The part of a title that says most of the main query and fits; cut at a word at last. Only its own words. */
export function shortenTitle(long: string, subject: Subject): string | undefined {
  const { stemmer, main, page } = subject;
  const title = visible(long).trim();
  const parts = titleParts(title);
  const separators = [...title.matchAll(new RegExp(SEPARATOR, 'g'))].map((match) => match[0]);
  const leading = parts.map((_, at) =>
    parts.slice(0, at + 1).reduce((all, part, i) => `${all}${separators[i - 1] ?? ' '}${part}`),
  );
  const clauses = parts.flatMap((part) => part.split(/(?<=[,;.!?])\s+/).map((one) => one.replace(/[,;]$/, '')));
  const h1 = visible(page.headings.find(({ level }) => level === 1)?.text ?? '');
  const words = title.split(/\s+/);
  const cuts = words.map((_, at) => words.slice(0, at + 1).join(' '));
  const cut = cuts
    .filter((one) => widthOf(one) <= MAX_TITLE_PX && !stemmer.isStopWord(one.split(' ').at(-1)!.toLowerCase()))
    .at(-1);
  const fitting = [...leading.reverse(), ...parts, ...clauses, h1, cut ?? '']
    .map((one) => one.replace(/[\s,;:|–—-]+$/u, ''))
    .filter(
      (one) => one !== '' && one !== title && widthOf(one) <= MAX_TITLE_PX && contentWords(one, stemmer).length >= 2,
    );
  const said = (one: string) => (main ? new Vocabulary(one, stemmer).share(main.query) : 0);
  const most = Math.max(0, ...fitting.map(said));
  return fitting.find((one) => said(one) === most);
}

/** Sentences of the page that say most of the main query, as many as a snippet shows; undefined where none would do. */
export function composeDescription({ page, language, stemmer, main, material }: Subject): string | undefined {
  const pointers = page.links
    .filter(({ text }) => isGenericAnchor(text))
    .map(({ text }) => ` ${wordsOf(text).join(' ')} `);
  // "See here" says nothing once it has left its place.
  const points = (sentence: string) => pointers.some((one) => ` ${wordsOf(sentence).join(' ')} `.includes(one));
  const paragraphs = page.blocks.filter(({ kind, own }) => own && kind === 'paragraph').slice(0, 40);
  const candidates = paragraphs.flatMap(({ text }, at) => {
    const sentences = sentencesOf(visible(text), language).filter((one) => !points(one));
    return sentences.map((_, from) => ({
      text: joined(sentences.slice(from)),
      at: at + from / 10,
      first: sentences[from]!,
    }));
  });
  const fitting = candidates.filter(
    ({ text }) =>
      text.length >= MIN_DESCRIPTION_CHARS && text.length <= MAX_DESCRIPTION_CHARS && /[.!?…]["”“»)]?$/.test(text),
  );
  const said = (text: string) => (main ? new Vocabulary(text, stemmer).share(main.query) : 0);
  // What another page says as well does not tell the two apart.
  const isTaken = (sentence: string) => material.ownPages.some(({ text }) => text.includes(sentence));
  return fitting
    .map((one) => ({ ...one, worth: said(one.text) - one.at / 20 }))
    .sort((left, right) => right.worth - left.worth)
    .find(({ first }) => !isTaken(first))?.text;
}

/** As many whole sentences as fit. */
function joined(sentences: readonly string[]): string {
  let text = sentences[0] ?? '';
  for (const sentence of sentences.slice(1)) {
    if (text.length + 1 + sentence.length > MAX_DESCRIPTION_CHARS) break;
    text += ` ${sentence}`;
  }
  return text;
}

/** The first sentences of a description that fit; undefined where the first one alone is too long. */
export function shortenDescription(text: string, { language }: Subject): string | undefined {
  const short = joined(sentencesOf(visible(text), language));
  return short.length >= MIN_DESCRIPTION_CHARS && short.length <= MAX_DESCRIPTION_CHARS ? short : undefined;
}
