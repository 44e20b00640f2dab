import { isKazeError } from '#platform';
import { type Block, type DocumentSummary, readDocument } from '#platform/formats';
import { hostOf } from '../search-exports/index.ts';
import { type Language, languageOf, wordsOf } from '../text/languages.ts';
import { freshest, type PageDate, pageDates, structuredTypes } from './page-dates.ts';
import type { PageSource } from './page-sources.ts';
import { asksQuestion } from './question-words.ts';

/** A piece of a page that shows something, for citation. */
export interface Place {
  /** Line of the page's source, from 1; null where there is none. */
  readonly line: number | null;
  /** The first words of it, as they stand. */
  readonly text: string;
}

/** What a page is made of, as far as pages are compared. */
export interface PageReading {
  /** Name of the file, or address. */
  readonly name: string;
  readonly url: string | null;
  /** Without "www."; empty where nothing tells. */
  readonly host: string;
  readonly title: string;
  readonly language: Language;
  readonly words: number;
  /** Of levels 2 to 4. */
  readonly sections: readonly Place[];
  readonly questions: readonly Place[];
  readonly lists: readonly Place[];
  readonly tables: readonly Place[];
  readonly images: readonly Place[];
  readonly structured: readonly string[];
  readonly date: PageDate | undefined;
  readonly dates: readonly PageDate[];
  /** Links within its content to its own site and to others; null where its source does not tell. */
  readonly links: { readonly inside: number; readonly outside: number } | null;
  readonly referringDomains: number | null;
  readonly blocks: readonly Pick<Block, 'kind' | 'text' | 'line' | 'level'>[];
}

const MOST_CHARS = 400_000;
const LIST_ITEMS = 2;
const TABLE_ROWS = 2;
/** Share of a list's items that are nothing but links for it to be navigation. */
const LINKED = 0.8;

/**
 * Reads pages by the platform's readers: nothing in them is run, and nothing that they name is fetched. `today` is
 * YYYY-MM-DD. Errors: those of `readDocument`; a page of several that cannot be read is told in the notes instead.
 */
export async function readPages(
  sources: readonly PageSource[],
  { today, signal }: { readonly today: string; readonly signal?: AbortSignal },
): Promise<{ pages: PageReading[]; notes: string[] }> {
  const pages: PageReading[] = [];
  const notes: string[] = [];
  for (const source of sources) {
    try {
      const page = await readPage(source, { today, signal });
      if (page.words > 0) pages.push(page);
      else notes.push(`${page.name} has no words; a page that scripts put together is saved as the browser shows it.`);
    } catch (error) {
      if (sources.length === 1 || !isKazeError(error) || signal?.aborted) throw error;
      notes.push(`${error.message} (left out).`);
    }
  }
  return { pages, notes };
}

async function readPage(
  { source, url, modified, referringDomains }: PageSource,
  { today, signal }: { readonly today: string; readonly signal?: AbortSignal },
): Promise<PageReading> {
  const reading = readDocument(source, { onInvalid: 'replace', signal });
  const blocks: Block[] = [];
  let chars = 0;
  for await (const block of reading) {
    chars += block.text.length;
    if (chars > MOST_CHARS) break;
    blocks.push(block);
  }
  const { summary } = reading;
  const text = blocks.map((block) => block.text).join('\n');
  const address = url ?? addressOf(summary);
  const language = languageOf(text);
  const headings = blocks.filter(({ kind }) => kind === 'heading');
  const dates = pageDates(summary, blocks, { today, address });
  const served = modified?.slice(0, 10);
  if (dates.length === 0 && served && /^\d{4}-\d{2}-\d{2}$/.test(served) && served <= today)
    dates.push({ day: served, kind: 'modified', from: 'the date given with the page', line: null });
  const isLinks = linkLists(summary);
  return {
    name: source.name,
    url: address,
    host: address === null || address.startsWith('/') ? '' : hostOf(address),
    title: summary.title ?? headings[0]?.text ?? '',
    language,
    words: wordsOf(text).length,
    sections: headings.filter(({ level = 1 }) => level >= 2 && level <= 4).map(placeOf),
    questions: headings.filter((one) => asksQuestion(one.text, language)).map(placeOf),
    lists: blocks
      .filter(({ kind, text: own }) => kind === 'list' && itemsOf(own).length >= LIST_ITEMS && !isLinks(own))
      .map(placeOf),
    tables: blocks
      .filter(({ kind, text: own }) => kind === 'table' && own.split('\n').length >= TABLE_ROWS)
      .map(placeOf),
    images: (summary.html?.images ?? []).map(({ src, alt, line }) => ({ line, text: alt || src })),
    structured: structuredTypes(summary),
    date: freshest(dates),
    dates,
    links: linksOf(summary, address),
    referringDomains,
    blocks: blocks.map(({ kind, text: own, line, level }) => ({ kind, text: own, line, level })),
  };
}

export const placeOf = ({ line, text }: { readonly line?: number; readonly text: string }): Place => ({
  line: line ?? null,
  text: text.replaceAll(/\s+/g, ' ').trim().slice(0, 120),
});

/** What the page says its address is. */
function addressOf(summary: DocumentSummary): string | null {
  const canonical = summary.html?.relations.find(({ rel }) => rel.split(/\s+/).includes('canonical'))?.href;
  const shared = summary.html?.metas.find(({ name }) => name === 'og:url')?.content;
  const front = summary.frontMatter?.find(({ name }) =>
    ['url', 'canonical', 'canonical_url', 'permalink'].includes(name),
  );
  const said = canonical ?? shared ?? front?.value ?? null;
  return said !== null && (URL.canParse(said) || said.startsWith('/')) ? said : null;
}

const itemsOf = (list: string): string[] =>
  list
    .split('\n')
    .map((line) => line.replace(/^\s*(?:-|\d+\.)\s*/, '').trim())
    .filter(Boolean);

/** Menus outside of a nav element: lists of which nearly every item is the text of a link. */
function linkLists({ html }: DocumentSummary): (list: string) => boolean {
  const anchors = new Set((html?.anchors ?? []).map(({ text }) => text));
  return (list) => {
    const items = itemsOf(list);
    return items.filter((item) => anchors.has(item)).length >= items.length * LINKED;
  };
}

function linksOf({ html }: DocumentSummary, address: string | null): PageReading['links'] {
  if (!html) return null;
  const own = address === null ? '' : hostOf(address);
  let [inside, outside] = [0, 0];
  for (const { href, inMain } of html.anchors) {
    if (!inMain || href.startsWith('#') || /^(?:mailto|tel|javascript|data):/i.test(href)) continue;
    const host = /^(?:https?:)?\/\//i.test(href) ? hostOf(href.replace(/^\/\//, 'https://')) : own;
    if (host === own) inside++;
    else outside++;
  }
  return { inside, outside };
}
