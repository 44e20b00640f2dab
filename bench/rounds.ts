import { quantile } from './measure.ts';

/** What one case did in one round. */
export interface Round {
  /** Milliseconds of each call, sorted. */
  readonly timesMs: readonly number[];
  readonly wallMs: number;
  /** Processor milliseconds of the server, where it is a process of its own. */
  readonly serverCpuMs?: number;
  /** Processor milliseconds of the engine's process, where there is one. */
  readonly engineCpuMs?: number;
  /** Processor milliseconds of the load generator, where there is one. */
  readonly clientCpuMs?: number;
}

export type Work = (callers: number) => Promise<Round>;

export const median = (values: readonly number[]) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

export const roundP50 = ({ timesMs }: Round) => quantile(timesMs, 0.5);
export const roundPerSecond = ({ timesMs, wallMs }: Round) => (timesMs.length / wallMs) * 1_000;

/** Calls `work` from so many callers at once for a while, in this process. */
export async function callFor(work: () => Promise<unknown>, callers: number, forMs: number): Promise<Round> {
  const timesMs: number[] = [];
  const began = performance.now();
  const end = began + forMs;
  const caller = async () => {
    while (performance.now() < end) {
      const sent = performance.now();
      await work();
      timesMs.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { timesMs: timesMs.sort((a, b) => a - b), wallMs: performance.now() - began };
}

/** The cases one after another, round by round, every other round from the last to the first. */
export async function interleave<K extends string>(
  cases: Readonly<Record<K, Work>>,
  { rounds, callers }: { readonly rounds: number; readonly callers: number },
): Promise<Readonly<Record<K, readonly Round[]>>> {
  const names = Object.keys(cases) as K[];
  const seen = Object.fromEntries(names.map((name) => [name, [] as Round[]])) as Record<K, Round[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) seen[name].push(await cases[name](callers));
  }
  return seen;
}

/**
 * How many times as long as its neighbour's a call of this case took: the median over rounds of the ratios within each
 * round, so that what else the machine did in a round weighs on both. One caller: of the median times. More: of the
 * throughputs.
 */
export function timeRatio(ours: readonly Round[], theirs: readonly Round[], callers: number): number {
  return median(
    ours.map((round, at) =>
      callers === 1 ? roundP50(round) / roundP50(theirs[at]!) : roundPerSecond(theirs[at]!) / roundPerSecond(round),
    ),
  );
}

/** All rounds of a case together: median, 95th percentile, and what was answered a second. */
export function allTimes(rounds: readonly Round[]): { p50Ms: number; p95Ms: number; perSecond: number } {
  const timesMs = rounds.flatMap((round) => [...round.timesMs]).sort((a, b) => a - b);
  const wallMs = rounds.reduce((sum, round) => sum + round.wallMs, 0);
  return {
    p50Ms: quantile(timesMs, 0.5),
    p95Ms: quantile(timesMs, 0.95),
    perSecond: (timesMs.length / wallMs) * 1_000,
  };
}
