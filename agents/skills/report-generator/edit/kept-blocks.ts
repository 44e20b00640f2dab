import { type DefaultTreeAdapterMap, parse } from 'parse5';
import { keyOf, type TextBlock } from './read-report.ts';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

/** Parts of the page as it was drawn, by the key of the Markdown that says the same. */
export interface KeptBlocks {
  /** A block that stands twice is there twice. */
  readonly blocks: ReadonlyMap<string, string[]>;
  /** Single tiles. */
  readonly tiles: ReadonlyMap<string, string>;
  /** Ids of sections, by their headings. */
  readonly sections: ReadonlyMap<string, string>;
}

/**
 * Lays a report's Markdown and its page side by side: both were made of the same blocks in the same order. Where they are
 * not, nothing is kept, and all of the page is drawn from the Markdown.
 */
export function keptBlocks(blocks: readonly TextBlock[], html: string): KeptBlocks {
  const kept = {
    blocks: new Map<string, string[]>(),
    tiles: new Map<string, string>(),
    sections: new Map<string, string>(),
  };
  const parts = partsOf(parse(html, { sourceCodeLocationInfo: true }));
  if (parts.length !== blocks.length || !parts.every(({ element }, at) => isForm(blocks[at]!, element))) return kept;
  for (const [at, { element, section, from, to }] of parts.entries()) {
    const { key, raw } = blocks[at]!;
    kept.blocks.set(key, [...(kept.blocks.get(key) ?? []), html.slice(from, to)]);
    if (element.tagName === 'h2' && section) kept.sections.set(key, section);
    if (attribute(element, 'class') !== 'tiles') continue;
    for (const [index, tile] of elementsOf(element).entries()) {
      const item = raw.split('\n')[index]?.replace(/^- /, '') ?? '';
      kept.tiles.set(keyOf(item), html.slice(...placeOf(tile)));
    }
  }
  return kept;
}

interface Part {
  readonly element: Element;
  readonly section?: string | undefined;
  readonly from: number;
  readonly to: number;
}

function partsOf(document: Node): Part[] {
  const parts: Part[] = [];
  const add = (all: readonly Element[], section?: string) => {
    for (const [at, element] of all.entries()) {
      const [from, to] = placeOf(element);
      // A chart goes with the table behind it.
      if (element.tagName === 'table' && all[at - 1]?.tagName === 'figure') parts.push({ ...parts.pop()!, to });
      else parts.push({ element, section, from, to });
    }
  };
  const body = find(document, 'body');
  for (const part of body ? elementsOf(body) : []) {
    if (part.tagName === 'header') add(elementsOf(part));
    if (part.tagName === 'main')
      for (const section of elementsOf(part)) add(elementsOf(section), attribute(section, 'id'));
  }
  return parts;
}

function isForm({ raw }: TextBlock, { tagName }: Element): boolean {
  const [begin = ''] = /^(?:#{1,3} |> |- |\*.*\*\n\n\|)/s.exec(raw) ?? [];
  if (begin.startsWith('#')) return tagName === `h${begin.length - 1}`;
  if (begin === '- ') return tagName === 'ul';
  return begin.startsWith('*') ? ['table', 'figure'].includes(tagName) : tagName === 'p';
}

function find(node: Node, tagName: string): Element | undefined {
  for (const element of elementsOf(node)) {
    const found = element.tagName === tagName ? element : find(element, tagName);
    if (found) return found;
  }
  return undefined;
}

const elementsOf = (node: Node): Element[] =>
  'childNodes' in node ? node.childNodes.filter((child): child is Element => 'tagName' in child) : [];

const attribute = ({ attrs }: Element, name: string): string | undefined =>
  attrs.find((one) => one.name === name)?.value;

function placeOf({ sourceCodeLocation: place }: Element): [from: number, to: number] {
  return [place?.startOffset ?? 0, place?.endOffset ?? 0];
}
