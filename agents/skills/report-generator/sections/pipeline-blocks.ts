import { type Block, type Cell, heading, note, table, text } from '../document.ts';
import type { PipelineFigures } from '../pipeline.ts';
import { joined } from '../prose.ts';
import type { Figure } from '../sourced.ts';
import { contributionChart, type Material } from './material.ts';

/** What changed in the pipeline, and what it went together with. */
export function pipelineBlocks(found: PipelineFigures, { sources, texts }: Material): Block[] {
  const { pipeline: said, changed, search } = texts;
  const { now, before, rateRange, why, risks, issues } = found;
  const row = (name: Cell, here: Figure | undefined, there: Figure | undefined): Cell[] => [
    name,
    here ?? null,
    there ?? null,
    here && there ? sources.difference(here, there) : null,
  ];
  const blocks: Block[] = [
    heading(said.title()),
    table(
      said.table(found.file),
      [
        [changed.measure(), 'words'],
        [changed.now(), 'number'],
        [changed.before(), 'number'],
        [changed.change(), 'number'],
      ],
      [
        row(said.created(), now.created, before.created),
        row(said.won(), now.won, before.won),
        row(said.lost(), now.lost, before.lost),
        row(said.winRate(), now.winRate, before.winRate),
        row(said.wonValue(), now.wonValue, before.wonValue),
        row(said.cycle(), now.cycle, before.cycle),
        row(said.open(), found.open, found.openBefore),
        row(said.openValue(), found.openValue, found.openValueBefore),
      ],
    ),
  ];
  if (rateRange) {
    const told = [said.range(rateRange.level, rateRange.low, rateRange.high)];
    if (rateRange.isFew) told.push(said.few());
    blocks.push(text(joined(told)));
  }
  if (why) {
    blocks.push(text(changed.how()));
    blocks.push(contributionChart(why, said, [search.factor(), said.value(), search.cause()]));
  }
  if (risks.length > 0) {
    blocks.push(
      table(
        said.risks(),
        [
          [said.deal(), 'words'],
          [said.risk(), 'words'],
          [said.since(), 'words'],
          [said.age(), 'number'],
          [said.value(), 'number'],
        ],
        risks.map(({ deal, kind, since, days, value }) => [deal, said.kinds[kind], since, days, value]),
      ),
    );
  }
  for (const { kind, rows } of issues) blocks.push(note(said.issues[kind](rows)));
  for (const one of found.notes) blocks.push(note(said.reader(sources.quote(one, sources.input('pipeline')))));
  return blocks;
}
