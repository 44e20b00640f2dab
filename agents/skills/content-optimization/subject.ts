import type { Language, Pace } from '#platform';
import type { KnowledgeItem, KnownEntity, Passage } from '../handler.ts';
import { Stemmer } from '../text/stems.ts';
import { SiteMap } from './addresses.ts';
import { type CountedPage, countPage } from './density.ts';
import { type Readability, readabilityOf } from './readability.ts';
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
  /** What those passages speak of, as the graph has it. */
  readonly entities: readonly KnownEntity[];
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
  readonly counted: CountedPage;
  /** Undefined for languages without a formula and for short texts. */
  readonly readability: Readability | undefined;
  readonly targets: readonly TargetQuery[];
  /** The query that the title is to be about: of those that the page answers best, the one asked for first. */
  readonly main: TargetQuery | undefined;
  /** Where relative addresses begin. */
  readonly base: URL;
  readonly site: SiteMap;
}

export async function subjectOf(page: Page, material: Material, pace: Pace): Promise<Subject> {
  const { language } = page;
  const stemmer = new Stemmer(language);
  const counted = await countPage(page, stemmer, pace);
  const vocabulary = await Vocabulary.of(textsOf(page), stemmer, pace);
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
    counted,
    readability: await readabilityOf(page.blocks, language, pace),
    targets,
    main: targets[answered.indexOf(best)],
    base,
    site: new SiteMap(base, material.ownPages),
  };
}

/** All that the page says in words, piece by piece. */
function textsOf(page: Page): string[] {
  return [
    ...page.titles.map(({ text }) => text),
    ...page.headings.map(({ text }) => text),
    ...page.blocks.filter(({ own }) => own).map(({ text }) => text),
    ...page.images.map(({ alt }) => alt ?? ''),
  ];
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
