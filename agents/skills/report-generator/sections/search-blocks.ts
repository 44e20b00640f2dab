import { daysBetween } from '../../text/calendar.ts';
import { type Block, type Cell, heading, list, note, type Table, table, text } from '../document.ts';
import { joined, say } from '../prose.ts';
import type { SearchFigures } from '../search-figures.ts';
import { type Days, type Figure, type Sources } from '../sourced.ts';
import { contributionChart, type Material } from './material.ts';

/** What changed in search, and what it went together with. */
export function searchBlocks(found: SearchFigures, material: Material): Block[] {
  const { texts } = material;
  const { search: said, changed } = texts;
  const { before, chance, why, covered, expectedDays, unnamed } = found;
  const blocks: Block[] = [heading(said.title())];
  if (covered && covered.value < expectedDays.value) blocks.push(note(said.covered(covered, expectedDays)));
  blocks.push(totalsTable(found, material));
  if (!before) blocks.push(note(said.noBefore()));
  if (chance) {
    const told = [said.chance(chance.change, chance.level, chance.low, chance.high)];
    if (chance.isThin) told.push(said.thin());
    else if (chance.mayBeChance) told.push(said.mayBeChance());
    blocks.push(text(joined(told)));
  }
  if (why) {
    blocks.push(text(changed.how()));
    blocks.push(contributionChart(why, said, [said.factor(), said.contribution(), said.cause()]));
  }
  const moved = [...found.lost, ...found.gained];
  if (moved.length > 0) {
    blocks.push(
      table(
        said.moved(),
        [
          [said.query(), 'words'],
          [changed.now(), 'number'],
          [changed.before(), 'number'],
          [changed.change(), 'number'],
          [said.cause(), 'words'],
        ],
        moved.map(({ query, now, before: then, change, cause }) => [query, now, then, change, said.causes[cause]]),
      ),
    );
  }
  blocks.push(...dayBlocks(found, material));
  blocks.push(...stepBlocks(found, material));
  if (unnamed) blocks.push(note(said.unnamed(unnamed)));
  blocks.push(note(said.assumed()));
  return blocks;
}

function totalsTable({ now, before, file }: SearchFigures, { sources, texts }: Material): Table {
  const { search: said, changed } = texts;
  const row = (name: Cell, here: Figure | undefined, there: Figure | undefined): Cell[] => {
    const change = here && there ? sources.difference(here, there) : null;
    const relative = here && there && here.unit === 'count' ? (sources.relative(here, there) ?? null) : null;
    return [name, here ?? null, there ?? null, change, relative];
  };
  return table(
    said.table(file),
    [
      [changed.measure(), 'words'],
      [changed.now(), 'number'],
      [changed.before(), 'number'],
      [changed.change(), 'number'],
      [changed.relative(), 'number'],
    ],
    [
      row(said.clicks(), now.clicks, before?.clicks),
      row(said.impressions(), now.impressions, before?.impressions),
      row(said.ctr(), now.ctr, before?.ctr),
      row(said.position(), now.position, before?.position),
    ],
  );
}

const LEAST_DAYS = 3;

function dayBlocks({ byDay }: SearchFigures, { sources, texts: { search: said } }: Material): Block[] {
  if (byDay.length < LEAST_DAYS) return [];
  const clicks = byDay.map(({ clicks: one }) => one.value);
  const last = byDay.length - 1;
  const highest = clicks.indexOf(Math.max(...clicks));
  const lowest = clicks.indexOf(Math.min(...clicks));
  // Labels that would lie over each other are left to the table.
  const apart = (at: number, others: readonly number[]) => others.every((one) => Math.abs(one - at) > byDay.length / 8);
  const labelled = [0, last];
  for (const at of [highest, lowest]) if (apart(at, labelled)) labelled.push(at);
  const weeks = Array.from({ length: Math.ceil(byDay.length / 7) }, (_, at) => byDay.slice(at * 7, at * 7 + 7));
  return [
    {
      kind: 'line',
      title: said.byDay(),
      description: said.byDayAbout(),
      points: byDay.map(({ day, clicks: figure }) => ({ day, figure })),
      labelled: labelled.sort((a, b) => a - b),
      table: table(
        said.byDayTable(),
        [
          [said.week(), 'words'],
          [said.clicks(), 'number'],
        ],
        weeks.map((days) => [
          spanOf(days, sources),
          sources.sum(
            days.map(({ clicks: one }) => one),
            'count',
          ),
        ]),
      ),
    },
  ];
}

/** Weeks before a step in which deliveries are named beside it. */
const NEAR_DAYS = 21;

function stepBlocks({ steps }: SearchFigures, { work, texts: { search: said } }: Material): Block[] {
  const near = work.results.filter(({ day }) =>
    steps.some((step) => {
      const days = daysBetween(day.from, step.day.from);
      return days >= 0 && days <= NEAR_DAYS;
    }),
  );
  const told = steps.map(({ day, change, level, low, high, cause }) =>
    text(said.step(day, change, level, low, high, said.stepCauses[cause])),
  );
  if (near.length === 0) return told;
  return [
    ...told,
    text(said.doneBefore()),
    list(near.map(({ day, skill, summary }) => say`${day}, ${skill}: ${summary}`)),
  ];
}

function spanOf(days: SearchFigures['byDay'], sources: Sources): Days {
  const [first, last] = [days[0]!.day, days.at(-1)!.day];
  return sources.days(first.from, last.to, sources.derived('period', [first.source, last.source]));
}
