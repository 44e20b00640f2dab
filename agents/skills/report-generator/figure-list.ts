import type { Json } from '../handler.ts';
import type { Contribution } from './contributions.ts';
import type { Locale } from './locale.ts';
import type { Prose } from './prose.ts';
import { plainText } from './render-markdown.ts';
import type { Material } from './sections/material.ts';
import type { Figure, Source, Sources } from './sourced.ts';
import type { Measured } from './targets.ts';

export interface NamedFigure {
  readonly name: string;
  readonly now: Figure;
  readonly before?: Figure;
}

/** The measures of the report by name, for targets, criteria and whoever reads the outcome with a program. */
export function namedFigures({
  work,
  search,
  pipeline,
}: Pick<Material, 'work' | 'search' | 'pipeline'>): NamedFigure[] {
  const found: NamedFigure[] = [];
  const add = (name: string, now: Figure | undefined, before?: Figure) => {
    if (now) found.push({ name, now, ...(before ? { before } : {}) });
  };
  add('delivered_results', work.delivered, work.deliveredBefore);
  add('undelivered_tasks', work.undelivered);
  add('checks_passed', work.checksPassed);
  add('approved', work.approved);
  add('edited', work.edited);
  add('rejected', work.rejected);
  add('waiting', work.waitingCount);
  add('tasks', work.tasks, work.tasksBefore);
  add('cost', work.cost, work.costBefore);
  if (search) {
    const { now, before } = search;
    add('clicks', now.clicks, before?.clicks);
    add('impressions', now.impressions, before?.impressions);
    add('ctr', now.ctr, before?.ctr);
    add('position', now.position, before?.position);
  }
  if (pipeline) {
    const { now, before } = pipeline;
    add('new_deals', now.created, before.created);
    add('won', now.won, before.won);
    add('lost', now.lost, before.lost);
    add('win_rate', now.winRate, before.winRate);
    add('won_value', now.wonValue, before.wonValue);
    add('cycle_days', now.cycle, before.cycle);
    add('open_deals', pipeline.open, pipeline.openBefore);
    add('open_value', pipeline.openValue, pipeline.openValueBefore);
  }
  return found;
}

export const measuredOf = (figures: readonly NamedFigure[]): Measured =>
  Object.fromEntries(figures.map(({ name, now }) => [name, now]));

/** The list `figures`: each value with its sources down to nodes and rows. */
export function figuresJson(
  figures: readonly NamedFigure[],
  { locale, sources }: { locale: Locale; sources: Sources },
): Json[] {
  return figures.map(({ name, now, before }): Json => {
    const change = before && sources.difference(now, before);
    return {
      name,
      value: now.value,
      unit: now.unit,
      text: locale.figure(now),
      before: before?.value ?? null,
      before_text: before ? locale.figure(before) : null,
      change: change?.value ?? null,
      change_text: change ? locale.figure(change) : null,
      sources: leavesOf(now.source).map(sourceJson),
    };
  });
}

const MOST_LEAVES = 60;
const MOST_IDS = 100;

/** What a figure rests on in the end: nodes, rows, inputs. */
function leavesOf(source: Source, found = new Set<Source>()): Source[] {
  if (source.kind === 'derived') for (const part of source.of) leavesOf(part, found);
  else found.add(source);
  return [...found].slice(0, MOST_LEAVES);
}

function sourceJson(source: Source): Json {
  switch (source.kind) {
    case 'node':
      return { node: source.type, id: source.id, properties: [...source.properties] };
    case 'nodes':
      return {
        node: source.type,
        ids: source.ids.slice(0, MOST_IDS),
        count: source.ids.length,
        properties: [source.property],
      };
    case 'rows': {
      const { file, columns, lines } = source;
      return {
        file,
        columns: [...columns],
        rows: lines.length,
        first_line: lines[0] ?? null,
        last_line: lines.at(-1) ?? null,
      };
    }
    case 'input':
      return { input: source.name, line: source.line };
    case 'method':
      return { method: source.name, reference: source.reference };
    case 'derived':
      return { formula: source.formula };
  }
}

/** The list `changes`: what each change is made up of, by which method. */
export function changesJson({ search, pipeline, costWhy }: Material): Json[] {
  const listed = (
    of: string,
    change: number | undefined,
    contributions: readonly Contribution[] | undefined,
  ): Json[] =>
    change === undefined || !contributions || contributions.length === 0
      ? []
      : [
          {
            of,
            change: round(change),
            method: 'LMDI-I',
            parts: contributions.map(({ name, figure }) => ({ part: name, contribution: round(figure.value) })),
          },
        ];
  const won = pipeline?.now.wonValue;
  const wonBefore = pipeline?.before.wonValue;
  return [
    ...listed('clicks', search?.chance?.change.value, search?.why),
    ...listed('won_value', won && wonBefore && won.value - wonBefore.value, pipeline?.why),
    ...listed('cost', costWhy && costChange(costWhy), costWhy),
  ];
}

const costChange = (parts: readonly Contribution[]): number => parts.reduce((sum, { figure }) => sum + figure.value, 0);
const round = (value: number): number => Math.round(value * 10_000) / 10_000;

export const stepsJson = (steps: readonly Prose[], locale: Locale): Json[] =>
  steps.map((step) => ({ what: plainText(step, locale) }));
