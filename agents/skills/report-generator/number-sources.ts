import type { Block, Cell, Chart, ReportDocument, Table } from './document.ts';
import { isProse, type Prose, type ProseRun } from './prose.ts';
import { isDays, isFigure, isQuote, type Source, type Sources, unsourced } from './sourced.ts';

/**
 * The sources that a report names, numbered from 1 in the order in which a reader meets them. What only one entry is
 * reckoned from has no number: that entry says it.
 */
export type SourceNumbers = ReadonlyMap<Source, number>;

/**
 * Walks a whole report and numbers what it names, then what that is reckoned from. This is the check at run time: whatever
 * is not prose, figure, day or quotation of this report is refused, so it is never printed.
 * Errors: KAZE_SKILL_NUMBER_UNSOURCED.
 */
export function numberSources(document: ReportDocument, sources: Sources): SourceNumbers {
  const numbers = new Map<Source, number>();
  const name = (source: Source) => {
    sources.require(source);
    if (!numbers.has(source)) numbers.set(source, numbers.size + 1);
  };
  for (const cell of cellsOf(document)) {
    if (cell === null) continue;
    for (const run of runsOf(cell)) if (typeof run !== 'string') name(run.source);
  }
  const uses = new Map<Source, number>();
  // What is added while this goes on is met by it as well.
  for (const source of numbers.keys()) {
    for (const part of source.kind === 'derived' ? source.of : []) {
      const used = (uses.get(part) ?? 0) + 1;
      uses.set(part, used);
      if (part.kind === 'derived' || used > 1) name(part);
    }
  }
  return numbers;
}

/** A cell as runs. Errors: KAZE_SKILL_NUMBER_UNSOURCED for anything that only looks like one. */
export function runsOf(cell: NonNullable<Cell>): readonly ProseRun[] {
  if (isProse(cell)) return cell.runs;
  if (isFigure(cell) || isQuote(cell) || isDays(cell)) return [cell];
  throw unsourced(`"${String(cell).slice(0, 40)}" was given to be printed without a source`);
}

function* cellsOf({ title, subtitle, facts, sections }: ReportDocument): Generator<Cell> {
  yield title;
  yield subtitle;
  yield* facts;
  for (const section of sections) {
    yield section.title;
    for (const block of section.blocks) yield* cellsOfBlock(block);
  }
}

function* cellsOfBlock(block: Block): Generator<Cell> {
  switch (block.kind) {
    case 'text':
    case 'note':
    case 'heading':
      yield block.text;
      break;
    case 'list':
      yield* block.items;
      break;
    case 'tiles':
      for (const { name, figure, change } of block.tiles) yield* [name, figure, change];
      break;
    case 'table':
      yield* cellsOfTable(block);
      break;
    default:
      yield* cellsOfChart(block);
  }
}

function* cellsOfTable({ caption, columns, rows }: Table): Generator<Cell> {
  yield caption;
  for (const { title } of columns) yield title;
  for (const row of rows) yield* row;
}

function* cellsOfChart(chart: Chart): Generator<Cell> {
  yield withoutNumbers(chart.title);
  yield withoutNumbers(chart.description);
  if (chart.kind === 'bars') for (const { label, figure } of chart.bars) yield* [label, figure];
  else for (const { day, figure } of chart.points) yield* [day, figure];
  yield* cellsOfTable(chart.table);
}

/** Titles of drawings cannot carry links. */
function withoutNumbers(title: Prose): Prose {
  const linked = title.runs.find((run) => typeof run !== 'string');
  if (linked === undefined) return title;
  throw unsourced('the title of a drawing holds a number, which cannot be linked there');
}
