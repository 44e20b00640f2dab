import { distance } from 'fastest-levenshtein';
import { Pace } from '#platform';
import { wordsOf } from '../text/languages.ts';
import { foldAccents } from '../text/stems.ts';
import type { BusinessContext } from './business-context.ts';
import type { ClickCurve } from './click-curve.ts';
import type { Tokens } from './tokens.ts';
import type { Query } from './types.ts';

export interface BrandReport {
  /** Words that name the brand, lower case, most clicks first. */
  readonly words: readonly string[];
  /** By index of the query. */
  readonly branded: readonly boolean[];
  /** Queries that carry a brand word, are placed and clicked like any other query, and so mean something else. */
  readonly namesakes: readonly number[];
}

/** How much more often than the curve says a brand's queries are clicked on average, at least, in logarithms. */
const EXCESS = Math.log(1.35);
/** Standard errors that the excess of a word must be away from none: one that the context names, one more such, any other. */
const SURE = { named: 3, further: 4, unnamed: 6 } as const;
/** Nearly every search for a site's own name shows the site among the first few results. */
const TOP_POSITION = 3;
/** Odds, before looking at clicks, that a query with a brand word means the brand. */
const PRIOR_LOG_ODDS = Math.log(4);

export interface BrandOptions {
  readonly context: BusinessContext;
  readonly curve: ClickCurve;
  readonly tokens: Tokens;
  readonly pace?: Pace;
}

/**
 * Finds the brand from two sides that must agree: words that the business context uses as names (or the site's host has
 * in it), and queries at the top that are clicked far more than their position explains. Neither alone is enough: names
 * include products and towns, and unusually good titles are clicked above the curve too.
 */
export async function findBrand(
  queries: readonly Query[],
  { context, curve, tokens, pace = new Pace() }: BrandOptions,
): Promise<BrandReport> {
  const names = nameCandidates(queries, context);
  const brandWords = chooseWords(queries, { tokens, names, curve });
  if (pace.isDue()) await pace.rest();
  const isExact = tokens.words.map((word) => brandWords.some((brand) => word === brand || isJoined(word, brand)));
  // Most words are never asked for a misspelling: only those in queries that are clicked like the brand.
  const misspelt: Array<boolean | undefined> = [];
  const isMisspelt = (word: number): boolean => {
    misspelt[word] ??= isNear(tokens.words[word]!, brandWords);
    return misspelt[word];
  };
  const exact = queries.map((_, index) => tokens.of(index).some((word) => isExact[word]));
  if (pace.isDue()) await pace.rest();
  const rate = brandRate(queries, exact);
  const namesakes: number[] = [];
  const branded = queries.map((query, index) => {
    if (exact[index]) {
      const means = PRIOR_LOG_ODDS + logOdds(query, { curve, rate }) > 0;
      if (!means) namesakes.push(index);
      return means;
    }
    // A misspelling is told from another word by being clicked like the brand.
    const isMeant =
      brandWords.length > 0 && query.position <= TOP_POSITION && logOdds(query, { curve, rate }) > PRIOR_LOG_ODDS;
    return isMeant && tokens.of(index).some(isMisspelt);
  });
  return { words: brandWords, branded, namesakes };
}

function isNear(word: string, brandWords: readonly string[]): boolean {
  if (word.length < 4) return false;
  return brandWords.some(
    (brand) => brand.length >= 4 && distance(foldAccents(word), foldAccents(brand)) <= (brand.length >= 7 ? 2 : 1),
  );
}

/** "acmerota" for the brand "acme": the start of a longer word, as people leave out spaces. */
function isJoined(word: string, brand: string): boolean {
  return brand.length >= 4 && word.length > brand.length + 1 && word.startsWith(brand);
}

function nameCandidates(queries: readonly Query[], context: BusinessContext): ReadonlySet<string> {
  const names = new Set(context.names);
  const hosts = new Set(queries.slice(0, 2_000).flatMap(({ pages }) => pages.map(({ page }) => hostOf(page))));
  for (const host of hosts) {
    // The registered name is the longest label that is no common prefix or ending.
    for (const part of host
      .replace(/^www\d?\./, '')
      .split('.')
      .slice(0, -1)) {
      for (const word of wordsOf(part)) if (word.length >= 3) names.add(word);
    }
  }
  return names;
}

