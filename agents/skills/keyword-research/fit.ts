import type { Pace } from '#platform';
import type { BrandReport } from '../search-analysis/brand.ts';
import type { BusinessContext } from '../search-analysis/business-context.ts';
import { contextMatcher } from '../search-analysis/context-match.ts';
import type { Tokens } from '../search-analysis/tokens.ts';
import type { Finding, Fit, RankingTable } from '../search-analysis/types.ts';
import { isOtherLanguage, languageOf } from '../text/languages.ts';
import type { Stemmer } from '../text/stems.ts';
import { type Embed, relateByMeaning } from './fit-by-meaning.ts';

export type { Embed } from './fit-by-meaning.ts';

export interface FitReport {
  /** By index of the query. */
  readonly fits: readonly Fit[];
  /** Why, for the queries that are not unknown. */
  readonly reasons: ReadonlyMap<number, string>;
  /** What could not be told, and why. */
  readonly notes: readonly string[];
}

export interface FitOptions {
  readonly context: BusinessContext;
  readonly tokens: Tokens;
  readonly stemmer: Stemmer;
  readonly brand: BrandReport;
  readonly findings: readonly Finding[];
  readonly embed?: Embed;
  readonly pace: Pace;
}

/** Share of a query's meaning, by the rarity of its words, that must be known to belong to the business. */
const KNOWN_SHARE = 0.4;
/** Share of a page's or a word's queries that must be on topic for it to carry the others. */
const CARRYING_SHARE = 0.5;
const CARRYING_QUERIES = 3;

/**
 * Tells which queries belong to the business, from near to far: words of the context; words and result pages that in
 * this export go with such queries; closeness of meaning where an embedder speaks the language. `foreign` needs evidence
 * of its own (see `relateByMeaning`); whatever is not shown is `unknown`. Nothing is removed.
 */
export async function judgeFit(table: RankingTable, options: FitOptions): Promise<FitReport> {
  const { context, stemmer, brand, pace } = options;
  const { queries } = table;
  const fits = queries.map((): Fit => 'unknown');
  const reasons = new Map<number, string>();
  const notes: string[] = [];
  const settle = (index: number, fit: Fit, reason: string) => {
    fits[index] = fit;
    reasons.set(index, reason);
  };
  if (context.stems.size === 0) {
    notes.push('Without a business context no query can be told to fit or not: all count as unknown.');
    return { fits, reasons, notes };
  }
  const { tokens } = options;
  const stems = contentStems(tokens, stemmer, brand.words);
  if (pace.isDue()) await pace.rest();
  const rarity = rarityOf(stems);
  for (const [index, branded] of brand.branded.entries()) if (branded) settle(index, 'on_topic', 'names the brand');
  const isContextStem = contextMatcher(context, brand.words);
  const known = new Map<string, boolean>();
  const inContext = (stem: string) => {
    if (!known.has(stem)) known.set(stem, isContextStem(stem));
    return known.get(stem)!;
  };
  for (const [index, own] of stems.entries()) {
    if (pace.isDue()) await pace.rest();
    if (fits[index] !== 'unknown' || knownShare(own, { rarity, isKnown: inContext }) < KNOWN_SHARE) continue;
    settle(index, 'on_topic', `has "${own.filter(inContext).join('", "')}" in common with the business context`);
  }
  await pace.rest();
  spreadByPage(table, { fits, settle });
  if (pace.isDue()) await pace.rest();
  spreadByWords(stems, { fits, rarity, inContext, settle });
  if (pace.isDue()) await pace.rest();
  let others = 0;
  for (const [index, fit] of fits.entries()) {
    if (pace.isDue()) await pace.rest();
    if (fit === 'unknown' && isOtherLanguage(tokens.wordsAt(index), stemmer.language)) others++;
  }
  if (others > 0) {
    notes.push(`${others} queries are in another language than the business context and count as unknown.`);
  }
  if (pace.isDue()) await pace.rest();
  const tied = stems.map((own) => own.some(inContext));
  await spreadByMeaning(table, { options, fits, stems, tied, settle, notes });
  return { fits, reasons, notes };
}

type Settle = (index: number, fit: Fit, reason: string) => void;
type Stems = ReadonlyArray<readonly string[]>;

/** By query, each stem once. A brand's word stands for many things elsewhere and is no evidence of topic. */
function contentStems(tokens: Tokens, stemmer: Stemmer, brandWords: readonly string[]): string[][] {
  const stemOf = tokens.words.map((word) => {
    const isContent = !stemmer.isStopWord(word) && !brandWords.includes(word) && !/^\p{N}+$/u.test(word);
    return isContent ? stemmer.stem(word) : undefined;
  });
  return Array.from({ length: tokens.starts.length - 1 }, (_, index) => {
    const own: string[] = [];
    for (const word of tokens.of(index)) {
      const stem = stemOf[word];
      if (stem !== undefined && !own.includes(stem)) own.push(stem);
    }
    return own;
  });
}

