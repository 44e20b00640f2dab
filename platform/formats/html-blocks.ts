import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse, parseFragment } from 'parse5';
import { formatErrors } from './errors.ts';
import { HeadingPath } from './heading-path.ts';
import { gatherHtmlFacts, type HtmlFacts } from './html-facts.ts';
import { cutText } from './text.ts';
import type { Block } from './types.ts';

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;
type Span = { start: number; end: number; line: number };

/** Parsing time grows with depth times elements; real pages stay below 100. */
const MAX_DEPTH = 512;

/** Never text of the page: code, styling, embedded things, controls, navigation. */
const DROPPED = new Set(
  'script style template noscript iframe frame frameset object embed applet svg math canvas audio video nav button select input textarea option datalist dialog head menu'.split(
    ' ',
  ),
);
const BLOCKS = new Set(
  'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hgroup hr html legend main p section summary'.split(
    ' ',
  ),
);

export interface HtmlDocument {
  readonly title?: string;
  readonly lang?: string;
  readonly blocks: Block[];
  readonly facts: HtmlFacts;
}

/**
 * Blocks of a web page. Nothing is executed or fetched. A page that marks its main content (`<main>`, `role="main"`) is
 * read there alone; hidden elements, navigation, scripts and styles are left out. Offsets are those of the source text.
 */
export function readHtmlBlocks(html: string, options: { name: string; maxBlockChars: number }): HtmlDocument {
  const document = parse(html, { sourceCodeLocationInfo: true, treeAdapter: depthLimited(options.name) });
  const root = findElement(document.childNodes, (element) => element.tagName === 'html');
  const titleElement = findElement(document.childNodes, (element) => element.tagName === 'title');
  const mains = collectElements(document.childNodes, (el) => el.tagName === 'main' || attribute(el, 'role') === 'main');
  const walker = new Walker(options.maxBlockChars);
  walker.visitAll(mains.length === 1 ? mains : document.childNodes);
  walker.flush();
  const title = titleElement && squeeze(rawText(titleElement.childNodes));
  return {
    title: title || walker.firstHeading,
    lang: root && attribute(root, 'lang'),
    blocks: walker.blocks,
    facts: gatherHtmlFacts(document.childNodes, mains),
  };
}

/** The text of a piece of HTML, entities resolved, scripts dropped. Bounded input only: it runs in this process. */
export function htmlToText(fragment: string): string {
  if (!/[<&]/.test(fragment)) return fragment;
  const { childNodes } = parseFragment(fragment, {
    sourceCodeLocationInfo: true,
    treeAdapter: depthLimited('fragment'),
  });
  const walker = new Walker(Number.POSITIVE_INFINITY);
  walker.visitAll(childNodes);
  walker.flush();
  return walker.blocks.map((block) => block.text).join('\n');
}

/** Character references resolved, everything else as it is. */
export function decodeEntities(text: string): string {
  const { childNodes } = parseFragment(text.replaceAll('<', '&lt;'));
  return childNodes
    .map((node) => (node.nodeName === '#text' ? (node as DefaultTreeAdapterTypes.TextNode).value : ''))
    .join('');
}

function depthLimited(name: string) {
  let depth = 0;
  return {
    ...defaultTreeAdapter,
    onItemPush: () => {
      if (++depth <= MAX_DEPTH) return;
      throw formatErrors(
        'KAZE_FORMAT_HTML_DEPTH',
        `${name} nests elements more than ${MAX_DEPTH} deep; save it as plain text`,
        {
          fields: { name, allowed: MAX_DEPTH },
        },
      );
    },
    onItemPop: () => {
      depth--;
    },
  };
}

class Walker {
  readonly blocks: Block[] = [];
  firstHeading?: string;
  private readonly path = new HeadingPath();
  private text = '';
  private span?: Span;

  constructor(private readonly maxBlockChars: number) {}

  visitAll(nodes: readonly Node[]): void {
    for (const node of nodes) this.visit(node);
  }

  flush(): void {
    const text = squeezeLines(this.text);
    if (text && this.span) this.emit({ kind: 'paragraph', text }, this.span);
    this.text = '';
    this.span = undefined;
  }

  private visit(node: Node): void {
    if (node.nodeName === '#text') {
      const { value, sourceCodeLocation: at } = node as DefaultTreeAdapterTypes.TextNode;
      this.text += value.replaceAll(/\s+/g, ' ');
      if (at && value.trim()) this.extend({ start: at.startOffset, end: at.endOffset, line: at.startLine });
      return;
    }
    if (!('tagName' in node) || isLeftOut(node)) return;
    const tag = node.tagName;
    if (tag === 'br') this.text += '\n';
    else if (tag === 'img') this.text += attribute(node, 'alt') ?? '';
    else if (/^h[1-6]$/.test(tag)) this.heading(node, Number(tag[1]));
    else if (tag === 'ul' || tag === 'ol') this.whole(node, 'list', listLines(node, 0).join('\n'));
    else if (tag === 'table') this.table(node);
    else if (tag === 'pre') this.whole(node, 'code', rawText(node.childNodes).replace(/^\n|\s+$/g, ''));
    else if (BLOCKS.has(tag)) {
      this.flush();
      this.visitAll(node.childNodes);
      this.flush();
    } else this.visitAll(node.childNodes);
  }