function hostOf(page: string): string {
  return /^[a-z]+:\/\/([^/:?#]+)/i.exec(page)?.[1]?.toLowerCase() ?? '';
}

/** Log excess over the curve of each query at the top, and its weight; undefined where too few clicks tell. */
function excessOf(
  { position, impressions, clicks }: Query,
  curve: ClickCurve,
): { excess: number; weight: number } | undefined {
  const expected = impressions * curve.rate(Math.max(1, position));
  if (position > TOP_POSITION || position < 1 || expected < 3) return undefined;
  return { excess: Math.log((clicks + 0.5) / (expected + 0.5)), weight: 1 / (curve.spread ** 2 + 1 / expected) };
}

/** Greedy: the word with the surest excess, then the same over the queries that it leaves unexplained. */
function chooseWords(
  queries: readonly Query[],
  found: { tokens: Tokens; names: ReadonlySet<string>; curve: ClickCurve },
): string[] {
  const { tokens, names } = found;
  const chosen: number[] = [];
  let first: number | undefined;
  const evidence = queries.flatMap((query, index) => {
    const excess = excessOf(query, found.curve);
    return excess ? [{ ...excess, words: [...new Set(tokens.of(index))] }] : [];
  });
  for (let round = 0; round < 5; round++) {
    const values = new Float64Array(tokens.words.length);
    const weights = new Float64Array(tokens.words.length);
    const counts = new Uint32Array(tokens.words.length);
    for (const { excess, weight, words } of evidence) {
      if (words.some((word) => chosen.includes(word))) continue;
      for (const word of words) {
        values[word]! += excess * weight;
        weights[word]! += weight;
        counts[word]!++;
      }
    }
    let best: { word: number; mean: number; sure: number } | undefined;
    for (const [word, text] of tokens.words.entries()) {
      if (counts[word] === 0) continue;
      const mean = values[word]! / weights[word]!;
      const sure = values[word]! / Math.sqrt(weights[word]!);
      if (mean < EXCESS || sure <= (best?.sure ?? 0) || text.length < 3 || /^\p{N}+$/u.test(text)) continue;
      const isName = names.has(text);
      // A further word must stand out nearly as the first does: chance lifts some word of every large export a little.
      const isSure =
        first === undefined
          ? // Without a name to go by, several queries must agree.
            isName
            ? sure >= SURE.named
            : sure >= SURE.unnamed && counts[word]! >= 4
          : isName && sure >= SURE.further && mean >= first * 0.7;
      if (isSure) best = { word, mean, sure };
    }
    if (!best) break;
    first ??= best.mean;
    chosen.push(best.word);
  }
  return chosen.map((word) => tokens.words[word]!);
}

/** Click-through of the brand's own queries at the top, pooled. */
function brandRate(queries: readonly Query[], exact: readonly boolean[]): number {
  let [clicks, impressions] = [4, 10];
  for (const [index, query] of queries.entries()) {
    if (!exact[index] || query.position > TOP_POSITION) continue;
    clicks += query.clicks;
    impressions += query.impressions;
  }
  return clicks / impressions;
}

/**
 * Logarithm of the odds that a query with a brand word means the brand: its clicks under the brand's own rate against
 * its clicks under the curve at its position (Poisson, the difference capped, since rates vary between queries).
 */
function logOdds(query: Query, { curve, rate }: { curve: ClickCurve; rate: number }): number {
  const ordinary = Math.min(curve.rate(Math.max(1, query.position)), rate * 0.9);
  const { clicks, impressions } = query;
  const ratio = clicks * Math.log(rate / ordinary) - impressions * (rate - ordinary);
  // Half the brand's rate is still a brand's rate: compare with the nearer of the two hypotheses.
  const half = Math.max(rate / 2, ordinary * 1.05);
  const ratioAtHalf = clicks * Math.log(half / ordinary) - impressions * (half - ordinary);
  const atTop = query.position <= TOP_POSITION ? 0 : -Math.log(4);
  return atTop + Math.max(-20, Math.min(20, Math.max(ratio, ratioAtHalf)));
}
