import { folded } from './fields.ts';
import type { AgreedPrice, Invoice } from './types.ts';

/**
 * The price in force when an item was supplied: that of the latest beginning until then
 * (`internal-ops/invoices/contract-price-by-day`). Where the supply ran over several days, the dearest that was in force
 * on one of them; before the first beginning, the first.
 */
export function priceInForce(
  description: string,
  prices: readonly AgreedPrice[],
  { from, to, date }: Pick<Invoice, 'from' | 'to' | 'date'>,
): AgreedPrice | undefined {
  const named = agreedFor(description, prices);
  if (!named) return undefined;
  const key = folded(named.item);
  const steps = prices.filter(({ item }) => folded(item) === key).toSorted(byBeginning);
  const [first, last] = [(from ?? to ?? date)?.value, (to ?? from ?? date)?.value];
  if (steps.length < 2 || first === undefined || last === undefined) return named;
  const begun = steps.filter(({ validFrom }) => validFrom === undefined || validFrom <= last);
  const atFirst = begun.findLastIndex(({ validFrom }) => validFrom === undefined || validFrom <= first);
  const inForce = begun.slice(Math.max(0, atFirst));
  return inForce.reduce((dearest, one) => (one.price.gt(dearest.price) ? one : dearest), inForce[0] ?? steps[0]!);
}

function byBeginning(left: AgreedPrice, right: AgreedPrice): number {
  const [one, other] = [left.validFrom ?? '', right.validFrom ?? ''];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The agreed item that a description means: the same words, the one inside the other, or most words in common. */
function agreedFor(description: string, prices: readonly AgreedPrice[]): AgreedPrice | undefined {
  const wanted = folded(description);
  const exact = prices.find(({ item }) => folded(item) === wanted);
  if (exact) return exact;
  // The longest first: "Glass cleaning, weekly" is not "Glass cleaning".
  const inside = [...prices]
    .sort((a, b) => b.item.length - a.item.length)
    .find(({ item }) => wanted.startsWith(folded(item)));
  if (inside) return inside;
  const [best] = prices
    .map((price) => ({ price, share: overlap(description, price.item) }))
    .sort((a, b) => b.share - a.share);
  return best && best.share >= 0.75 ? best.price : undefined;
}

/** Words in common over all words (Jaccard). */
export function overlap(one: string, other: string): number {
  const words = (text: string) => new Set(text.toLowerCase().match(/\p{L}{2,}/gu) ?? []);
  const [left, right] = [words(one), words(other)];
  const shared = [...left].filter((word) => right.has(word)).length;
  return shared === 0 ? 0 : shared / (left.size + right.size - shared);
}
