import type { DefaultTreeAdapterTypes } from 'parse5';
import {
  attribute,
  type Element,
  escapeHtml,
  findElement,
  findElements,
  innerSpan,
  isElement,
  isUnseen,
  type Node,
  setAttribute,
  spanOf,
  squeeze,
  textOf,
} from './html-tree.ts';
import type { Block, Edit, Heading, Image, JsonLd, Link, Run, Span } from './types.ts';

/** What a walk through a page finds; places count from the beginning of the page. */
export interface Walked {
  readonly headings: Heading[];
  readonly blocks: Block[];
  readonly runs: Run[];
  readonly links: Link[];
  readonly images: Image[];
  readonly jsonLd: JsonLd[];
  readonly anchors: Set<string>;
  readonly unsafe: Array<{ what: string; span: Span }>;
}

export const nothingWalked = (): Walked => ({
  headings: [],
  blocks: [],
  runs: [],
  links: [],
  images: [],
  jsonLd: [],
  anchors: new Set(),
  unsafe: [],
});

const BLOCK_TAGS = new Set(
  'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header hgroup hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul caption button'.split(
    ' ',
  ),
);
const BOILERPLATE = new Set(['nav', 'footer', 'aside', 'menu']);
/** Text within these gets no links. */
const NO_LINKS = new Set('a button code pre kbd samp label summary h1 h2 h3 h4 h5 h6 th caption figcaption'.split(' '));

interface Around {
  readonly own: boolean;
  /** Headings of navigation and footer are no part of the page's outline. */
  readonly outline: boolean;
  readonly linkable: boolean;
  readonly figure?: Element;
  readonly block?: Element;
}

interface Source {
  readonly text: string;
  /** Where the parsed piece begins in the page. */
  readonly offset: number;
}

export class HtmlWalker {
  readonly found: Walked;
  readonly #source: Source;
  #text = '';
  #span: Span | undefined;
  #block: Element | undefined;
  #own = true;
  /** A block is asked for its text at each break within it. */
  readonly #texts = new Map<Element, string>();

  /** @param source text of the whole page, and where in it the parsed piece begins */
  constructor(source: Source, found: Walked = nothingWalked()) {
    this.#source = source;
    this.found = found;
  }

  walk(nodes: readonly Node[]): Walked {
    for (const _ of this.steps(nodes));
    return this.found;
  }

  /** The same in steps, an element each, between which others may have their turn. */
  *steps(nodes: readonly Node[]): Generator<void, void> {
    const mains = findElements(nodes, (el) => el.tagName === 'main' || attribute(el, 'role') === 'main');
    const main = mains.length === 1 ? mains[0] : undefined;
    const around: Around = { own: main === undefined, outline: true, linkable: true };
    for (const node of nodes) yield* this.#visit(node, around, main);
    this.#flush();
  }

