import {
  type DefaultTreeAdapterMap,
  type DefaultTreeAdapterTypes,
  defaultTreeAdapter,
  Parser,
  parseFragment,
} from 'parse5';
import type { Pace } from '#platform';
import { formatErrors } from '#platform/formats';
import type { Edit, Span } from './types.ts';

export type Node = DefaultTreeAdapterTypes.ChildNode;
export type Element = DefaultTreeAdapterTypes.Element;

/** As the platform's reader of HTML has it: real pages stay below 100. */
const MAX_DEPTH = 512;
/** Unclosed formatting elements can make a parser repeat them without end; real pages have some thousand elements. */
const MAX_ELEMENTS = 60_000;

/** Characters that are parsed in one go: about a millisecond's worth. */
const PIECE_CHARS = 8_192;

/** Nothing is run or fetched; gives way between pieces. Errors: KAZE_FORMAT_HTML_DEPTH, KAZE_FORMAT_LIMIT. */
export async function parsePage(name: string, html: string, pace: Pace): Promise<readonly Node[]> {
  const parser = new Parser<DefaultTreeAdapterMap>({ sourceCodeLocationInfo: true, treeAdapter: bounded(name) });
  for (let at = 0; at === 0 || at < html.length; at += PIECE_CHARS) {
    if (pace.isDue()) await pace.rest();
    parser.tokenizer.write(html.slice(at, at + PIECE_CHARS), at + PIECE_CHARS >= html.length);
  }
  return parser.document.childNodes;
}

/** The same for a piece of a page. */
export function parsePiece(name: string, html: string): readonly Node[] {
  return parseFragment(html, { sourceCodeLocationInfo: true, treeAdapter: bounded(name) }).childNodes;
}

function bounded(name: string): typeof defaultTreeAdapter {
  let depth = 0;
  let elements = 0;
  return {
    ...defaultTreeAdapter,
    createElement(...args) {
      if (++elements > MAX_ELEMENTS) {
        throw formatErrors(
          'KAZE_FORMAT_LIMIT',
          `${name} has more than ${MAX_ELEMENTS} elements, the most that is read of one page; give the page without generated parts`,
          { fields: { name, limit: 'maxElements', allowed: MAX_ELEMENTS } },
        );
      }
      return defaultTreeAdapter.createElement(...args);
    },
    onItemPush(item) {
      if (++depth <= MAX_DEPTH) return;
      const at = (item as Element).sourceCodeLocation;
      const place = at ? `, line ${at.startLine}, column ${at.startCol}` : '';
      throw formatErrors(
        'KAZE_FORMAT_HTML_DEPTH',
        `${name}${place}: elements nest more than ${MAX_DEPTH} deep; save the page as plain text`,
        { fields: { name, allowed: MAX_DEPTH, ...(at ? { line: at.startLine, column: at.startCol } : {}) } },
      );
    },
    onItemPop() {
      depth--;
    },
  };
}

export const isElement = (node: Node): node is Element => 'tagName' in node;

export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

export function spanOf(node: Node): Span | undefined {
  const at = node.sourceCodeLocation;
  return at ? { start: at.startOffset, end: at.endOffset } : undefined;
}

/** Between the tags; undefined where one of them is not written. */
export function innerSpan(element: Element): Span | undefined {
  const { startTag, endTag } = element.sourceCodeLocation ?? {};
  return startTag && endTag ? { start: startTag.endOffset, end: endTag.startOffset } : undefined;
}

/** Puts a value into an attribute that is there, or adds the attribute behind the last one. */
export function setAttribute(element: Element, name: string, value: string): Edit | undefined {
  const at = element.sourceCodeLocation;
  if (!at) return undefined;
  const text = `${name}="${escapeHtml(value)}"`;
  const there = at.attrs?.[name];
  if (there) return { start: there.startOffset, end: there.endOffset, text };
  const named = (at.startTag ?? at).startOffset + 1 + element.tagName.length;
  const behind = Math.max(named, ...Object.values(at.attrs ?? {}).map(({ endOffset }) => endOffset));
  return { start: behind, end: behind, text: ` ${text}` };
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

export function findElement(nodes: readonly Node[], test: (element: Element) => boolean): Element | undefined {
  for (const node of nodes) {
    if (!isElement(node)) continue;
    const found = test(node) ? node : findElement(node.childNodes, test);
    if (found) return found;
  }
  return undefined;
}

/** All that fit, also within each other, in document order. */
export function findElements(
  nodes: readonly Node[],
  test: (element: Element) => boolean,
  into: Element[] = [],
): Element[] {
  for (const node of nodes) {
    if (!isElement(node)) continue;
    if (test(node)) into.push(node);
    findElements(node.childNodes, test, into);
  }
  return into;
}

/** Text of an element with spaces squeezed; images give their text alternative. */
export function textOf(nodes: readonly Node[]): string {
  return squeeze(rawText(nodes));
}

function rawText(nodes: readonly Node[]): string {
  let text = '';
  for (const node of nodes) {
    if (node.nodeName === '#text') text += (node as DefaultTreeAdapterTypes.TextNode).value;
    else if (isElement(node) && !isUnseen(node)) {
      if (node.tagName === 'img') text += ` ${attribute(node, 'alt') ?? ''} `;
      else
        text += /^(br|p|div|li|t[dhr])$/.test(node.tagName)
          ? ` ${rawText(node.childNodes)} `
          : rawText(node.childNodes);
    }
  }
  return text;
}

export const squeeze = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

const UNSEEN = new Set(
  'script style template noscript iframe frame frameset object embed applet svg math canvas audio video select input textarea option datalist dialog head'.split(
    ' ',
  ),
);

/** Code, styling, embedded and hidden things: never text of the page. */
export function isUnseen(element: Element): boolean {
  if (UNSEEN.has(element.tagName)) return true;
  if (attribute(element, 'hidden') !== undefined || attribute(element, 'aria-hidden') === 'true') return true;
  return /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribute(element, 'style') ?? '');
}
