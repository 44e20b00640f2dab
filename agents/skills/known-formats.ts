import { foldName } from './search-exports/names.ts';

/** A table that some skill reads, for naming the nearest one to a table that was given in its place. */
export interface KnownFormat {
  readonly label: string;
  /** Folded names of columns that speak for it. */
  readonly columns: readonly string[];
  readonly wayOut: string;
}

const FORMATS: readonly KnownFormat[] = [
  {
    label: 'a Google Search Console performance export',
    columns: [
      'query',
      'page',
      'clicks',
      'impressions',
      'ctr',
      'position',
      'suchanfrage',
      'klicks',
      'impressionen',
      'seite',
      'top queries',
      'top pages',
      'haufigste suchanfragen',
    ],
    wayOut: 'give it as current_rankings, previous_rankings, rankings_by_page, rankings_by_country or rankings_by_date',
  },
  {
    label: 'Google Ads Keyword Planner, historical metrics',
    columns: [
      'keyword',
      'currency',
      'wahrung',
      'avg monthly searches',
      'durchschnittl suchanfragen pro monat',
      'three month change',
      'yoy change',
      'competition indexed value',
      'wettbewerb indexierter wert',
    ],
    wayOut: 'download "Plan historical metrics" as CSV and give it as keyword_planner',
  },
  {
    label: 'a rank tracker’s table of keyword, position and URL (Semrush, Ahrefs, SISTRIX)',
    columns: [
      'keyword',
      'position',
      'current position',
      'url',
      'current url',
      'volume',
      'search volume',
      'suchvolumen',
      'kd',
      'keyword difficulty',
      'cpc',
      'traffic',
      'serp features',
      'rank',
    ],
    wayOut: 'give it as rank_tracker (own site) or competitor_rankings',
  },
  {
    label: 'a CRM’s export of deals or leads',
    columns: [
      ...['deal name', 'deal stage', 'deal owner', 'pipeline', 'record id', 'lifecycle stage', 'lead status'],
      ...['deal title', 'deal status', 'deal value', 'deal organization', 'lead source', 'lead owner', 'lead id'],
      ...['opportunity name', 'opportunity owner', 'account name', 'stage', 'close date', 'is won', 'converted'],
    ],
    wayOut: 'give it to the skill lead-scoring',
  },
  {
    label: 'an export of invoices',
    columns: [
      ...['invoice number', 'invoice date', 'invoice no', 'supplier', 'vendor', 'unit price', 'vat', 'net', 'total'],
      ...['rechnungsnr', 'rechnungsnummer', 'rechnungsdatum', 'lieferant', 'einzelpreis', 'bruttobetrag', 'ust'],
    ],
    wayOut: 'give it to the skill invoice-check',
  },
];

const DELIMITERS = ['\t', ';', ',', '|'];
/** Lines that a product writes before the header: a title, the period. */
export const MOST_PREAMBLE = 12;

/** The format that a line of a text is the header of, within the first twelve. */
export function formatOfText(text: string): KnownFormat | undefined {
  const lines = text.split(/\r\n|\n|\r/, MOST_PREAMBLE);
  const split = lines.flatMap((line) => DELIMITERS.map((mark) => line.split(mark).map((cell) => foldName(cell))));
  return split.map(nearest).find((format) => format !== undefined);
}

/** By the names of columns; undefined where not even two of a format are known. */
export const formatOfColumns = (columns: readonly string[]): KnownFormat | undefined => nearest(columns.map(foldName));

function nearest(folded: readonly string[]): KnownFormat | undefined {
  const [best] = FORMATS.map((format) => ({
    format,
    known: folded.filter((column) => format.columns.includes(column)).length,
  })).sort((left, right) => right.known - left.known);
  return best!.known >= 2 ? best!.format : undefined;
}

export function describeFormats(): string {
  return FORMATS.map(({ label }) => label).join('; ');
}