function rarityOf(stems: Stems): (stem: string) => number {
  const counts = new Map<string, number>();
  for (const own of stems) for (const stem of own) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return (stem) => Math.log(1 + stems.length / (counts.get(stem) ?? 1));
}

function knownShare(
  stems: readonly string[],
  { rarity, isKnown }: { rarity: (stem: string) => number; isKnown: (stem: string) => boolean },
): number {
  let [shared, all] = [0, 0];
  for (const stem of stems) {
    all += rarity(stem);
    if (isKnown(stem)) shared += rarity(stem);
  }
  return all === 0 ? 0 : shared / all;
}

/** A page that the search engine shows mostly for queries on topic is about the topic; so are its other queries. */
function spreadByPage({ queries }: RankingTable, { fits, settle }: { fits: readonly Fit[]; settle: Settle }): void {
  const byPage = new Map<string, number[]>();
  for (const [index, { pages }] of queries.entries()) {
    const page = pages[0]?.page;
    if (page === undefined) continue;
    const list = byPage.get(page) ?? [];
    byPage.set(page, list);
    list.push(index);
  }
  for (const [page, indexes] of byPage) {
    const fitting = indexes.filter((index) => fits[index] === 'on_topic');
    if (fitting.length < 2 || fitting.length < indexes.length * CARRYING_SHARE) continue;
    for (const index of indexes) {
      if (fits[index] === 'unknown')
        settle(index, 'on_topic', `is shown for ${page}, as are ${fitting.length} queries on topic`);
    }
  }
}

/** A word most of whose queries are on topic belongs to the topic, though the context does not use it. Once, not on and on. */
function spreadByWords(
  stems: Stems,
  by: { fits: readonly Fit[]; rarity: (stem: string) => number; inContext: (stem: string) => boolean; settle: Settle },
): void {
  const { fits, rarity, inContext, settle } = by;
  const counts = new Map<string, { all: number; fitting: number }>();
  for (const [index, own] of stems.entries()) {
    for (const stem of own) {
      const count = counts.get(stem) ?? { all: 0, fitting: 0 };
      counts.set(stem, { all: count.all + 1, fitting: count.fitting + (fits[index] === 'on_topic' ? 1 : 0) });
    }
  }
  const carries = (stem: string) => {
    const { all, fitting } = counts.get(stem)!;
    return fitting >= CARRYING_QUERIES && fitting >= all * CARRYING_SHARE;
  };
  const found = stems.flatMap((own, index) => {
    const isKnown = (stem: string) => inContext(stem) || carries(stem);
    return fits[index] === 'unknown' && knownShare(own, { rarity, isKnown }) >= KNOWN_SHARE ? [index] : [];
  });
  for (const index of found) {
    const carrying = stems[index]!.filter((stem) => inContext(stem) || carries(stem));
    settle(index, 'on_topic', `has "${carrying.join('", "')}", which in this export goes with queries on topic`);
  }
}

async function spreadByMeaning(
  table: RankingTable,
  by: {
    options: FitOptions;
    fits: readonly Fit[];
    stems: Stems;
    /** Queries that have a word of the context, however common: never foreign. */
    tied: readonly boolean[];
    settle: Settle;
    notes: string[];
  },
): Promise<void> {
  const { options, fits, stems, tied, settle, notes } = by;
  const { context, embed, findings, brand } = options;
  const unknown = fits.filter((fit) => fit === 'unknown').length;
  if (unknown === 0) return;
  const ownLanguage = languageOf(
    table.queries
      .slice(0, 3_000)
      .map(({ query }) => query)
      .join('\n'),
  );
  if (!context.isEnough)
    notes.push(
      `The business context has only ${context.stems.size} words that carry meaning: nothing is called foreign.`,
    );
  if (context.language !== 'unknown' && ownLanguage !== 'unknown' && context.language !== ownLanguage) {
    notes.push(
      `The business context is in ${context.language}, the queries are mostly in ${ownLanguage}: what shares no words counts as unknown.`,
    );
    return;
  }
  if (embed === undefined || context.language !== 'en') {
    notes.push(
      `${unknown} queries share neither words nor pages with the business; meaning was not compared (${embed === undefined ? 'no embedder' : `the embedder knows English only, the context is in ${context.language}`}), so they count as unknown.`,
    );
    return;
  }
  const open = fits.flatMap((fit, index) =>
    fit === 'unknown' && !isOtherLanguage(options.tokens.wordsAt(index), 'en') ? [index] : [],
  );
  const related = await relateByMeaning(table.queries, {
    open,
    fits,
    stems,
    context,
    findings,
    namesakes: brand.namesakes,
    embed,
    pace: options.pace,
  });
  for (const [index, relation] of related.relations) {
    if (relation.fit === 'on_topic' || (context.isEnough && !tied[index])) settle(index, relation.fit, relation.reason);
  }
  notes.push(...related.notes);
}
