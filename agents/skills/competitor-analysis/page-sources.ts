import { type ByteSource, detectFormat, sourceOf } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { Json, SkillInput } from '../handler.ts';
import { fileSource, severalOf } from '../read-input.ts';
import { jsonFault } from '../text/json-fault.ts';

/** A page before it is read. */
export interface PageSource {
  readonly source: ByteSource;
  /** As given beside the page, whole or from its path on; null where only the page itself may say it. */
  readonly url: string | null;
  /** ISO 8601, as the server or the one who saved it said. */
  readonly modified: string | null;
  /** Domains that link to it, from a link tool. */
  readonly referringDomains: number | null;
}

export const MOST_PAGES = 200;
const MOST_BYTES = 60_000_000;
const PEEK_BYTES = 65_536;
type Field = 'url' | 'html' | 'markdown' | 'text' | 'modified';

/** The pages of an input that takes several files. Errors: those of `pageSources`. */
export async function allPageSources(
  inputs: Readonly<Record<string, SkillInput | undefined>>,
  name: string,
): Promise<PageSource[]> {
  const pages: PageSource[] = [];
  for (const given of severalOf(inputs, name)) pages.push(...(await pageSources(given.input, given.name)));
  if (pages.length > MOST_PAGES) throw tooMany(name, pages.length);
  return pages;
}

function tooMany(name: string, found: number): Error {
  const text = `${name} has ${found} pages, and at most ${MOST_PAGES} are compared; give the pages that rank`;
  return invalid(text, { name, limit: MOST_PAGES });
}

/**
 * The pages of an input: one page as a file or text (HTML or Markdown), or many as a JSON list (a value, a .json file, or
 * a .jsonl file with one a line) of `{ url, html | markdown | text, modified?, referring_domains? }`.
 * Errors: KAZE_SKILL_INPUT_INVALID with file, line, column, what was found and what was expected.
 */
export async function pageSources(input: SkillInput | undefined, name: string): Promise<PageSource[]> {
  if (input === undefined) return [];
  if (input.kind === 'json') return fromList(input.value, { name, line: () => undefined });
  if (input.kind === 'text') {
    const text = input.text.trim();
    if (text.startsWith('[') && text.endsWith(']')) return fromJson(text, name);
    const isHtml = detectFormat(name, new TextEncoder().encode(text.slice(0, PEEK_BYTES))).format === 'html';
    return [plain(sourceOf(isHtml ? `${name}.html` : `${name}.md`, input.text))];
  }
  if (/\.(csv|tsv|xml)$/i.test(input.name)) throw noPage(input.name);
  if (!/\.(jsonl?|ndjson)$/i.test(input.name)) return [plain(fileSource(input))];
  const text = await wholeText(input);
  return /\.json$/i.test(input.name) ? fromJson(text, input.name) : fromLines(text, input.name);
}

function noPage(name: string): Error {
  const text = `${name} is no page, and a page as .html or .md was expected, or a list of pages as .json; give the pages that rank, each as a file`;
  return invalid(text, { name, line: 1, column: 1, expected: 'html, markdown or json' });
}

const plain = (source: ByteSource): PageSource => ({ source, url: null, modified: null, referringDomains: null });

async function wholeText(input: Extract<SkillInput, { kind: 'file' }>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of input.open()) {
    size += part.length;
    if (size > MOST_BYTES)
      throw invalid(`${input.name} is larger than 60 MB; give fewer pages`, { name: input.name, limit: MOST_BYTES });
    parts.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw invalid(`${input.name} is no UTF-8, and JSON was expected; save it again as UTF-8`, { name: input.name });
  }
}

function fromJson(text: string, name: string): PageSource[] {
  return fromList(parse(text, name, 1), { name, line: () => undefined });
}

function fromLines(text: string, name: string): PageSource[] {
  const lines = text.split(/\r?\n/).map((content, at) => ({ content, line: at + 1 }));
  const full = lines.filter(({ content }) => content.trim() !== '');
  return fromList(
    full.map(({ content, line }) => parse(content, name, line)),
    { name, line: (at) => full[at]!.line },
  );
}

function parse(text: string, name: string, line: number): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const { found, ...fault } = jsonFault(text);
    const place = { line: line + fault.line - 1, column: fault.column };
    throw invalid(
      `${name}: line ${place.line}, column ${place.column} has ${JSON.stringify(found)} where JSON was expected; give a list of pages as JSON, or one page as .html or .md`,
      { name, ...place, found, expected: 'JSON' },
    );
  }
}

function fromList(value: Json, place: { readonly name: string; line(at: number): number | undefined }): PageSource[] {
  const { name } = place;
  if (!Array.isArray(value)) {
    const found = value === null ? 'null' : typeof value;
    throw invalid(
      `${name} holds ${found === 'object' ? 'an object' : `a ${found}`}, and a list of pages was expected: [{"url": "...", "html": "..."}]`,
      { name, found, expected: 'a list' },
    );
  }
  const items = value as readonly Json[];
  if (items.length > MOST_PAGES) throw tooMany(name, items.length);
  return items.map((item, at) => oneOf(item, { name, line: place.line(at), at }));
}

function oneOf(item: Json, { name, line, at }: { name: string; line: number | undefined; at: number }): PageSource {
  const where = `${name}: ${line === undefined ? `page ${at + 1} of the list` : `line ${line}`}`;
  const fail = (problem: string, fields: Readonly<Record<string, string>>) => {
    throw invalid(`${where} ${problem}`, { name, line, item: at + 1, ...fields });
  };
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    return fail('is no object with url and html', { expected: 'an object' }) as never;
  const page = item as { readonly [key: string]: Json };
  const text = (key: Field) => {
    const value = page[key];
    if (value !== undefined && value !== null && typeof value !== 'string')
      fail(`has a ${typeof value} as ${key}, and a text was expected`, { column: key, expected: 'a text' });
    return typeof value === 'string' && value.trim() !== '' ? value : null;
  };
  const url = text('url');
  if (url !== null && !url.startsWith('/') && !URL.canParse(url))
    fail(`has "${url.slice(0, 80)}" as url, which is no address`, { column: 'url' });
  const [html, markdown, plainText] = [text('html'), text('markdown'), text('text')];
  const [content, ending] = html !== null ? [html, 'html'] : markdown !== null ? [markdown, 'md'] : [plainText, 'txt'];
  if (content === null) return fail('has neither html nor markdown nor text', { expected: 'html' }) as never;
  const links = page.referring_domains;
  if (links !== undefined && links !== null && !(typeof links === 'number' && links >= 0))
    fail('has something else than a number as referring_domains', { column: 'referring_domains' });
  const short = url === null ? `${name} page ${at + 1}` : url.slice(0, 300);
  return {
    source: sourceOf(/\.\w+$/.test(short) && short.endsWith(`.${ending}`) ? short : `${short}.${ending}`, content),
    url,
    modified: text('modified'),
    referringDomains: typeof links === 'number' ? links : null,
  };
}

function invalid(message: string, fields: Readonly<Record<string, string | number | undefined>>): Error {
  return skillErrors('KAZE_SKILL_INPUT_INVALID', message, { fields });
}
