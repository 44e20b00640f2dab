import type { Figure, Sources } from './sourced.ts';

/** Two-sided 80 % point of the normal distribution. */
const Z80 = 1.2816;
const LEVEL = 0.8;
/** Counts that together are below this say too little to take their change apart. */
const THIN = 40;

export interface Chance {
  readonly change: Figure;
  readonly low: Figure;
  readonly high: Figure;
  readonly level: Figure;
  /** The interval holds no change: it may be chance alone. */
  readonly mayBeChance: boolean;
  readonly isThin: boolean;
}

/** The change of a count with the interval that chance allows: the difference of two Poisson counts has their sum as its variance. */
export function chanceIn(now: Figure, before: Figure, sources: Sources): Chance {
  const change = sources.difference(now, before);
  const noise = Z80 * Math.sqrt(now.value + before.value);
  const method = sources.method(
    'Poisson',
    'the difference of counts that come independently has their sum as its variance; the interval is that of the normal distribution at the level set in the skill',
  );
  const source = sources.derived('chance', [now.source, before.source, method]);
  return {
    change,
    low: sources.change(change.value - noise, change.unit, source),
    high: sources.change(change.value + noise, change.unit, source),
    level: sources.figure(LEVEL, 'share', method),
    mayBeChance: Math.abs(change.value) <= noise,
    isThin: now.value + before.value < THIN,
  };
}
