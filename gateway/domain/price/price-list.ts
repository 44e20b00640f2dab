import type { ModelPrice, PriceFile } from './price-file.ts';

/** A model's price with where it is from. */
export interface Price extends ModelPrice {
  /** The line of the price file that it stands in. */
  readonly name: string;
  readonly date: string;
  readonly source: string;
}

export interface PriceList {
  /**
   * What a call begun at `atMs` (epoch milliseconds) is charged by. Undefined for a model of which no price file knows a
   * price of that day.
   */
  of(model: { readonly provider: string; readonly name: string }, atMs: number): Price | undefined;
}

/** What vendors put behind a model's name for one of its versions: a date, `latest`. */
const VERSION = /(-\d{8}|-\d{4}-\d{2}-\d{2}|@\d{8}|-latest)$/;

/**
 * Later files stand above earlier ones, line by line. A model is looked for by its full name, then without the date of
 * its version, then as `provider/*`; a more exact line of an earlier file stands above a vaguer one of a later file.
 * Of a line's prices the one that began last counts; before the first of them the line does not stand there.
 */
export function createPriceList(...files: readonly PriceFile[]): PriceList {
  const lines = new Map<string, readonly DatedPrice[]>();
  for (const { models, date, source } of files) {
    for (const [name, line] of Object.entries(models)) {
      const dated = [line].flat().map((price) => ({
        fromMs: price.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(price.from),
        price: { date, source, ...price, name },
      }));
      dated.sort((a, b) => (a.fromMs < b.fromMs ? 1 : -1));
      lines.set(name, [...dated, ...(lines.get(name) ?? [])]);
    }
  }
  const at = (name: string, atMs: number) => lines.get(name)?.find(({ fromMs }) => fromMs <= atMs)?.price;
  return {
    of({ provider, name }, atMs) {
      const full = `${provider}/${name}`;
      return at(full, atMs) ?? at(full.replace(VERSION, ''), atMs) ?? at(`${provider}/*`, atMs);
    },
  };
}

interface DatedPrice {
  readonly fromMs: number;
  readonly price: Price;
}
