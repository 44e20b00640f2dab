import { distance } from 'fastest-levenshtein';
import { formatErrors } from '../errors.ts';

export type SearchConsoleMetric = 'clicks' | 'impressions' | 'ctr' | 'position';
export type SearchConsoleDimension = 'query' | 'page' | 'country' | 'device' | 'date' | 'appearance';
export type SearchConsoleColumn = SearchConsoleMetric | SearchConsoleDimension;

export const METRICS: readonly SearchConsoleMetric[] = ['clicks', 'impressions', 'ctr', 'position'];

/**
 * What Google calls the columns, folded (lower case, no accents, no punctuation). Google changes wordings ("Top queries",
 * "Queries", "Query"), so a name is met when it stands in the header as a word; order matters where one holds another
 * ("click-through rate" is no "click"). Locales: en de fr es it nl pt pl sv da nb fi cs tr ja, and ru uk zh ko hu ro.
 */
const NAMES: ReadonlyArray<readonly [column: SearchConsoleColumn, names: string]> = [
  [
    'ctr',
    'ctr|click through rate|clickthrough rate|klickrate|klickfrekvens|klikfrekvens|klikkfrekvens|' +
      'taux de clics|porcentaje de clics|percentuale di clic|doorklikpercentage|taxa de cliques|' +
      'wspolczynnik klikniec|klikkausprosentti|mira prokliku|tiklama orani|to|tbm|クリック率|平均ctr|点击率|' +
      '點閱率|클릭률|atkattintasi arany|rata clicurilor',
  ],
  [
    'position',
    'position|posicion|posizione|positie|posicao|pozycja|placering|posisjon|plassering|sijainti|' +
      'sijoitus|pozice|konum|pozisyon|掲載順位|順位|排名|平均排名|게재순위|게재 순위|позиция|позиціа|позиція|pozicio|' +
      'helyezes|pozitie|durchschnittliche position',
  ],
  [
    'impressions',
    'impressions|impression|impressionen|impresiones|impressioni|vertoningen|impressoes|' +
      'wyswietlenia|visningar|exponeringar|eksponeringer|visninger|nayttokerrat|nayttokertoja|' +
      'zobrazeni|gosterimler|gosterim|表示回数|展示|展示次数|曝光|曝光次數|노출|노출수|показы|покази|megjelenitesek|' +
      'afisari|impresii',
  ],
  [
    'clicks',
    'clicks|click|klicks|clics|clic|klikken|cliques|klikniecia|klick|klik|klikk|klikkaukset|' +
      'klikkauksia|kliknuti|prokliky|tiklamalar|tiklama|クリック数|点击次数|点击|點擊|點擊次數|클릭수|클릭|клики|кліки|' +
      'kattintasok|clicuri',
  ],
  [
    'query',
    'query|queries|search term|search terms|keyword|keywords|suchanfrage|suchanfragen|requete|' +
      'requetes|consulta|consultas|zoekopdracht|zoekopdrachten|zapytanie|zapytania|sokfraga|' +
      'sokfragor|sogning|sogninger|forespørgsler|foresporgsler|sok|sokeord|foresporsel|' +
      'foresporsler|haku|haut|hakukyselyt|kysely|kyselyt|dotaz|dotazy|sorgu|sorgular|クエリ|上位のクエリ|查询|' +
      '热门查询|排名靠前的查询|查詢|熱門查詢|熱門查詢項目|검색어|인기 검색어|запрос|запросы|запит|запити|lekerdezes|lekerdezesek|' +
      'interogare|interogari',
  ],
  [
    'page',
    "page|pages|url|landing page|seite|seiten|pagina|paginas|pagine|pagina's|pagina s|strona|" +
      'strony|sida|sidor|side|sider|sivu|sivut|stranka|stranky|sayfa|sayfalar|ページ|上位のページ|网页|' +
      '排名靠前的网页|網頁|熱門網頁|페이지|인기 페이지|страница|страницы|сторінка|сторінки|oldal|oldalak|pagini',
  ],
  [
    'country',
    'country|countries|land|lander|pays|pais|paises|paese|paesi|landen|kraj|kraje|maa|maat|zeme|' +
      'ulke|ulkeler|国|国家/地区|国家 地区|國家 地區|국가|страна|країна|orszag|tara',
  ],
  [
    'device',
    'device|devices|gerat|gerate|appareil|appareils|dispositivo|dispositivos|dispositivi|' +
      'apparaat|apparaten|urzadzenie|urzadzenia|enhet|enheter|enhed|enheder|laite|laitteet|' +
      'zarizeni|cihaz|cihazlar|デバイス|设备|裝置|기기|устройство|пристрій|eszkoz|dispozitiv',
  ],
  ['date', 'date|dates|datum|fecha|data|dato|paivamaara|tarih|日付|日期|날짜|дата'],
  [
    'appearance',
    'search appearance|darstellung in der suche|apparence dans les resultats de recherche|' +
      'aspecto en la busqueda|apariencia en el buscador|aspetto nella ricerca|weergave in zoekresultaten|' +
      'aspeto da pesquisa|aparencia na pesquisa|検索での見え方',
  ],
];

