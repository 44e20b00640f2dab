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

/** Contributions as a chart with their table, largest first. */
export function contributionChart<Name extends string>(
  contributions: readonly Contribution<Name>[],
  by: {
    readonly title: Prose;
    readonly about: Prose;
    readonly caption: Prose;
    readonly columns: readonly [part: Prose, contribution: Prose, meaning: Prose];
    readonly names: Readonly<Record<Name, Prose>>;
    readonly meaning: Readonly<Record<Name, Prose>>;
  },
): Chart {
  const sorted = contributions.toSorted((a, b) => Math.abs(b.figure.value) - Math.abs(a.figure.value));
  const [part, contribution, meaning] = by.columns;
  const behind: Table = table(
    by.caption,
    [
      [part, 'words'],
      [contribution, 'number'],
      [meaning, 'words'],
    ],
    sorted.map(({ name, figure }) => [by.names[name], figure, by.meaning[name]]),
  );
  return {
    kind: 'bars',
    title: by.title,
    description: by.about,
    bars: sorted.map(({ name, figure }) => ({ label: by.names[name], figure })),
    table: behind,
  };
}
