import { decompose, LMDI } from './lmdi.ts';
import type { Figure, Source, Sources, Unit } from './sourced.ts';

/** What one factor contributed to a change. */
export interface Contribution<Name extends string = string> {
  readonly name: Name;
  readonly figure: Figure;
}

/** A group of cases with its factors in both periods; absent from one when it is new or gone. */
export interface Group {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Contributions by name, as figures that lead to the method and to what was decomposed. */
export function contributionsOf<Name extends string>(
  groups: readonly Group[],
  by: {
    readonly names: readonly Name[];
    readonly unit: Unit;
    readonly of: readonly Source[];
    readonly sources: Sources;
  },
): Contribution<Name>[] {
  const { names, unit, of, sources } = by;
  const effects = decompose(groups);
  const source = sources.derived('decomposition', [...of, sources.method(LMDI.name, LMDI.reference)]);
  return names.map((name, at) => ({ name, figure: sources.change(effects[at] ?? 0, unit, source) }));
}
