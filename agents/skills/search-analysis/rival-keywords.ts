import { hostOf, type RankedKeyword } from '../search-exports/index.ts';
import { wordsOf } from '../text/languages.ts';
import type { Stemmer } from '../text/stems.ts';
import type { BusinessContext } from './business-context.ts';
import { contextMatcher } from './context-match.ts';
import type { Query } from './types.ts';

/** As for queries: share of a keyword's meaning that must be known to belong to the business. */
const KNOWN_SHARE = 0.4;
/** Share of a folder's keywords on topic for it to carry the others, or to speak against them, and how many it must have. */
const FOLDER = { carries: 0.5, speaksAgainst: 0.25, keywords: 5 } as const;

export interface RivalOptions {
  readonly context: BusinessContext;
  readonly stemmer: Stemmer;
  /** Names or domains, as given. */
  readonly competitors: readonly string[];
}

/** The rivals' own names, as words of their domains that the business does not use itself, or as given. */
export function rivalNames(
  domains: readonly string[],
  { context, stemmer, competitors }: RivalOptions,
): (keyword: string) => boolean {
  const labels = [...domains, ...competitors.map((name) => hostOf(name))].map((host) => host.split('.')[0] ?? '');
  const joined = new Set(
    labels.map((label) => label.replaceAll(/[^a-z0-9]/g, '')).filter((label) => label.length >= 5),
  );
  const words = new Set(
    labels
      .flatMap((label) => wordsOf(label))
      .filter((word) => word.length >= 5 && !context.stems.has(stemmer.stem(word))),
  );
  return (keyword) => {
    const own = wordsOf(keyword);
    if (own.some((word) => words.has(word) || joined.has(word))) return true;
    // "crust and co" for crustandco.example, "oak lane" for oaklane-cakes.example: the first words together.
    for (let count = 2; count <= Math.min(4, own.length); count++) {
      const together = own.slice(0, count).join('');
      if (joined.has(together) || (together.length >= 7 && words.has(together))) return true;
    }
    return false;
  };
}

/** Words of the context or of the site's own queries carry a keyword; a rival's folder full of such keywords carries the rest. */
export function rivalFit(
  keywords: readonly RankedKeyword[],
  options: Omit<RivalOptions, 'competitors'> & {
    readonly queries: readonly Pick<Query, 'query'>[];
    readonly brandWords: readonly string[];
  },
): (rows: readonly RankedKeyword[]) => boolean {
  const { context, stemmer, queries, brandWords } = options;
  const counts = new Map<string, number>();
  for (const { query } of queries)
    for (const stem of new Set(stemmer.stems(query))) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const isContext = contextMatcher(context, brandWords);
  const known = new Map<string, boolean>();
  const isKnown = (stem: string) => {
    let answer = known.get(stem);
    if (answer === undefined) {
      answer = isContext(stem) || (counts.get(stem) ?? 0) >= 3;
      known.set(stem, answer);
    }
    return answer;
  };
  const rarity = (stem: string) => Math.log(1 + queries.length / (counts.get(stem) ?? 1));
  const byWords = new Map<string, boolean>();
  const fitsByWords = (keyword: string) => {
    let answer = byWords.get(keyword);
    if (answer === undefined) {
      const stems = [...new Set(stemmer.stems(keyword))];
      const all = stems.reduce((sum, stem) => sum + rarity(stem), 0);
      const own = stems.filter(isKnown).reduce((sum, stem) => sum + rarity(stem), 0);
      answer = all > 0 && own / all >= KNOWN_SHARE;
      byWords.set(keyword, answer);
    }
    return answer;
  };
  const folders = new Map<string, { all: number; fitting: number }>();
  for (const { url, keyword } of keywords) {
    const folder = folderOf(url);
    if (folder === undefined) continue;
    const count = folders.get(folder) ?? { all: 0, fitting: 0 };
    folders.set(folder, { all: count.all + 1, fitting: count.fitting + (fitsByWords(keyword) ? 1 : 0) });
  }
  const shareOf = (url: string | null) => {
    const count = folders.get(folderOf(url) ?? '');
    return count !== undefined && count.all >= FOLDER.keywords ? count.fitting / count.all : undefined;
  };
  return (rows) => {
    const shares = rows.flatMap(({ url }) => shareOf(url) ?? []);
    if (shares.some((share) => share >= FOLDER.carries)) return true;
    // One word in common says little where everything around it is about something else.
    return (
      fitsByWords(rows[0]!.keyword) && !(shares.length > 0 && shares.every((share) => share <= FOLDER.speaksAgainst))
    );
  };
}

/** Host and first part of the path: "rival.example/recipes". Undefined for a page at the top. */
function folderOf(url: string | null): string | undefined {
  const found = url === null ? null : /^[a-z]+:\/\/([^/]+)\/([^/?#]+)\//i.exec(url);
  return found ? `${found[1]}/${found[2]}` : undefined;
}
