import { amountOf, type CostLine, longestAnswer, type Room } from './amount.ts';

/** How long the answer may be: `least` is still worth having, `usual` will do, `most` is all that it could use. */
export interface WantedLength {
  readonly least: number;
  readonly usual: number;
  readonly most: number;
}

/** A budget's state as a store keeps it; caps are null where nothing is limited. */
export interface Standing {
  readonly key: string;
  readonly maxMicros: number | null;
  readonly maxTokens: number | null;
  readonly settledMicros: number;
  readonly settledTokens: number;
  readonly openMicros: number;
  readonly openTokens: number;
}

export type Grant =
  | { readonly state: 'granted'; readonly outputTokens: number }
  /** It would fit if open reservations ended. */
  | { readonly state: 'busy'; readonly key: string }
  /** What is settled leaves no room; `fits` is the longest answer that there is room for, -1 for none at all. */
  | { readonly state: 'exhausted'; readonly key: string; readonly fits: number };

/** A reservation may be longer than usual while it takes at most this part of what is free. */
export const AMPLE_PART = 20;

/**
 * Whether a call fits under all of its budgets, and how long an answer gets. `reserve.lua` says the same for Redis; one
 * contract suite holds both to it.
 */
export function grant(cost: CostLine, wanted: WantedLength, standings: readonly Standing[]): Grant {
  const room = tightest(cost, standings, (max, settled) => max - settled);
  if (room.fits < wanted.least) return { state: 'exhausted', ...room };
  const free = tightest(cost, standings, (max, settled, open) => max - settled - open);
  if (free.fits >= wanted.usual) {
    const ample = tightest(cost, standings, (max, settled, open) => Math.floor((max - settled - open) / AMPLE_PART));
    return { state: 'granted', outputTokens: ample.fits >= wanted.most ? wanted.most : wanted.usual };
  }
  // Near its end a budget gives what is left of it, once nobody else may give some back.
  if (room.fits < wanted.usual && free.fits === room.fits) return { state: 'granted', outputTokens: room.fits };
  return { state: 'busy', key: free.key };
}

/** How much longer a running answer may get: 0 when there is no room. */
export function extension(
  cost: CostLine,
  lengths: { readonly held: number; readonly wanted: number },
  standings: readonly Standing[],
): number {
  const held = amountOf(cost, lengths.held);
  const own = standings.map((standing) => ({
    ...standing,
    openMicros: standing.openMicros - held.micros,
    openTokens: standing.openTokens - held.tokens,
  }));
  const free = tightest(cost, own, (max, settled, open) => max - settled - open);
  return Math.max(0, Math.min(free.fits, lengths.wanted) - lengths.held);
}

/** The longest answer under all budgets, and the first budget that allows no longer one. */
function tightest(
  cost: CostLine,
  standings: readonly Standing[],
  left: (max: number, settled: number, open: number) => number,
): { readonly fits: number; readonly key: string } {
  let fits = Number.MAX_SAFE_INTEGER;
  let key = '';
  for (const s of standings) {
    const room: Room = {
      micros: s.maxMicros === null ? null : left(s.maxMicros, s.settledMicros, s.openMicros),
      tokens: s.maxTokens === null ? null : left(s.maxTokens, s.settledTokens, s.openTokens),
    };
    const longest = longestAnswer(cost, room, Number.MAX_SAFE_INTEGER);
    if (longest < fits) [fits, key] = [longest, s.key];
  }
  return { fits, key };
}
