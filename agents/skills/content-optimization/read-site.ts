import { isKazeError, Pace } from '#platform';
import { skillErrors } from '../errors.ts';
import type { Json, Passage, SkillInput } from '../handler.ts';
import { fileSource, namesOf, severalOf } from '../read-input.ts';
import { jsonFault } from '../text/json-fault.ts';
import { readPageText, readText } from './read-page.ts';
import type { KnownPage, Page } from './types.ts';

const MOST_PAGES = 2_000;
const MAX_CHARS = 20_000_000;
/** Characters of the text of another page that are compared with the page: some 30,000 words. */
export const MOST_TEXT = 200_000;

const SHAPE =
  'a list such as [{"url": "/prices/", "html": "<h1>Prices</h1> ..."}], each with url, and html, markdown or text (or title and h1 alone)';

/** Pages from an input, and what could not be read of them. */
export interface Site {
  readonly pages: readonly KnownPage[];
  readonly notes: readonly string[];
}

/** The pages of an input that takes several files. Errors: those of each, and KAZE_SKILL_INPUT_INVALID for too many. */
export async function readSite(
  inputs: Readonly<Record<string, SkillInput | undefined>>,
  name: string,
  pace = new Pace(),
): Promise<Site> {
  const pages: KnownPage[] = [];
  const notes: string[] = [];
  for (const given of severalOf(inputs, name)) {
    const read = await readPages(given.name, given.input, pace);
    pages.push(...read.pages);
    notes.push(...read.notes);
  }
  if (pages.length > MOST_PAGES) throw invalid(name, `has ${pages.length} pages; at most ${MOST_PAGES} are read`);
  return { pages, notes };
}

/**
 * Pages of one file or value: a list as data or as JSON, one web page or Markdown file, or addresses a line.
 * Errors: KAZE_SKILL_INPUT_INVALID with the place; those of the format readers for a file that is one page.
 */
