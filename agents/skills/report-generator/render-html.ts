import { type ChartWriter, drawChart } from './charts.ts';
import type { Block, Cell, Chart, ReportDocument, Table, Tile } from './document.ts';
import { runsOf } from './number-sources.ts';
import { plainWords } from './plain-words.ts';
import type { Rendering } from './render-markdown.ts';
import { type SourceEntry, sourceList } from './source-list.ts';
import { isDays, isFigure, isQuote } from './sourced.ts';
import { STYLE } from './style.ts';
import type { Texts } from './texts/index.ts';

/** Whatever a browser does with the page, it asks nobody anything and runs nothing. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/** Entries longer than this take the whole width. */
const WIDE_CHARS = 2_000;

/** The report as one page of HTML that needs nothing else. Each number is a link to its entry in the list of sources. */
export function renderHtml(document: ReportDocument, rendering: Rendering): string {
  const writer = new HtmlWriter(rendering);
  const { title, subtitle, facts, sections } = document;
  const { texts, locale } = rendering;
  const about = facts.length > 0 ? `<p class="facts">${facts.map((fact) => writer.cell(fact)).join('<br>')}</p>` : '';
  const body = [
    `<header><h1>${writer.cell(title)}</h1><p class="sub">${writer.cell(subtitle)}</p>${about}</header><main>`,
    ...sections.map(
      ({ id, title: name, blocks }) =>
        `<section id="${escaped(id)}"><h2>${writer.cell(name)}</h2>${blocks.map((block) => writer.block(block)).join('')}</section>`,
    ),
    '</main>',
    sourcesSection(sourceList(rendering.numbers, texts), texts),
  ];
  return pageOf(body, { language: locale.tag, title: writer.words(title) });
}

/** The page around parts of HTML; the title is HTML as well. */
export function pageOf(
  body: readonly string[],
  { language, title }: { readonly language: string; readonly title: string },
): string {
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">',
    `<title>${title}</title><style>${STYLE}</style></head><body>`,
    ...body,
    '</body></html>\n',
  ].join('\n');
}

class HtmlWriter {
  readonly #rendering: Rendering;
  #charts = 0;

  constructor(rendering: Rendering) {
    this.#rendering = rendering;
  }

  cell(cell: Cell, width: 'long' | 'short' = 'long'): string {
    if (cell === null) return '–';
    const { locale, numbers } = this.#rendering;
    return runsOf(cell)
      .map((run) => {
        if (typeof run === 'string') return escaped(run);
        const written = isFigure(run)
          ? locale.figure(run)
          : isQuote(run)
            ? plainWords(run.text)
            : locale.days(run, width);
        return `<a class="${isQuote(run) ? 'q' : 'n'}" href="#s${numbers.get(run.source)!}">${escaped(written)}</a>`;
      })
      .join('');
  }

  /** Without links, where there can be none. */
  words(cell: NonNullable<Cell>): string {
    return runsOf(cell)
      .map((run) => (typeof run === 'string' ? escaped(run) : isQuote(run) ? escaped(plainWords(run.text, 60)) : ''))
      .join('');
  }

  block(block: Block): string {
    switch (block.kind) {
      case 'text':
        return `<p>${this.cell(block.text)}</p>`;
      case 'note':
        return `<p class="note">${this.cell(block.text)}</p>`;
      case 'heading':
        return `<h3>${this.cell(block.text)}</h3>`;
      case 'list':
        return `<ul>${block.items.map((item) => `<li>${this.cell(item)}</li>`).join('')}</ul>`;
      case 'tiles':
        return `<ul class="tiles">${block.tiles.map((tile) => this.#tile(tile)).join('')}</ul>`;
      case 'table':
        return this.#table(block);
      default:
        return this.#chart(block);
    }
  }

  #tile({ name, figure, change, better }: Tile): string {
    const good =
      change === null || better === null || change.value === 0
        ? ''
        : change.value > 0 === (better === 'more')
          ? ' good'
          : ' bad';
    const changed = change === null ? '' : `<span class="c${good}">${this.cell(change)}</span>`;
    return `<li><span class="k">${this.cell(name)}</span><span class="v">${this.cell(figure)}</span>${changed}</li>`;
  }

  #table({ caption, columns, rows }: Table): string {
    const kind = (at: number, cell?: Cell) =>
      columns[at]?.numeric ? ' class="num"' : cell && isUnbroken(cell) ? ' class="nw"' : '';
    const head = columns.map(({ title }, at) => `<th scope="col"${kind(at)}>${this.cell(title)}</th>`).join('');
    const body = rows.map(
      (row) => `<tr>${row.map((cell, at) => `<td${kind(at, cell)}>${this.cell(cell, 'short')}</td>`).join('')}</tr>`,
    );
    return `<table><caption>${this.cell(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
  }

  #chart(chart: Chart): string {
    const writer: ChartWriter = {
      id: `c${++this.#charts}`,
      // Words in a drawing are links only where they are somebody's, as in the text around it.
      words: (cell) => (isQuote(cell) ? this.#short(cell) : this.words(cell)),
      linked: (cell) => this.cell(cell, 'short'),
    };
    return `<figure><figcaption>${this.cell(chart.title)}</figcaption>${drawChart(chart, writer)}</figure>${this.#table(chart.table)}`;
  }

  #short(cell: Extract<Cell, { text: string }>): string {
    const href = `#s${this.#rendering.numbers.get(cell.source)!}`;
    return `<a class="q" href="${href}">${escaped(plainWords(cell.text, 38))}</a>`;
  }
}

const UNBROKEN_CHARS = 24;

/** A day, or a short name. */
function isUnbroken(cell: NonNullable<Cell>): boolean {
  return isDays(cell) || (isQuote(cell) && cell.text.length <= UNBROKEN_CHARS);
}

/** The list that closes the page. */
export function sourcesSection(entries: readonly SourceEntry[], { sources }: Texts): string {
  const list = entries.map(entry).join('');
  return `<section id="sources"><h2>${escaped(sources.title)}</h2><p>${escaped(sources.intro)}</p>\n<ol>${list}</ol></section>`;
}

function entry({ number, parts }: SourceEntry): string {
  const words = parts.map((part) => {
    if ('words' in part) return escaped(part.words);
    const link = (to: number) => `<a href="#s${to}">[${to}]</a>`;
    return link(part.to) + (part.until ? `–${link(part.until)}` : '');
  });
  const text = words.join(' ');
  return `<li id="s${number}"${text.length > WIDE_CHARS ? ' class="wide"' : ''}><b>[${number}]</b>${text}</li>`;
}

const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (mark) => NAMES[mark]!);
