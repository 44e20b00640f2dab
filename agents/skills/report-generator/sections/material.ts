import type { SkillInput } from '../../handler.ts';
import type { Contribution } from '../contributions.ts';
import type { CostFactor } from '../cost-changes.ts';
import { type Chart, type Table, table } from '../document.ts';
import type { PipelineFigures } from '../pipeline.ts';
import type { Prose } from '../prose.ts';
import type { SearchFigures } from '../search-figures.ts';
import type { Days, Figure, Quote, Sources } from '../sourced.ts';
import type { Target } from '../targets.ts';
import type { Texts } from '../texts/index.ts';
import type { Work } from '../work.ts';

/** Everything that the sections tell of. */
export interface Material {
  readonly sources: Sources;
  readonly texts: Texts;
  readonly client: Quote;
  readonly period: Days;
  readonly compared: Days;
  readonly madeBy: Quote;
  readonly madeOn: Days;
  readonly audience: Quote | undefined;
  /** Days of the period that are over, and its length, while it is not over. */
  readonly incomplete: { readonly over: Figure; readonly whole: Figure } | undefined;
  readonly work: Work;
  readonly truncated: boolean;
  readonly toldWork: readonly Quote[];
  readonly search: SearchFigures | undefined;
  readonly pipeline: PipelineFigures | undefined;
  readonly costWhy: readonly Contribution<CostFactor>[] | undefined;
  readonly targets: readonly Target[];
}

export type Inputs = Readonly<Record<string, SkillInput>>;

/** What a part of the report says of contributions; `factors` and `meaning` by their names. */
interface WhyTexts<Name extends string> {
  readonly why: () => Prose;
  readonly whyAbout: () => Prose;
  readonly whyTable: () => Prose;
  readonly factors: Readonly<Record<Name, Prose>>;
  readonly meaning: Readonly<Record<Name, Prose>>;
}

/** Contributions as a chart with their table, largest first. */
export function contributionChart<Name extends string>(
  contributions: readonly Contribution<Name>[],
  said: WhyTexts<Name>,
  [part, contribution, meaning]: readonly [part: Prose, contribution: Prose, meaning: Prose],
): Chart {
  const sorted = contributions.toSorted((a, b) => Math.abs(b.figure.value) - Math.abs(a.figure.value));
  const behind: Table = table(
    said.whyTable(),
    [
      [part, 'words'],
      [contribution, 'number'],
      [meaning, 'words'],
    ],
    sorted.map(({ name, figure }) => [said.factors[name], figure, said.meaning[name]]),
  );
  return {
    kind: 'bars',
    title: said.why(),
    description: said.whyAbout(),
    bars: sorted.map(({ name, figure }) => ({ label: said.factors[name], figure })),
    table: behind,
  };
}