async function readPages(name: string, input: SkillInput, pace: Pace): Promise<Site> {
  if (input.kind === 'json') return fromList(name, input.value, pace);
  if (input.kind === 'text') {
    const text = input.text.trim();
    if (/^[[{]/.test(text)) return fromList(name, parseJson(name, text), pace);
    return { pages: namesOf(input, MOST_PAGES).map((url) => bare(url)), notes: [] };
  }
  const { text, format, name: file } = await readText(fileSource(input));
  const listed = addressesIn(file, text);
  if (listed) return { pages: listed.slice(0, MOST_PAGES).map((url) => bare(url)), notes: cutNote(file, listed) };
  // A Markdown page may begin with a link.
  if (/^\s*[[{]/.test(text) && !/\.(md|markdown)$/i.test(file)) return fromList(file, parseJson(file, text), pace);
  const page = await readPageText({ name: file, text: text.replaceAll('\r\n', '\n'), format }, pace);
  return { pages: [known(page)], notes: [] };
}

/** Of a sitemap, or of a text that holds one address a line; undefined of everything else. */
function addressesIn(file: string, text: string): string[] | undefined {
  if (
    /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:\w+:)?(?:urlset|sitemapindex)[\s>]/.test(text.slice(0, 4_096))
  ) {
    if (/<(?:\w+:)?sitemapindex[\s>]/.test(text.slice(0, 4_096)))
      throw invalid(file, 'lists sitemaps and no pages; give the sitemaps that it names');
    return [...text.matchAll(/<loc>\s*([^<\s]+)\s*<\/loc>/g)].map(([, address]) => address!.replaceAll('&amp;', '&'));
  }
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  return lines.length > 0 && lines.every((line) => /^(?:https?:\/)?\/\S*$/.test(line)) ? lines : undefined;
}

const cutNote = (file: string, { length }: readonly string[]): string[] =>
  length > MOST_PAGES ? [`${file} lists ${length} addresses; the first ${MOST_PAGES} were taken.`] : [];

/** A page as far as the others need it. */
export function known(page: Page): KnownPage {
  return {
    name: page.name,
    ...((page.url ?? page.facts.canonical) ? { url: page.url ?? page.facts.canonical } : {}),
    title: page.titles[0]?.text ?? '',
    h1: page.headings.find(({ level }) => level === 1)?.text ?? page.headings[0]?.text ?? '',
    headings: page.headings.map(({ text }) => text),
    text: page.text.slice(0, MOST_TEXT),
    links: page.links.map(({ href, text }) => ({ href, text })),
    partial: false,
  };
}

/** What the graph holds of the client's pages: passages, put together by the source they stand in. */
export function pagesOfPassages(passages: readonly Passage[]): KnownPage[] {
  const bySource = new Map<string, Passage[]>();
  for (const one of passages) bySource.set(one.sourceId, [...(bySource.get(one.sourceId) ?? []), one]);
  return [...bySource.values()].map((parts): KnownPage => {
    const [first] = parts as [Passage, ...Passage[]];
    const isAddress = /^https?:\/\/|\.(html?|md|php)$/i.test(first.sourceName) && !/\s/.test(first.sourceName);
    return {
      name: first.sourceName,
      ...(isAddress ? { url: first.sourceName } : {}),
      title: '',
      h1: first.headings[0] ?? '',
      headings: [...new Set(parts.flatMap(({ headings }) => headings))],
      text: parts.map(({ text }) => text).join('\n'),
      links: [],
      source: first.sourceId,
      partial: true,
    };
  });
}

const bare = (url: string): KnownPage => ({
  name: url,
  url,
  title: '',
  h1: '',
  headings: [],
  text: '',
  links: [],
  partial: true,
});

function parseJson(file: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const { line, column, found } = jsonFault(text);
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${file}, line ${line}, column ${column}: this is no JSON (found ${JSON.stringify(found)}); expected ${SHAPE}`,
      { fields: { input: file, line, column, found } },
    );
  }
}

async function fromList(name: string, value: Json, pace: Pace): Promise<Site> {
  const list = Array.isArray(value) ? (value as readonly Json[]) : undefined;
  if (list === undefined || list.length > MOST_PAGES) {
    const found = list ? `${list.length} pages; at most ${MOST_PAGES} are read` : 'no list';
    throw invalid(name, `is ${found}; expected ${SHAPE}`);
  }
  const notes: string[] = [];
  let chars = 0;
  const pages: KnownPage[] = [];
  for (const [at, item] of list.entries()) {
    if (pace.isDue()) await pace.rest();
    const place = `item ${at + 1}`;
    if (typeof item === 'string') {
      pages.push(bare(item));
      continue;
    }
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw invalid(name, `${place} is ${JSON.stringify(item)?.slice(0, 40)}; expected ${SHAPE}`);
    }
    const record = item as Readonly<Record<string, Json>>;
    const text = (...keys: string[]) =>
      keys.map((key) => record[key]).find((one): one is string => typeof one === 'string');
    const url = text('url', 'address', 'path', 'name');
    const [html, markdown] = [text('html'), text('markdown', 'md', 'text', 'content')];
    if (url === undefined && html === undefined && markdown === undefined) {
      throw invalid(name, `${place} has neither url nor html, markdown or text; expected ${SHAPE}`);
    }
    chars += (html ?? markdown ?? '').length;
    if (chars > MAX_CHARS) throw invalid(name, `has more than ${MAX_CHARS} characters; give fewer pages`);
    const page = await read({ name: url ?? place, html, markdown }, { notes, pace });
    const [title, h1] = [text('title'), text('h1')];
    pages.push({ ...page, ...(url ? { url } : {}), ...(title ? { title } : {}), ...(h1 ? { h1 } : {}) });
  }
  return { pages, notes };
}

/** One page that cannot be read does not stop the others: it is told. */
async function read(
  { name, html, markdown }: { name: string; html: string | undefined; markdown: string | undefined },
  { notes, pace }: { readonly notes: string[]; readonly pace: Pace },
): Promise<KnownPage> {
  const format =
    html !== undefined || /^\s*<(!doctype|html|head|body|main)/i.test(markdown ?? '') ? 'html' : 'markdown';
  const text = (html ?? markdown ?? '').replaceAll('\r\n', '\n');
  if (text.trim() === '') return { ...bare(name), name };
  try {
    return known(await readPageText({ name, text, format }, pace));
  } catch (error) {
    if (!isKazeError(error)) throw error;
    notes.push(`${error.message} (left out)`);
    return { ...bare(name), name };
  }
}

function invalid(input: string, what: string): Error {
  return skillErrors('KAZE_SKILL_INPUT_INVALID', `${input} ${what}`, { fields: { input } });
}
