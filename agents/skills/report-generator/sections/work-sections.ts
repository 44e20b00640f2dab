import { type Block, list, note, type Section, table, text } from '../document.ts';
import { say } from '../prose.ts';
import { contributionChart, type Material } from './material.ts';

const RESULTS_TOLD = 12;
const LEARNED_TOLD = 6;
/** Fewer bars are no chart. */
const LEAST_BARS = 2;

export function doneSection({ work, toldWork, truncated, texts: { done } }: Material): Section {
  const skills = work.skills.filter(
    ({ delivered, before, undelivered }) => delivered.value + before.value + undelivered.value > 0,
  );
  const behind = table(
    done.table(),
    [
      [done.skill(), 'words'],
      [done.delivered(), 'number'],
      [done.before(), 'number'],
      [done.undelivered(), 'number'],
      [done.checks(), 'number'],
      [done.edited(), 'number'],
    ],
    skills.map((one) => [one.skill, one.delivered, one.before, one.undelivered, one.checksPassed ?? null, one.edited]),
  );
  const shown = skills.filter(({ delivered }) => delivered.value > 0);
  const blocks: Block[] = skills.length === 0 ? [text(done.nothing())] : [];
  if (shown.length >= LEAST_BARS) {
    blocks.push({
      kind: 'bars',
      title: done.chart(),
      description: done.chartAbout(),
      bars: shown
        .toSorted((a, b) => b.delivered.value - a.delivered.value)
        .map(({ skill, delivered }) => ({ label: skill, figure: delivered })),
      table: behind,
    });
  } else if (skills.length > 0) blocks.push(behind);
  if (work.parts.value > 0) blocks.push(text(done.parts(work.parts)));
  if (toldWork.length > 0) {
    const items = toldWork.map((line) => say`${line}`);
    blocks.push({ kind: 'heading', text: done.told() }, list(items), note(done.toldBy()));
  }
  if (truncated) blocks.push(note(done.truncated()));
  return { id: 'done', title: done.title(), blocks };
}

export function cameSection({ work, texts: { came } }: Material): Section {
  const { approved, edited, rejected, wait, checks, checksPassed, results, learned } = work;
  const blocks: Block[] = [];
  if (approved.value + edited.value + rejected.value > 0) {
    const decisions = came.decisions(approved, edited, rejected);
    blocks.push(text(wait ? say`${decisions} ${came.wait(wait)}` : decisions));
  }
  if (checksPassed) blocks.push(text(came.checks(checks, checksPassed)));
  if (results.length === 0) blocks.push(text(came.nothing()));
  else {
    blocks.push(
      table(
        came.results(),
        [
          [came.day(), 'words'],
          [came.skill(), 'words'],
          [came.result(), 'words'],
          [came.decidedBy(), 'words'],
        ],
        results.slice(0, RESULTS_TOLD).map(({ day, skill, summary, decidedBy }) => [day, skill, summary, decidedBy]),
      ),
    );
    if (results.length > RESULTS_TOLD) blocks.push(text(came.more(work.delivered)));
  }
  if (work.knowledge.value > 0) {
    blocks.push(text(came.knowledge(work.knowledge)));
    blocks.push(list(learned.slice(0, LEARNED_TOLD).map(({ title, kind, day }) => say`${title} (${kind}, ${day})`)));
  }
  return { id: 'outcome', title: came.title(), blocks };
}

export function costSection(material: Material): Section {
  const { work, costWhy, texts } = material;
  const { cost: said } = texts;
  const { cost, costBefore, tasks } = work;
  if (cost.value === 0 && costBefore.value === 0) {
    return { id: 'cost', title: said.title(), blocks: [text(said.free(tasks)), note(said.how())] };
  }
  const rows = work.skills.filter((one) => one.cost.value + one.costBefore.value > 0);
  const blocks: Block[] = [
    text(said.total(cost, tasks, costBefore)),
    table(
      said.table(),
      [
        [texts.done.skill(), 'words'],
        [said.tasks(), 'number'],
        [said.cost(), 'number'],
        [texts.changed.before(), 'number'],
        [texts.changed.change(), 'number'],
      ],
      rows
        .toSorted((a, b) => b.cost.value - a.cost.value)
        .map((one) => [
          one.skill,
          one.tasks,
          one.cost,
          one.costBefore,
          material.sources.difference(one.cost, one.costBefore),
        ]),
    ),
  ];
  if (costWhy && costWhy.length > 0) {
    blocks.push(contributionChart(costWhy, said, [texts.search.factor(), said.cost(), texts.search.cause()]));
  }
  return { id: 'cost', title: said.title(), blocks: [...blocks, note(said.how())] };
}
