import { LANGUAGES, type Language, languageOf, type Pace } from '#platform';
import {
  attribute,
  type Element,
  escapeHtml,
  findElement,
  findElements,
  innerSpan,
  type Node,
  parsePage,
  setAttribute,
  spanOf,
  textOf,
} from './html-tree.ts';
import { HtmlWalker } from './html-walk.ts';
import type { Edit, Page, PageFacts, Slot } from './types.ts';

/** Reads a web page with the places of everything that can be changed. Errors: those of `parsePage`. */
export async function readHtml(
  { name, text: source, url }: { readonly name: string; readonly text: string; readonly url?: string | undefined },
  pace: Pace,
): Promise<Page> {
  const nodes = await parsePage(name, source, pace);
  const html = findElement(nodes, ({ tagName }) => tagName === 'html');
  const head = findElement(nodes, ({ tagName }) => tagName === 'head');
  const walker = new HtmlWalker({ text: source, offset: 0 });
  for (const _ of walker.steps(nodes)) if (pace.isDue()) await pace.rest();
  const { found } = walker;
  const metas = findElements(nodes, ({ tagName }) => tagName === 'meta');
  const titles = findElements(nodes, (el) => el.tagName === 'title' && el.namespaceURI.endsWith('xhtml'));
  const titleSlots = titles.flatMap(titleSlot);
  const descriptions = metas.filter((meta) => named(meta, 'description')).flatMap(descriptionSlot);
  const isWhole = /<!doctype\s+html|<html[\s>]|<head[\s>]|<title[\s>]/i.test(source.slice(0, 100_000));
  const into = isWhole ? headPlace({ source, html, head, metas }) : undefined;
  const text = ownText(found.blocks);
  const declared = html && attribute(html, 'lang')?.trim();
  return {
    ...found,
    name,
    format: 'html',
    source,
    ...(url === undefined ? {} : { url }),
    ...(declared ? { declared } : {}),
    language: languageFor(text, declared),
    hasHead: isWhole,
    titles: titleSlots,
    descriptions,
    ...(into === undefined
      ? {}
      : {
          addTitle: (title: string) => into(`<title>${escapeHtml(title)}</title>`),
          addDescription: (to: string) => {
            const tag = `<meta name="description" content="${escapeHtml(to)}">`;
            const behind = titleSlots[0]?.span.end;
            return behind === undefined ? into(tag) : { ...into(tag), start: behind, end: behind };
          },
        }),
    facts: factsOf(nodes, metas),
    text,
  };
}

/** The text's own language where it tells, else the declared one. */
export function languageFor(text: string, declared: string | undefined): Language {
  const byWords = languageOf(text);
  if (byWords !== 'unknown') return byWords;
  const tag = declared?.toLowerCase().split(/[-_]/)[0] ?? '';
  return Object.hasOwn(LANGUAGES, tag) ? (tag as Language) : 'unknown';
}

export function ownText(blocks: Page['blocks']): string {
  return blocks
    .filter(({ own }) => own)
    .map(({ text }) => text)
    .join('\n');
}

const named = (meta: Element, name: string) => attribute(meta, 'name')?.trim().toLowerCase() === name;

function titleSlot(element: Element): Slot[] {
  const span = spanOf(element);
  const inner = innerSpan(element);
  if (!span || !inner) return [];
  return [{ text: textOf(element.childNodes), span, rewrite: (text) => ({ ...inner, text: escapeHtml(text) }) }];
}

function descriptionSlot(meta: Element): Slot[] {
  const span = spanOf(meta);
  if (!span) return [];
  const text = (attribute(meta, 'content') ?? '').replaceAll(/\s+/g, ' ').trim();
  return [{ text, span, rewrite: (to) => setAttribute(meta, 'content', to)! }];
}

interface HeadParts {
  readonly source: string;
  readonly html: Element | undefined;
  readonly head: Element | undefined;
  readonly metas: readonly Element[];
}

/** Behind the statement of the encoding, else behind the tag that opens the head; on a line of its own where lines are used. */
function headPlace({ source, html, head, metas }: HeadParts): (tag: string) => Edit {
  const encoding = metas.find((meta) => attribute(meta, 'charset') !== undefined);
  const doctype = /^[\s\ufeff]*<!doctype[^>]{0,200}>/i.exec(source)?.[0].length ?? 0;
  const opening = head?.sourceCodeLocation?.startTag ?? html?.sourceCodeLocation?.startTag;
  const at = (encoding && spanOf(encoding)?.end) ?? opening?.endOffset ?? doctype;
  const next = /^\n[ \t]*(?=\S)/.exec(source.slice(at, at + 200))?.[0];
  const from = (encoding && spanOf(encoding)?.start) ?? 0;
  const own = /\n[ \t]*$/.exec(source.slice(Math.max(0, from - 200), from))?.[0];
  const indent = next === undefined ? '' : (own ?? next);
  return (tag) => ({ start: at, end: at, text: `${indent}${tag}` });
}

function factsOf(nodes: readonly Node[], metas: readonly Element[]): PageFacts {
  const meta = (...names: string[]) => {
    const found = metas.find((one) =>
      names.includes((attribute(one, 'property') ?? attribute(one, 'name') ?? '').trim().toLowerCase()),
    );
    return attribute(found ?? ({ attrs: [] } as unknown as Element), 'content')?.trim() || undefined;
  };
  const link = (test: (element: Element) => boolean) => {
    const found = findElement(nodes, test);
    return (found && attribute(found, 'href')?.trim()) || undefined;
  };
  const scheme = (name: string) =>
    link((el) => el.tagName === 'a' && (attribute(el, 'href') ?? '').toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .split('?')[0];
  const times = findElements(nodes, (el) => el.tagName === 'time' && attribute(el, 'datetime') !== undefined);
  const time = times.length === 1 ? attribute(times[0]!, 'datetime')?.trim() : undefined;
  const addresses = findElements(nodes, ({ tagName }) => tagName === 'address');
  const byline = findElement(nodes, (el) => attribute(el, 'rel') === 'author');
  const facts = {
    siteName: meta('og:site_name', 'application-name'),
    canonical: link((el) => el.tagName === 'link' && attribute(el, 'rel')?.toLowerCase() === 'canonical'),
    image: meta('og:image'),
    author: meta('author', 'article:author') ?? (byline && textOf(byline.childNodes)),
    published: meta('article:published_time') ?? time,
    modified: meta('article:modified_time'),
    telephone: scheme('tel'),
    email: scheme('mailto'),
    address: addresses.length === 1 ? textOf(addresses[0]!.childNodes) : undefined,
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value)) as PageFacts;
}
