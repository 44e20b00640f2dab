import { type PriceFile, priceFileSchema } from '../domain/price/price-file.ts';
import { createPriceList, type PriceList } from '../domain/price/price-list.ts';
import prices from './prices.json' with { type: 'json' };

/** The prices that come with Kaze; `date` and `source` stand in the file. */
export const shippedPrices: PriceFile = priceFileSchema.parse(prices);

/** The shipped prices, with those of `overrides` above them, the last one above all. */
export function defaultPriceList(...overrides: readonly PriceFile[]): PriceList {
  return createPriceList(shippedPrices, ...overrides);
}
