import { type Block, list, note, type ReportDocument, type Section, type Tile, table, text } from '../document.ts';
import { joined, type Prose } from '../prose.ts';
import type { Material } from './material.ts';
import { pipelineBlocks } from './pipeline-blocks.ts';
import { searchBlocks } from './search-blocks.ts';
import { cameSection, costSection, doneSection } from './work-sections.ts';

const NEXT_TOLD = 3;
/** Results that pass fewer of their checks call for a look. */
const CHECKS_WANTED = 0.9;

export interface Given {
  /** Paragraphs of the summary, as a model put them where one did. */
  readonly summary: readonly Prose[];
  readonly guidance: Section | undefined;
}

/** The whole report. */
export function reportDocument(material: Material, { summary, guidance }: Given): ReportDocument {
  const { texts, client, period, compared, madeBy, madeOn, audience } = material;
  return {
    title: texts.report.title(client),
    subtitle: texts.report.subtitle(period, compared),
    facts: [texts.report.made(madeBy, madeOn), ...(audience ? [texts.report.audience(audience)] : [])],
    sections: [
      summarySection(material, summary),
      doneSection(material),
      cameSection(material),
      changedSection(material),
      costSection(material),
      nextSection(material),
      ...(guidance ? [guidance] : []),
    ],
  };
}

/** The report in a few sentences, in the order of its sections. */
export function summaryOf({ work, search, pipeline, texts, targets }: Material): Prose[] {
  const { summary: said } = texts;
  const parts = [said.work(work.delivered, work.deliveredBefore)];
  if (search?.chance && search.before) {
    const { now, before, chance, why } = search;
    const sentences = [said.clicks(now.clicks, before.clicks, chance.change)];
    const main = why?.toSorted((a, b) => Math.abs(b.figure.value) - Math.abs(a.figure.value))[0];
    if (chance.mayBeChance) sentences.push(said.mayBeChance());
    else if (main) sentences.push(said.mostly(texts.search.factors[main.name], main.figure));
    parts.push(joined(sentences));
  } else if (search) parts.push(said.clicksOnly(search.now.clicks, search.now.impressions));
  if (pipeline) {
    const { now, before } = pipeline;
    parts.push(
      now.wonValue && before.wonValue
        ? said.wonValue(now.won, now.wonValue, before.won, before.wonValue)
        : said.won(now.won, before.won),
    );
  }
  for (const { name, judged } of targets) {
    if (judged) parts.push(said.target(name, judged.value, judged.target, judged.reached));
  }
  parts.push(
    work.cost.value + work.costBefore.value > 0 ? said.cost(work.cost, work.costBefore) : texts.cost.free(work.tasks),
  );
  if (work.waitingCount.value > 0) parts.push(said.waiting(work.waitingCount));
  return parts;
}

function summarySection(material: Material, summary: readonly Prose[]): Section {
  const { texts, incomplete, targets } = material;
  const blocks: Block[] = [
    ...(incomplete ? [note(texts.incomplete(incomplete.over, incomplete.whole))] : []),
    { kind: 'tiles', tiles: tilesOf(material) },
    ...summary.map(text),
  ];
  const judged = targets.flatMap((one) => (one.judged ? [{ name: one.name, ...one.judged }] : []));
  if (judged.length > 0) {
    const { targets: said, changed } = texts;
    blocks.push(
      table(
        said.table(),
        [
          [said.name(), 'words'],
          [said.target(), 'number'],
          [changed.now(), 'number'],
          [said.reached(), 'number'],
        ],
        judged.map(({ name, target, value, reached }) => [name, target, value, reached]),
      ),
    );
  }
  for (const { name, judged: one } of targets) if (!one) blocks.push(note(texts.targets.unknown(name)));
  return { id: 'summary', title: texts.summary.title(), blocks };
}

function tilesOf({ work, search, pipeline, sources, texts: { tiles } }: Material): Tile[] {
  const found: Tile[] = [
    {
      name: tiles.delivered(),
      figure: work.delivered,
      change: sources.difference(work.delivered, work.deliveredBefore),
      better: 'more',
    },
  ];
  if (search) {
    const { now, before } = search;
    found.push({
      name: tiles.clicks(),
      figure: now.clicks,
      change: (before && sources.relative(now.clicks, before.clicks)) ?? null,
      better: 'more',
    });
    found.push({
      name: tiles.impressions(),
      figure: now.impressions,
      change: (before && sources.relative(now.impressions, before.impressions)) ?? null,
      better: 'more',
    });
  }
  if (pipeline) {
    const { now, before, open } = pipeline;
    const { wonValue, winRate } = now;
    found.push({ name: tiles.won(), figure: now.won, change: sources.difference(now.won, before.won), better: 'more' });
    if (wonValue) {
      const change = (before.wonValue && sources.relative(wonValue, before.wonValue)) ?? null;
      found.push({ name: tiles.wonValue(), figure: wonValue, change, better: 'more' });
    }
    if (winRate) {
      const change = before.winRate ? sources.difference(winRate, before.winRate) : null;
      found.push({ name: tiles.winRate(), figure: winRate, change, better: 'more' });
    }
    found.push({ name: tiles.open(), figure: open, change: null, better: null });
  }
  const { cost, costBefore } = work;
  if (cost.value + costBefore.value > 0) {
    found.push({ name: tiles.cost(), figure: cost, change: sources.difference(cost, costBefore), better: 'less' });
  }
  return found;
}

function changedSection(material: Material): Section {
  const { search, pipeline, texts } = material;
  const blocks = [
    ...(search ? searchBlocks(search, material) : []),
    ...(pipeline ? pipelineBlocks(pipeline, material) : []),
  ];
  return {
    id: 'changes',
    title: texts.changed.title(),
    blocks: blocks.length > 0 ? blocks : [text(texts.changed.nothing())],
  };
}

/** What follows, each with the finding that it follows from. */
export function nextSteps({ work, search, pipeline, texts: { next } }: Material): Prose[] {
  const steps: Prose[] = work.waiting.slice(0, NEXT_TOLD).map(({ skill, asked }) => next.waiting(skill, asked));
  if (work.waiting.length > NEXT_TOLD) steps.push(next.waitingMore(work.waitingCount));
  steps.push(...work.failures.slice(0, NEXT_TOLD).map(({ skill, reason }) => next.failed(skill, reason)));
  for (const { query, change, cause } of search?.lost.slice(0, NEXT_TOLD) ?? [])
    steps.push(next.lost[cause](query, change));
  for (const [kind, count] of Object.entries(pipeline?.riskCounts ?? {})) {
    if (count.value > 0) steps.push(next.risks[kind as keyof typeof next.risks](count));
  }
  for (const { skill, checksPassed } of work.skills) {
    if (checksPassed && checksPassed.value < CHECKS_WANTED) steps.push(next.checks(skill, checksPassed));
  }
  if (work.openCount.value > 0) steps.push(next.running(work.openCount));
  return steps;
}

function nextSection(material: Material): Section {
  const steps = nextSteps(material);
  const { next } = material.texts;
  return { id: 'next', title: next.title(), blocks: [steps.length > 0 ? list(steps) : text(next.nothing())] };
}