/** Lower case, compatibility forms, no accents, punctuation as blanks. */
export function foldHeader(header: string): string {
  return header
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replaceAll('ı', 'i')
    .replaceAll('ø', 'o')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .normalize('NFKC');
}

/** What an export may be by, and what is none of the above: it must not be taken for queries by its shape. */
const OTHERS = /^(?:hour|time|uhrzeit|stunde|heure|hora|ora|uur|tijd)\b/;

const FOLDED = NAMES.map(([column, names]) => [column, [...new Set(names.split('|').map(foldHeader))]] as const);

export function columnOfHeader(header: string): SearchConsoleColumn | undefined {
  const folded = foldHeader(header);
  if (folded === '') return undefined;
  const exact = FOLDED.find(([, names]) => names.includes(folded));
  if (exact) return exact[0];
  const words = ` ${folded} `;
  // In a phrase the word that comes first says what the column is ("pages with the most clicks"). Two-letter names
  // ("TO", Turkish for CTR) are words of other languages and count only alone.
  let first: { column: SearchConsoleColumn; at: number } | undefined;
  for (const [column, names] of FOLDED) {
    for (const name of names) {
      const at = name.length > 2 ? words.indexOf(` ${name} `) : -1;
      if (at >= 0 && at < (first?.at ?? words.length)) first = { column, at };
    }
  }
  return first?.column;
}

export type ColumnMap = ReadonlyMap<SearchConsoleColumn, number>;

/**
 * Which column is what: by name, else by shape where no metric is known by name (a language that is not in the table): text
 * columns, then four numeric ones in Google's order, exactly one of them, the third, in percent.
 */
export function mapColumns(
  name: string,
  table: { columns: readonly string[]; headerLine: number; sample: ReadonlyArray<readonly string[]> },
): { columns: ColumnMap; by: 'names' | 'shape' } {
  const { columns, headerLine } = table;
  const found = new Map<SearchConsoleColumn, number>();
  for (const [index, header] of columns.entries()) {
    const column = columnOfHeader(header);
    if (column === undefined) continue;
    const earlier = found.get(column);
    if (earlier !== undefined) throw twice(name, { headerLine, column, first: columns[earlier]!, second: header });
    found.set(column, index);
  }
  const missing = METRICS.filter((metric) => !found.has(metric));
  const hasDimension = [...found.keys()].some((column) => !METRICS.includes(column as SearchConsoleMetric));
  if (missing.length === 0 && hasDimension) return { columns: found, by: 'names' };
  const shaped = missing.length >= 2 || !hasDimension ? mapByShape(columns, table.sample, found) : undefined;
  if (shaped) return { columns: shaped, by: 'shape' };
  throw missingColumn(name, { columns, headerLine, found, missing: missing[0] ?? 'query' });
}

