/** Mulberry32: small, fast, and the same numbers for the same seed. */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A seed of its own for the `index`-th thing of a kind. */
export const seedOf = (seed: number, kind: number, index: number): number =>
  Math.imul(Math.imul(seed ^ 0x9e3779b1, 0x85ebca6b) + index, 0xc2b2ae35) ^ Math.imul(kind + 1, 0x27d4eb2f);
