import { distance } from 'fastest-levenshtein';
import { Pace } from '#platform';
import { knownNames, NameUnits, spellingsOf } from './brand-names.ts';
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
  const units = new NameUnits(tokens, knownNames(queries, context));
  if (pace.isDue()) await pace.rest();
  const chosen = chooseUnits(queries, { units, curve });
  if (pace.isDue()) await pace.rest();
  const exact = units.holding(chosen);
  const brandWords = chosen.map((unit) => units.text(unit));
  if (pace.isDue()) await pace.rest();
  const rate = brandRate(queries, exact);
  const namesakes: number[] = [];
  const odds = queries.map((query) => logOdds(query, { curve, rate }));
  const isMisspelt = misspellings(queries, { tokens, brandWords, exact, odds });
  const branded = queries.map((_, index) => {
    if (exact[index]) {
      const means = PRIOR_LOG_ODDS + odds[index]! > 0;
      if (!means) namesakes.push(index);
      return means;
    }
    return isMisspelt(index);
  });
  return { words: brandWords, branded, namesakes };
}

/**
 * Queries that hold a misspelling of the brand, or a part of its name ("willowbrook" of "willowbrookvets"). It is told from another word by being clicked like the brand: in this
 * query, and, as a word may be lucky in one, over all its queries at the top together ("brakes" beside the brand "Brake").
 */
function misspellings(
  queries: readonly Query[],
  by: {
    readonly tokens: Tokens;
    readonly brandWords: readonly string[];
    readonly exact: readonly boolean[];
    readonly odds: readonly number[];
  },
): (index: number) => boolean {
  const { tokens, exact, odds } = by;
  const brands = by.brandWords.map((word) => spellingsOf(word)[0]!).filter(({ length }) => length >= 4);
  const isTop = (index: number) => !exact[index] && queries[index]!.position <= TOP_POSITION;
  // Most words are never asked for a misspelling: only those in queries that are clicked like the brand.
  const near = new Map<number, number>();
  const other = new Set<number>();
  const clickedLike = queries.flatMap((_, index) => {
    if (brands.length === 0 || !isTop(index) || odds[index]! <= PRIOR_LOG_ODDS) return [];
    for (const word of tokens.of(index)) {
      if (near.has(word) || other.has(word)) continue;
      if (isNear(tokens.words[word]!, brands)) near.set(word, 0);
      else other.add(word);
    }
    return tokens.of(index).some((word) => near.has(word)) ? [index] : [];
  });
  if (near.size === 0) return () => false;
  for (const index of queries.keys()) {
    if (!isTop(index)) continue;
    for (const word of new Set(tokens.of(index))) if (near.has(word)) near.set(word, near.get(word)! + odds[index]!);
  }
  const found = new Set(
    clickedLike.filter((index) => tokens.of(index).some((word) => (near.get(word) ?? 0) > PRIOR_LOG_ODDS)),
  );
  return (index) => found.has(index);
}

/** A letter or two off, or the beginning or end of a name that is written in one piece. */
function isNear(word: string, brands: readonly string[]): boolean {
  if (word.length < 4) return false;
  const [folded = word] = spellingsOf(word);
  return brands.some(
    (brand) =>
      distance(folded, brand) <= (brand.length >= 7 ? 2 : 1) ||
      (folded.length < brand.length && (brand.startsWith(folded) || brand.endsWith(folded))),
  );
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

interface Evidence {
  readonly excess: number;
  readonly weight: number;
  readonly units: readonly number[];
}

/** Words first, since they explain most; names of several words that are ordinary each only where no word stands out. */
function chooseUnits(queries: readonly Query[], { units, curve }: { units: NameUnits; curve: ClickCurve }): number[] {
  const top = queries.flatMap((query, index) => {
    const excess = excessOf(query, curve);
    return excess ? [{ ...excess, index }] : [];
  });
  const choose = (unitsOf: (index: number) => readonly number[]) =>
    surest(
      top.map(({ index, ...excess }) => ({ ...excess, units: unitsOf(index) })),
      units,
    );
  const words = choose((index) => units.wordsAt(index));
  return words.length > 0 ? words : choose((index) => units.namesAt(index));
}

/** Greedy: the unit with the surest excess, then the same over the queries that it leaves unexplained. */
function surest(evidence: readonly Evidence[], units: NameUnits): number[] {
  const chosen: number[] = [];
  let first: number | undefined;
  for (let round = 0; round < 5; round++) {
    const values = new Float64Array(units.count);
    const weights = new Float64Array(units.count);
    const counts = new Uint32Array(units.count);
    for (const { excess, weight, units: here } of evidence) {
      if (here.some((unit) => chosen.includes(unit))) continue;
      for (const unit of here) {
        values[unit]! += excess * weight;
        weights[unit]! += weight;
        counts[unit]!++;
      }
    }
    let best: { unit: number; mean: number; sure: number } | undefined;
    for (let unit = 0; unit < units.count; unit++) {
      if (counts[unit] === 0) continue;
      const mean = values[unit]! / weights[unit]!;
      const sure = values[unit]! / Math.sqrt(weights[unit]!);
      const text = units.text(unit);
      if (mean < EXCESS || sure <= (best?.sure ?? 0) || text.length < 3 || /^\p{N}+$/u.test(text)) continue;
      const isName = units.isName(unit);
      // A further one must stand out nearly as the first does: chance lifts some word of every large export a little.
      const isSure =
        first === undefined
          ? // Without a name to go by, several queries must agree.
            isName
            ? sure >= SURE.named
            : sure >= SURE.unnamed && counts[unit]! >= 4
          : isName && sure >= SURE.further && mean >= first * 0.7;
      if (isSure) best = { unit, mean, sure };
    }
    if (!best) break;
    first ??= best.mean;
    chosen.push(best.unit);
  }
  return chosen;
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