function mapByShape(
  columns: readonly string[],
  sample: ReadonlyArray<readonly string[]>,
  named: ColumnMap,
): ColumnMap | undefined {
  if (sample.length === 0) return undefined;
  const all = (index: number, test: RegExp) => sample.every((cells) => test.test(cells[index]?.trim() ?? ''));
  const indexes = columns.map((_, index) => index);
  const percent = indexes.filter((index) => all(index, /^[%٪]\s?[\d.,]+$|^[\d.,]+[\s\u00a0\u202f]?[%٪]$/u));
  const ctr = percent[0];
  if (percent.length !== 1 || ctr === undefined || ctr < 3 || ctr + 1 >= columns.length) return undefined;
  const numeric = [ctr - 2, ctr - 1, ctr + 1].every((index) => all(index, /^\d[\d\s\u00a0\u202f.,'’]*$/u));
  if (!numeric || all(0, /^\d[\d.,]*$/) || OTHERS.test(foldHeader(columns[0]!))) return undefined;
  // A name that is known and stands elsewhere speaks against the shape.
  const shape: ReadonlyArray<readonly [SearchConsoleMetric, number]> = [
    ['clicks', ctr - 2],
    ['impressions', ctr - 1],
    ['ctr', ctr],
    ['position', ctr + 1],
  ];
  if (shape.some(([metric, index]) => named.has(metric) && named.get(metric) !== index)) return undefined;
  const dimensions = [...named].filter(
    ([column, index]) => index < ctr - 2 && !METRICS.includes(column as SearchConsoleMetric),
  );
  const first: Array<readonly [SearchConsoleColumn, number]> =
    dimensions.length > 0
      ? dimensions
      : [
          [
            all(0, /^https?:\/\//)
              ? 'page'
              : all(0, /^\d{4}[-/.] ?\d\d?[-/.] ?\d\d?\.?$|^\d\d?[-/.] ?\d\d?[-/.] ?\d{4}$/)
                ? 'date'
                : 'query',
            0,
          ],
        ];
  return new Map<SearchConsoleColumn, number>([...first, ...shape]);
}

function missingColumn(
  name: string,
  found: {
    columns: readonly string[];
    headerLine: number;
    found: ColumnMap;
    missing: SearchConsoleColumn;
  },
): Error {
  const taken = new Set(found.found.values());
  const free = found.columns.filter((_, index) => !taken.has(index));
  const wanted = FOLDED.find(([column]) => column === found.missing)?.[1] ?? [found.missing];
  const nearest = free
    .map((header) => ({
      header,
      away: Math.min(...wanted.map((word) => distance(foldHeader(header), word) / Math.max(word.length, 3))),
    }))
    .sort((a, b) => a.away - b.away)[0];
  const near = nearest && nearest.away <= 0.5 ? nearest.header : undefined;
  const hint = near ? `; did you mean "${near}"?` : '.';
  return formatErrors(
    'KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS',
    `${name}: line ${found.headerLine} has no column for ${found.missing} (found: ${found.columns.map((c) => `"${c.slice(0, 40)}"`).join(', ')})${hint} A Search Console performance export has a query or page, clicks, impressions, CTR and position`,
    {
      fields: {
        name,
        line: found.headerLine,
        expected: found.missing,
        found: found.columns.slice(0, 20),
        nearest: near,
      },
    },
  );
}

function twice(
  name: string,
  at: { headerLine: number; column: SearchConsoleColumn; first: string; second: string },
): Error {
  return formatErrors(
    'KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS',
    `${name}: line ${at.headerLine} has two columns for ${at.column} ("${at.first}" and "${at.second}"), as comparison exports have; export one period alone`,
    { fields: { name, line: at.headerLine, expected: at.column, found: [at.first, at.second] } },
  );
}