  *#visit(node: Node, around: Around, main: Element | undefined): Generator<void, void> {
    if (node.nodeName === '#text') this.#textNode(node as DefaultTreeAdapterTypes.TextNode, around);
    if (!isElement(node)) return;
    this.#everywhere(node);
    if (node.tagName === 'head' || isUnseen(node)) {
      this.#unseen(node);
      return;
    }
    const tag = node.tagName;
    if (/^h[1-6]$/.test(tag)) this.#heading(node, around);
    if (tag === 'img') this.#image(node, around);
    if (tag === 'a' && attribute(node, 'href') !== undefined) this.#link(node, around);
    if (tag === 'br') this.#text += ' ';
    const isBlock = BLOCK_TAGS.has(tag) || /^h[1-6]$/.test(tag);
    const within: Around = {
      own: node === main || (around.own && !isBoilerplate(node, around)),
      outline: around.outline && !BOILERPLATE.has(tag) && attribute(node, 'role') !== 'navigation',
      linkable: around.linkable && !NO_LINKS.has(tag),
      figure: tag === 'figure' ? node : around.figure,
      block: isBlock ? node : around.block,
    };
    if (isBlock) this.#flush();
    for (const child of node.childNodes) {
      if (child.nodeName === '#text') this.#textNode(child as DefaultTreeAdapterTypes.TextNode, within);
      else yield* this.#visit(child, within, main);
    }
    if (isBlock) this.#flush();
    yield;
  }

  /** What counts wherever it stands, seen or not. */
  #everywhere(element: Element): void {
    for (const name of ['id', 'name']) {
      const value = attribute(element, name);
      if (value) this.found.anchors.add(value);
    }
    const span = this.#placeOf(element);
    if (!span) return;
    for (const { name, value } of element.attrs) {
      if (/^on[a-z]+$/.test(name)) this.found.unsafe.push({ what: `an event handler (${name})`, span });
      const isScript = /^[\s\p{C}]*(javascript|vbscript|data:text\/html)/iu.test(value);
      if (/^(href|src|action|formaction)$/.test(name) && isScript) {
        this.found.unsafe.push({ what: 'a link that runs a script', span });
      }
    }
  }

  #unseen(element: Element): void {
    const scripts = findElements([element], (el) => el.tagName === 'script');
    for (const script of scripts) {
      const span = innerSpan(script);
      if (!span || attribute(script, 'type')?.trim().toLowerCase() !== 'application/ld+json') continue;
      const moved = this.#moved(span);
      this.found.jsonLd.push({ text: this.#source.text.slice(moved.start, moved.end), span: moved });
    }
    if (element.tagName !== 'head') return;
    for (const inner of findElements(element.childNodes, () => true)) this.#everywhere(inner);
  }

  #textNode({ value, sourceCodeLocation: at }: DefaultTreeAdapterTypes.TextNode, around: Around): void {
    if (value.trim() === '') {
      if (value !== '') this.#text += ' ';
      return;
    }
    if (!at) return;
    this.#own = around.own;
    this.#block = around.block;
    this.#text += value.replaceAll(/\s+/g, ' ');
    const span = this.#moved({ start: at.startOffset, end: at.endOffset });
    this.#span = this.#span ? { start: this.#span.start, end: Math.max(this.#span.end, span.end) } : span;
    const asWritten = this.#source.text.slice(span.start, span.end) === value;
    if (around.own && around.linkable && asWritten) this.found.runs.push({ text: value, span });
  }

  #flush(): void {
    const text = squeeze(this.#text);
    const [span, block] = [this.#span, this.#block];
    this.#text = '';
    this.#span = undefined;
    if (text === '' || !span) return;
    const whole = block && this.#placeOf(block);
    const holdsOnlyThis = block !== undefined && this.#textWithin(block) === text;
    const isPassage = block !== undefined && /^(p|blockquote|div|li)$/.test(block.tagName);
    const closed = block?.sourceCodeLocation?.endTag !== undefined;
    const heading = block && /^h[1-6]$/.test(block.tagName);
    const kind = heading ? 'heading' : blockKind(block?.tagName);
    const removable = holdsOnlyThis && (isPassage || heading === true) && closed && whole !== undefined;
    const plain = findElement(block?.childNodes ?? [], (el) => /^(img|iframe|video|form|input)$/.test(el.tagName));
    this.found.blocks.push({
      kind,
      text,
      span: whole && holdsOnlyThis ? whole : span,
      own: this.#own,
      removable: removable && !plain,
    });
  }

  #heading(element: Element, { outline }: Around): void {
    const span = this.#placeOf(element);
    const { startTag, endTag } = element.sourceCodeLocation ?? {};
    if (!span || !startTag || !outline) return;
    const { offset } = this.#source;
    const digits = [startTag.startOffset + 2, ...(endTag ? [endTag.startOffset + 3] : [])].map((at) => at + offset);
    this.found.headings.push({
      level: Number(element.tagName[1]),
      text: textOf(element.childNodes),
      span,
      relevel: (level) => digits.map((at): Edit => ({ start: at, end: at + 1, text: String(level) })),
    });
  }

  #image(element: Element, { own, figure }: Around): void {
    const span = this.#placeOf(element);
    if (!span) return;
    const alt = attribute(element, 'alt') ?? attribute(element, 'aria-label');
    const role = attribute(element, 'role');
    const decoration = role === 'presentation' || role === 'none';
    const caption = figure && findElement(figure.childNodes, ({ tagName }) => tagName === 'figcaption');
    this.found.images.push({
      src: attribute(element, 'src') ?? attribute(element, 'data-src') ?? '',
      alt: alt ?? (decoration ? '' : null),
      span,
      caption: caption ? textOf(caption.childNodes) : '',
      title: attribute(element, 'title') ?? '',
      own,
      rewriteAlt: (text) => this.#movedEdit(setAttribute(element, 'alt', text)!),
    });
  }

  #link(element: Element, { own, block }: Around): void {
    const span = this.#placeOf(element);
    const inner = innerSpan(element);
    if (!span) return;
    const text = this.#textWithin(element) || attribute(element, 'aria-label') || attribute(element, 'title') || '';
    const label = attribute(element, 'aria-label');
    const plain = inner && element.childNodes.every(({ nodeName }) => nodeName === '#text');
    this.found.links.push({
      href: attribute(element, 'href') ?? '',
      text: squeeze(label ?? text),
      span,
      own,
      alone: block !== undefined && this.#textWithin(block) === this.#textWithin(element),
      rewriteHref: (href) => this.#movedEdit(setAttribute(element, 'href', href)!),
      ...(plain ? { rewriteText: (to) => this.#movedEdit({ ...inner, text: escapeHtml(to) }) } : {}),
    });
  }

  #textWithin(element: Element): string {
    let text = this.#texts.get(element);
    if (text === undefined) {
      text = textOf(element.childNodes);
      this.#texts.set(element, text);
    }
    return text;
  }

  #placeOf(element: Element): Span | undefined {
    const span = spanOf(element);
    return span && this.#moved(span);
  }

  #moved({ start, end }: Span): Span {
    return { start: start + this.#source.offset, end: end + this.#source.offset };
  }

  #movedEdit(edit: Edit): Edit {
    return { ...this.#moved(edit), text: edit.text };
  }
}

function isBoilerplate(element: Element, { block }: Around): boolean {
  if (BOILERPLATE.has(element.tagName) || attribute(element, 'role') === 'navigation') return true;
  // The header of an article is its own; that of the body is the site's.
  return element.tagName === 'header' && (block === undefined || block.tagName === 'body');
}

function blockKind(tag: string | undefined): Block['kind'] {
  if (tag === 'li' || tag === 'dd' || tag === 'dt') return 'item';
  if (tag === 'td' || tag === 'th') return 'cell';
  if (tag === 'figcaption' || tag === 'caption') return 'caption';
  return tag === 'pre' ? 'code' : 'paragraph';
}
