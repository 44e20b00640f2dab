/**
 * Pieces of the generators of example clients: the same seed gives the same bytes, everywhere and always. Nothing here
 * reads the clock, the locale or the time zone of the machine.
 *
 * @example
 * const random = createRandom(7, 'leads');
 * const rows = [['Name', 'Betrag'], ['Müller', formatNumber(1234.5, 'de-DE', { decimals: 2, grouping: true })]];
 * const file = clientFile('leads.csv', writeCsv(rows, CSV_SPELLINGS['excel-semicolon']), 'Pipedrive, German');
 */
export { CSV_SPELLINGS, type CsvSpelling, writeCsv } from './csv.ts';
export {
  addDays,
  type DateStyle,
  daysBetween,
  formatDate,
  formatMoney,
  formatNumber,
  formatPercent,
  type Locale,
  type NumberStyle,
  weekdayOf,
} from './locale.ts';
export { createRandom, type Random } from './random.ts';

/** A file as the client would send it. */
export interface ClientFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Product and view it was exported from, in a few words. */
  readonly about: string;
}

/** What a client's generator gives; its truth is the client's own type. */
export interface GeneratedClient<Truth> {
  readonly name: string;
  /** Markdown: what the business does, its name in the first heading. */
  readonly businessContext: string;
  readonly files: Readonly<Record<string, ClientFile>>;
  readonly truth: Truth;
}

export function clientFile(name: string, bytes: Uint8Array, about: string): ClientFile {
  return { name, bytes, about };
}
