import type { SearchConsoleDimension } from './headers.ts';

type Dimensions = Readonly<Partial<Record<SearchConsoleDimension, string>>>;

const DIMENSIONS = ['query', 'page', 'country', 'device', 'date', 'appearance'] as const;

/**
 * Which rows were there before, by their dimensions. Kept by a hash of 32 bits, so that half a million rows cost a few
 * megabytes: of two rows that share one, only the first is known again.
 */
export class SeenRows<Row extends Dimensions> {
  readonly #byHash = new Map<number, Row>();

  /** The earlier row with the same dimensions; this one is noted where there is none. */
  earlier(row: Row): Row | undefined {
    const hash = hashOf(row);
    const known = this.#byHash.get(hash);
    if (known === undefined) this.#byHash.set(hash, row);
    return known && DIMENSIONS.every((name) => known[name] === row[name]) ? known : undefined;
  }
}

/** FNV-1a over the texts, each ended by a character that no text holds. */
function hashOf(row: Dimensions): number {
  let hash = 0x811c9dc5;
  for (const name of DIMENSIONS) {
    const text = row[name] ?? '';
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ 0xffff, 0x01000193);
  }
  return hash;
}
