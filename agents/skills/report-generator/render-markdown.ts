import { inert } from '../text/inert.ts';
import type { Block, Cell, ReportDocument, Table } from './document.ts';
import type { Locale } from './locale.ts';
import { runsOf, type SourceNumbers } from './number-sources.ts';
import { plainWords } from './plain-words.ts';
import { sourceList } from './source-list.ts';
import { isFigure, isQuote, type Source } from './sourced.ts';
import type { Texts } from './texts/types.ts';

export interface Rendering {
  readonly locale: Locale;
  readonly texts: Texts;
  readonly numbers: SourceNumbers;
}

/** The report as Markdown: each number carries a footnote, which names its source. Charts are their tables. */
export function renderMarkdown(document: ReportDocument, rendering: Rendering): string {
  const writer = new MarkdownWriter(rendering);
  const { title, subtitle, facts, sections } = document;
  const parts = [
    `# ${writer.cell(title)}`,
    `**${writer.cell(subtitle)}**`,
    ...(facts.length > 0 ? [facts.map((fact) => writer.cell(fact)).join('  \n')] : []),
    ...sections.flatMap((section) => [
      `## ${writer.cell(section.title)}`,
      ...section.blocks.map((one) => writer.block(one)),
    ]),
    `## ${rendering.texts.sources.title}`,
    rendering.texts.sources.intro,
    writer.footnotes(),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** One paragraph without links, for lists and messages. */
export function plainText(cell: NonNullable<Cell>, locale: Locale): string {
  return runsOf(cell)
    .map((run) => {
      if (typeof run === 'string') return run;
      if (isFigure(run)) return locale.figure(run);
      return isQuote(run) ? plainWords(run.text) : locale.days(run);
    })
    .join('');
}

class MarkdownWriter {
  readonly #rendering: Rendering;

  constructor(rendering: Rendering) {
    this.#rendering = rendering;
  }

  cell(cell: Cell, width: 'long' | 'short' = 'long'): string {
    if (cell === null) return '–';
    const { locale } = this.#rendering;
    return runsOf(cell)
      .map((run) => {
        if (typeof run === 'string') return inert(run, { mostChars: 10_000 });
        const written = isFigure(run)
          ? locale.figure(run)
          : isQuote(run)
            ? inert(plainWords(run.text))
            : locale.days(run, width);
        return written + this.#mark(run.source);
      })
      .join('');
  }

  block(block: Block): string {
    switch (block.kind) {
      case 'text':
        return this.cell(block.text);
      case 'note':
        return `> ${this.cell(block.text)}`;
      case 'heading':
        return `### ${this.cell(block.text)}`;
      case 'list':
        return block.items.map((item) => `- ${this.cell(item)}`).join('\n');
      case 'tiles':
        return block.tiles
          .map(({ name, figure, change }) => {
            const changed = change === null ? '' : ` (${this.cell(change)})`;
            return `- ${this.cell(name)}: **${this.cell(figure)}**${changed}`;
          })
          .join('\n');
      case 'table':
        return this.#table(block);
      default:
        return this.#table(block.table);
    }
  }

  footnotes(): string {
    const { numbers, texts } = this.#rendering;
    return sourceList(numbers, texts)
      .map(({ number, parts }) => {
        const words = parts.map((part) =>
          'words' in part
            ? inert(part.words, { mostChars: 40_000 })
            : `[^s${part.to}]${part.until ? `–[^s${part.until}]` : ''}`,
        );
        return `[^s${number}]: ${words.join(' ')}`;
      })
      .join('\n');
  }

  #table({ caption, columns, rows }: Table): string {
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    return [
      `*${this.cell(caption)}*`,
      '',
      line(columns.map(({ title }) => this.cell(title))),
      line(columns.map(({ numeric }) => (numeric ? '--:' : '---'))),
      ...rows.map((row) => line(row.map((cell) => this.cell(cell, 'short')))),
    ].join('\n');
  }

  #mark(source: Source): string {
    return `[^s${this.#rendering.numbers.get(source)!}]`;
  }
}
