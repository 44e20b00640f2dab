import { createCorpus, type Question } from './corpus.ts';
import { rangeOf, type Size, TENANTS } from './sizes.ts';

/** Questions about passages of one client, or of all of them. */
export function questionsOf(size: Size, { seed, count, tenant }: { seed: number; count: number; tenant?: string }) {
  const corpus = createCorpus(seed);
  const { from, to } =
    tenant === undefined ? { from: 0, to: size.chunks } : rangeOf(TENANTS.indexOf(tenant), size.chunks);
  return Array.from(
    { length: count },
    (_, at): Question => corpus.question(from + Math.floor(((at + 0.5) * (to - from)) / count)),
  );
}
