import type { ModelPrice, PriceFile } from './price-file.ts';

/** A model's price with where it is from. */
export interface Price extends ModelPrice {
  /** The line of the price file that it stands in. */
  readonly name: string;
  readonly date: string;
  readonly source: string;
}

export interface PriceList {
  /** Undefined for a model that no price file knows. */
  of(model: { readonly provider: string; readonly name: string }): Price | undefined;
}

/** What vendors put behind a model's name for one of its versions: a date, `latest`. */
const VERSION = /(-\d{8}|-\d{4}-\d{2}-\d{2}|@\d{8}|-latest)$/;

/**
 * Later files stand above earlier ones, line by line. A model is looked for by its full name, then without the date of
 * its version, then as `provider/*`; a more exact line of an earlier file stands above a vaguer one of a later file.
 */
export function createPriceList(...files: readonly PriceFile[]): PriceList {
  const prices = new Map<string, Price>();
  for (const { models, date, source } of files) {
    for (const [name, price] of Object.entries(models)) prices.set(name, { date, source, ...price, name });
  }
  return {
    of({ provider, name }) {
      const full = `${provider}/${name}`;
      return prices.get(full) ?? prices.get(full.replace(VERSION, '')) ?? prices.get(`${provider}/*`);
    },
  };
}
