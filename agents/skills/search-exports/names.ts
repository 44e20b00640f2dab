/** What the columns of keyword tools mean. Months are told apart by `monthOf`. */
export type ColumnName = 'keyword' | 'position' | 'previous' | 'url' | 'volume' | 'domain' | 'competition' | 'month';

/**
 * Header names of Google Ads Keyword Planner, Semrush, Ahrefs, SISTRIX, SE Ranking, AccuRanker and Moz, in English, German,
 * French, Spanish, Italian, Dutch and Portuguese, folded; written from knowledge of the products.
 */
const NAMES: Readonly<Record<Exclude<ColumnName, 'month'>, readonly string[]>> = {
  keyword: [
    ...['keyword', 'keywords', 'search term', 'suchbegriff', 'suchwort', 'phrase', 'query', 'suchanfrage'],
    ...['mot cle', 'mots cles', 'palabra clave', 'palabras clave', 'parola chiave', 'parole chiave'],
    ...['zoekwoord', 'zoekwoorden', 'trefwoord', 'palavra chave', 'palavras chave'],
  ],
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
    ...['posicion', 'posizione', 'positie', 'posicao'],
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
    ...['search vol', 'monthly searches', 'searches', 'nbre moy de recherches mensuelles'],
    ...['nombre moyen de recherches mensuelles', 'moy des recherches mensuelles', 'volume de recherche'],
    ...['promedio de busquedas mensuales', 'volumen de busqueda', 'volumen de busquedas'],
    ...['media ricerche mensili', 'media delle ricerche mensili', 'volume di ricerca'],
    ...['gem aantal maandelijkse zoekopdrachten', 'gemiddeld aantal maandelijkse zoekopdrachten', 'zoekvolume'],
    ...['media de pesquisas mensais', 'media de buscas mensais', 'volume de pesquisa', 'volume de busca'],
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

/** By the first three letters, folded; June and July of French by four. */
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
  ...{ fev: 2, avr: 4, juin: 6, juil: 7, aou: 8 },
  ...{ ene: 1, abr: 4, ago: 8, dic: 12 },
  ...{ gen: 1, mag: 5, giu: 6, lug: 7, set: 9, ott: 10 },
  ...{ maa: 3, mrt: 3, mei: 5, out: 10 },
};

const SEARCHES =
  /^(?:searches|suchanfragen|recherches|busquedas|ricerche|zoekopdrachten|pesquisas) (?:en |de |a |in )?(\p{L}{3,}) (?:de )?(\d{4})$/u;

/** "Searches: Nov 2025", "Suchanfragen: März 2026": months since year 0. */
export function monthOf(name: string): number | undefined {
  const found = SEARCHES.exec(foldName(name));
  if (!found) return undefined;
  const [, word, year] = found;
  const month = MONTHS[word!.slice(0, 4)] ?? MONTHS[word!.slice(0, 3)];
  return month === undefined ? undefined : Number(year) * 12 + month - 1;
}
