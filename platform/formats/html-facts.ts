import type { DefaultTreeAdapterTypes } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** What a web page says in its markup and not in its text. Values are as written; `line` is that of the source, from 1. */
export interface HtmlFacts {
  /** `<meta>` with a name, property or itemprop (lower case) and content. */
  readonly metas: ReadonlyArray<{ readonly name: string; readonly content: string; readonly line: number }>;
  /** `<link rel href>`; `rel` in lower case, as written. */
  readonly relations: ReadonlyArray<{
    readonly rel: string;
    readonly href: string;
    readonly hreflang?: string;
    readonly line: number;
  }>;
  /** Texts of `<script type="application/ld+json">`, unread. */
  readonly structuredData: ReadonlyArray<{ readonly text: string; readonly line: number }>;
  /** `<time datetime>`. */
  readonly times: ReadonlyArray<{ readonly datetime: string; readonly text: string; readonly line: number }>;
  /** `<a href>`, wherever it stands; `inMain`: within the page's main content, or anywhere where none is marked. */
  readonly anchors: ReadonlyArray<{
    readonly href: string;
    readonly text: string;
    readonly rel?: string;
    readonly inMain: boolean;
    readonly line: number;
  }>;
  /** `<img>`; `alt` is null where there is no such attribute, which says something else than an empty one. */
  readonly images: ReadonlyArray<{ readonly src: string; readonly alt: string | null; readonly line: number }>;
  /** Lists that were cut at `MOST_FACTS` entries. */
  readonly cut: readonly string[];
}

/** Of each kind; what comes after is not told. */
const MOST_FACTS = 5_000;
const LONGEST_VALUE = 2_000;
const LONGEST_SCRIPT = 200_000;

type Writable = { -readonly [K in keyof HtmlFacts]: Array<HtmlFacts[K][number]> };

/** Gathers the facts of a parsed page; `mains` are the elements whose text is read as the page's. */
export function gatherHtmlFacts(nodes: readonly Node[], mains: readonly Element[]): HtmlFacts {
  const facts: Writable = {
    metas: [],
    relations: [],
    structuredData: [],
    times: [],
    anchors: [],
    images: [],
    cut: [],
  };
  const main = mains.length === 1 ? mains[0] : undefined;
  const visit = (element: Element, inMain: boolean): void => {
    gather(element, { facts, inMain });
    const within = inMain || element === main;
    for (const child of element.childNodes) if ('tagName' in child) visit(child, within);
  };
  for (const node of nodes) if ('tagName' in node) visit(node, main === undefined);
  return facts;
}

function gather(element: Element, { facts, inMain }: { facts: Writable; inMain: boolean }): void {
  const line = element.sourceCodeLocation?.startLine ?? 0;
  const value = (name: string) =>
    element.attrs
      .find((attr) => attr.name === name)
      ?.value.slice(0, LONGEST_VALUE)
      .trim();
  const add = <K extends Exclude<keyof Writable, 'cut'>>(kind: K, fact: Writable[K][number]): void => {
    const list = facts[kind] as Array<Writable[K][number]>;
    if (list.length < MOST_FACTS) list.push(fact);
    else if (!facts.cut.includes(kind)) facts.cut.push(kind);
  };
  switch (element.tagName) {
    case 'meta': {
      const name = (value('name') ?? value('property') ?? value('itemprop') ?? value('http-equiv'))?.toLowerCase();
      const content = value('content');
      if (name && content) add('metas', { name, content, line });
      return;
    }
    case 'link': {
      const [rel, href] = [value('rel')?.toLowerCase(), value('href')];
      if (rel && href) add('relations', { rel, href, hreflang: value('hreflang'), line });
      return;
    }
    case 'script': {
      const text = textOf(element.childNodes);
      const isData = value('type')?.toLowerCase() === 'application/ld+json';
      if (isData && text.length <= LONGEST_SCRIPT) add('structuredData', { text, line });
      else if (isData && !facts.cut.includes('structuredData')) facts.cut.push('structuredData');
      return;
    }
    case 'time': {
      const datetime = value('datetime');
      if (datetime) add('times', { datetime, text: squeezed(element), line });
      return;
    }
    case 'a': {
      const href = value('href');
      if (href) add('anchors', { href, text: squeezed(element), rel: value('rel')?.toLowerCase(), inMain, line });
      return;
    }
    case 'img':
      add('images', { src: value('src') ?? '', alt: value('alt') ?? null, line });
  }
}

const squeezed = (element: Element): string =>
  textOf(element.childNodes).replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_VALUE);

function textOf(nodes: readonly Node[]): string {
  let text = '';
  for (const node of nodes) {
    if (node.nodeName === '#text') text += (node as DefaultTreeAdapterTypes.TextNode).value;
    else if ('tagName' in node && node.tagName !== 'script' && node.tagName !== 'style')
      text += textOf(node.childNodes);
  }
  return text;
}
