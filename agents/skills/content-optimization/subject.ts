import type { Language } from '#platform';
import type { KnowledgeItem, Passage } from '../handler.ts';
import { Stemmer } from '../text/stems.ts';
import { SiteMap } from './addresses.ts';
import type { KnownPage, Page, TargetQuery } from './types.ts';
import type { Voice } from './voice.ts';
import { contentWords, Vocabulary } from './words.ts';

/** What a page is looked at with. The same for the page before and after. */
export interface Material {
  readonly queries: readonly TargetQuery[];
  readonly ownPages: readonly KnownPage[];
  readonly rankingPages: readonly KnownPage[];
  /** What the graph holds of the client about the queries. */
  readonly passages: readonly Passage[];
  /** The client's own items of knowledge. */
  readonly items: readonly KnowledgeItem[];
  readonly voice: Voice;
}

/** A page with what all checks ask of it. */
export interface Subject {
  readonly page: Page;
  readonly material: Material;
  readonly language: Language;
  readonly stemmer: Stemmer;
  /** Of title, headings, text and text alternatives. */
  readonly vocabulary: Vocabulary;
  readonly targets: readonly TargetQuery[];
  /** The query that the title is to be about: of those that the page answers best, the one asked for first. */
  readonly main: TargetQuery | undefined;
  /** Where relative addresses begin. */
  readonly base: URL;
  readonly site: SiteMap;
}

export function subjectOf(page: Page, material: Material): Subject {
  const { language } = page;
  const stemmer = new Stemmer(language);
  const vocabulary = new Vocabulary(allText(page), stemmer);
  const targets = material.queries.filter(({ origin }) => origin === 'target');
  const answered = targets.map(({ query }) => vocabulary.share(query));
  const best = Math.max(0, ...answered);
  const base = baseOf(page);
  return {
    page,
    material,
    language,
    stemmer,
    vocabulary,
    targets,
    main: targets[answered.indexOf(best)],
    base,
    site: new SiteMap(base, material.ownPages),
  };
}

/** All that the page says in words. */
export function allText(page: Page): string {
  return [
    ...page.titles.map(({ text }) => text),
    ...page.headings.map(({ text }) => text),
    page.text,
    ...page.images.map(({ alt }) => alt ?? ''),
  ].join('\n');
}

export function queryWords({ query }: TargetQuery, { stemmer }: Pick<Subject, 'stemmer'>): string[] {
  return contentWords(query, stemmer);
}

const NOWHERE = 'https://page.invalid/';

function baseOf({ url, facts, name }: Page): URL {
  for (const address of [url, facts.canonical, name]) {
    if (address === undefined) continue;
    const base = URL.canParse(address)
      ? new URL(address)
      : URL.canParse(address, NOWHERE)
        ? new URL(address, NOWHERE)
        : undefined;
    if (base && /^https?:$/.test(base.protocol)) return base;
  }
  return new URL(NOWHERE);
}
