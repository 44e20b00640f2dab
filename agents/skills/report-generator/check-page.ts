import { type DefaultTreeAdapterMap, parse } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

export interface PageCheck {
  /** Numbers that a reader sees before the list of sources. */
  readonly numbers: number;
  /** Those that stand in a link to an entry of the list which is there. */
  readonly linked: number;
  /** The first that do not. */
  readonly unlinked: readonly string[];
}

/**
 * Counts the numbers of a finished page and how many lead to a source. Knows nothing of how the page was made: it reads it
 * as a browser does.
 */
export function checkPage(html: string): PageCheck {
  const document = parse(html);
  const ids = new Set<string>();
  const found: Array<{ text: string; target: string | null }> = [];
  const walk = (node: Node, target: string | null, counted: boolean) => {
    if (node.nodeName === '#text' && counted) {
      const { value } = node as DefaultTreeAdapterMap['textNode'];
      for (const [text] of value.matchAll(/\p{N}+/gu)) found.push({ text, target });
    }
    if (!('childNodes' in node)) return;
    const attribute = (name: string) =>
      'attrs' in node ? node.attrs.find((one) => one.name === name)?.value : undefined;
    const id = attribute('id');
    if (id !== undefined) ids.add(id);
    const isLink = (node as Element).tagName === 'a';
    const href = isLink ? (attribute('href') ?? null) : target;
    const here = counted && !['head', 'style', 'script'].includes(node.nodeName) && id !== 'sources';
    for (const child of node.childNodes) walk(child, href, here);
  };
  walk(document, null, true);
  const isLinked = ({ target }: { target: string | null }) =>
    target?.startsWith('#s') === true && ids.has(target.slice(1));
  const unlinked = found.filter((one) => !isLinked(one));
  return {
    numbers: found.length,
    linked: found.length - unlinked.length,
    unlinked: unlinked.slice(0, 5).map(({ text }) => text),
  };
}
