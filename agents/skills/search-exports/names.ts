/** What the columns of keyword tools mean. Months are told apart by `monthOf`. */
export type ColumnName = 'keyword' | 'position' | 'previous' | 'url' | 'volume' | 'domain' | 'competition' | 'month';

/**
 * Header names of Google Ads Keyword Planner, Semrush, Ahrefs, SISTRIX, SE Ranking, AccuRanker and Moz, in English and
 * German, folded; written from knowledge of the products.
 */
const NAMES: Readonly<Record<Exclude<ColumnName, 'month'>, readonly string[]>> = {
  keyword: ['keyword', 'keywords', 'search term', 'suchbegriff', 'suchwort', 'phrase', 'query', 'suchanfrage'],
  position: [
    'position',
    'current position',
    'pos',
    'rank',
    'ranking',
    'current rank',
    'google rank',
    'rang',
    'aktuelle position',
    'platzierung',
    'highest position',
  ],
  previous: ['previous position', 'vorherige position', 'letzte position', 'previous rank', 'last rank'],
  url: [
    'url',
    'current url',
    'ranking url',
    'landing page',
    'zielseite',
    'gefundene url',
    'page',
    'seite',
    'current url inside',
  ],
  volume: [
    'volume',
    'search volume',
    'suchvolumen',
    'avg monthly searches',
    'monthly volume',
    'durchschnittl suchanfragen pro monat',
    'durchschnittliche suchanfragen pro monat',
    'monatliche suchanfragen',
    'sv',
  ],
  domain: ['domain', 'competitor', 'website', 'site', 'host', 'competitor domain'],
  competition: ['competition', 'wettbewerb'],
};
const BY_NAME = new Map(
  Object.entries(NAMES).flatMap(([column, names]) => names.map((name) => [name, column as ColumnName] as const)),
);

/** Lower case, no accents, punctuation as blanks. */
export function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export function nameColumn(name: string): ColumnName | undefined {
  return BY_NAME.get(foldName(name)) ?? (monthOf(name) ? 'month' : undefined);
}

/** By the first three letters, folded. */
const MONTHS: Readonly<Record<string, number>> = {
  jan: 1,
  feb: 2,
  mar: 3,
  mrz: 3,
  apr: 4,
  may: 5,
  mai: 5,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  oct: 10,
  okt: 10,
  nov: 11,
  dec: 12,
  dez: 12,
};

/** "Searches: Nov 2025", "Suchanfragen: März 2026": months since year 0. */
export function monthOf(name: string): number | undefined {
  const found = /^(?:searches|suchanfragen) (\p{L}{3})\p{L}* (\d{4})$/u.exec(foldName(name));
  const month = found ? MONTHS[found[1]!] : undefined;
  return month === undefined ? undefined : Number(found![2]) * 12 + month - 1;
}