  private heading(element: Element, level: number): void {
    this.flush();
    const text = squeeze(rawText(element.childNodes));
    if (!text) return;
    if (level === 1) this.firstHeading ??= text;
    const span = spanOf(element);
    if (span) this.emit({ kind: 'heading', level, text }, span, this.path.enter(level, text));
  }

  private whole(element: Element, kind: Block['kind'], text: string): void {
    this.flush();
    const span = spanOf(element);
    if (text.trim() && span) this.emit({ kind, text }, span);
  }

  /** Tables that hold blocks (old layouts) are walked through, the others become one block with a line per row. */
  private table(element: Element): void {
    const layout = findElement(element.childNodes, (el) => /^(h[1-6]|p|div|ul|ol|table|pre)$/.test(el.tagName));
    if (
      layout &&
      attribute(element, 'role') !== 'table' &&
      !findElement(element.childNodes, (el) => el.tagName === 'th')
    ) {
      this.flush();
      for (const cell of collectElements(element.childNodes, (el) => /^(td|caption)$/.test(el.tagName))) {
        this.visitAll(cell.childNodes);
        this.flush();
      }
      return;
    }
    const rows = collectElements(element.childNodes, (el) => el.tagName === 'tr').map((row) =>
      row.childNodes
        .filter((cell): cell is Element => 'tagName' in cell && !isLeftOut(cell))
        .map((cell) => squeeze(rawText(cell.childNodes)))
        .join(' | '),
    );
    this.whole(element, 'table', rows.filter((row) => /[^|\s]/.test(row)).join('\n'));
  }

  private extend(span: Span): void {
    if (this.span) this.span = { ...this.span, end: Math.max(this.span.end, span.end) };
    else this.span = span;
  }

  private emit(
    block: { kind: Block['kind']; text: string; level?: number },
    span: Span,
    path = this.path.current(),
  ): void {
    const offset = { start: span.start, end: span.end };
    const pieces = block.text.length > this.maxBlockChars ? cutText(block.text, this.maxBlockChars) : [block];
    for (const { text } of pieces) {
      this.blocks.push({ kind: block.kind, level: block.level, text, headingPath: path, line: span.line, offset });
    }
  }
}

function listLines(list: Element, depth: number): string[] {
  const lines: string[] = [];
  let number = 0;
  for (const item of list.childNodes) {
    if (!('tagName' in item) || isLeftOut(item)) continue;
    if (item.tagName === 'ul' || item.tagName === 'ol') {
      lines.push(...listLines(item, depth + 1));
      continue;
    }
    number++;
    const own = item.childNodes.filter((child) => !isList(child));
    const bullet = list.tagName === 'ol' ? `${number}.` : '-';
    const text = squeeze(rawText(own));
    if (text) lines.push(`${'  '.repeat(depth)}${bullet} ${text}`);
    for (const child of item.childNodes) if (isList(child)) lines.push(...listLines(child as Element, depth + 1));
  }
  return lines;
}

const isList = (node: Node) => node.nodeName === 'ul' || node.nodeName === 'ol';

function isLeftOut(element: Element): boolean {
  if (DROPPED.has(element.tagName) || attribute(element, 'role') === 'navigation') return true;
  if (attribute(element, 'hidden') !== undefined || attribute(element, 'aria-hidden') === 'true') return true;
  return /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribute(element, 'style') ?? '');
}

function rawText(nodes: readonly Node[]): string {
  let text = '';
  for (const node of nodes) {
    if (node.nodeName === '#text') text += (node as DefaultTreeAdapterTypes.TextNode).value;
    else if ('tagName' in node && !isLeftOut(node)) {
      if (node.tagName === 'br') text += '\n';
      else if (node.tagName === 'img') text += attribute(node, 'alt') ?? '';
      else if (BLOCKS.has(node.tagName) || /^(li|tr|td|th|h[1-6])$/.test(node.tagName))
        text += ` ${rawText(node.childNodes)} `;
      else text += rawText(node.childNodes);
    }
  }
  return text;
}

function spanOf(element: Element): Span | undefined {
  const at = element.sourceCodeLocation;
  return at ? { start: at.startOffset, end: at.endOffset, line: at.startLine } : undefined;
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

function findElement(nodes: readonly Node[], test: (element: Element) => boolean): Element | undefined {
  for (const node of nodes) {
    if (!('tagName' in node)) continue;
    const found = test(node) ? node : findElement(node.childNodes, test);
    if (found) return found;
  }
  return undefined;
}

/** Outermost matches, in document order. */
function collectElements(nodes: readonly Node[], test: (element: Element) => boolean, into: Element[] = []): Element[] {
  for (const node of nodes) {
    if (!('tagName' in node)) continue;
    if (test(node)) into.push(node);
    else collectElements(node.childNodes, test, into);
  }
  return into;
}

const squeeze = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
const squeezeLines = (text: string) =>
  text
    .split('\n')
    .map((line) => squeeze(line))
    .filter(Boolean)
    .join('\n');
