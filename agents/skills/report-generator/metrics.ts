import { checkPage } from './check-page.ts';
import type { Contribution } from './contributions.ts';
import type { Locale } from './locale.ts';
import type { Prose } from './prose.ts';
import type { Material } from './sections/material.ts';
import { isFigure } from './sourced.ts';

/** Metrics with their formulas. */
export const METRICS: Readonly<Record<string, string>> = {
  sourced_share:
    'Numbers of the finished page that stand in a link to an entry of its list of sources / all numbers before that list; 1 without numbers. Read from the page, not from how it was made.',
  numbers: 'Numbers of the finished page before its list of sources.',
  sources: 'Entries of the list of sources.',
  figures_match:
    'Figures of the summary whose text equals that of a figure of the report made from the same sources / all figures of the summary; 1 without figures.',
  decomposition_residual:
    'Largest distance between a change and the sum of its parts, divided by the larger of the two totals; 0 without decompositions.',
  period_covered:
    'Days of the period that are over and, where an export by date was given, stand in it / all its days.',
};

export interface Measured {
  readonly html: string;
  readonly sources: number;
  readonly summary: readonly Prose[];
  readonly plain: readonly Prose[];
  readonly locale: Locale;
  readonly covered: number;
}

export function measure(material: Material, by: Measured): Record<string, number> {
  const { numbers, linked } = checkPage(by.html);
  return {
    sourced_share: numbers === 0 ? 1 : linked / numbers,
    numbers,
    sources: by.sources,
    figures_match: figuresMatch(by),
    decomposition_residual: residual(material),
    period_covered: Math.round(by.covered * 1_000) / 1_000,
  };
}

/** Of the words as they are printed against those that were computed: a model may have been at them. */
function figuresMatch({ summary, plain, locale }: Measured): number {
  const said = (paragraphs: readonly Prose[]) =>
    paragraphs.flatMap(({ runs }) =>
      runs.flatMap((run) => (isFigure(run) ? [{ text: locale.figure(run), source: run.source }] : [])),
    );
  const known = said(plain);
  const told = said(summary);
  const right = told.filter(({ text, source }) => known.some((one) => one.text === text && one.source === source));
  return told.length === 0 ? 1 : right.length / told.length;
}

function residual({ search, pipeline, work, costWhy }: Material): number {
  const won = [pipeline?.now.wonValue?.value, pipeline?.before.wonValue?.value];
  return Math.max(
    distance(search?.why, search?.now.clicks.value, search?.before?.clicks.value),
    distance(pipeline?.why, won[0], won[1]),
    distance(costWhy, work.cost.value, work.costBefore.value),
  );
}

function distance(parts: readonly Contribution[] | undefined, now = 0, before = 0): number {
  if (!parts || parts.length === 0) return 0;
  const sum = parts.reduce((total, { figure }) => total + figure.value, 0);
  return Math.abs(sum - (now - before)) / Math.max(1e-9, now, before);
}
