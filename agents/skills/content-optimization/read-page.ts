import { Pace } from '#platform';
import { type ByteSource, decodeText, detectFormat, formatErrors } from '#platform/formats';
import { skillErrors } from '../errors.ts';
import type { SkillInput } from '../handler.ts';
import { fileSource } from '../read-input.ts';
import { SourceText } from './edits.ts';
import { readHtml } from './read-html.ts';
import { readMarkdown } from './read-markdown.ts';
import type { Page } from './types.ts';

/** Real pages have some hundred thousand; Markdown's time grows faster than its text. */
const MAX_CHARS = { html: 2_000_000, markdown: 300_000 };
/** Four bytes a character at most, and as many again for encodings before Unicode. */
const MAX_BYTES = 10_000_000;
const PEEK_BYTES = 64 * 1024;

export interface PageInput {
  readonly page: Page;
  readonly source: SourceText;
  /** What the bytes were read as, where that is not UTF-8. */
  readonly encoding: string;
}

/**
 * Reads the page that is to be changed. Errors: KAZE_SKILL_INPUT_MISSING, KAZE_SKILL_INPUT_INVALID and those of the
 * format readers, with file, line and column where they know them.
 */
export async function readPageInput(input: SkillInput | undefined, url?: string): Promise<PageInput> {
  if (input === undefined) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_MISSING',
      'content-optimization has no page; give it as an HTML or Markdown file',
      { fields: { skill: 'content-optimization', input: 'page' } },
    );
  }
  if (input.kind === 'json') {
    throw skillErrors('KAZE_SKILL_INPUT_INVALID', 'page is data; give it as an HTML or Markdown file, or as text', {
      fields: { input: 'page', found: 'json' },
    });
  }
  const { text, format, name, encoding } =
    input.kind === 'file'
      ? await readText(fileSource(input))
      : { text: input.text, format: formatOf('page', Buffer.from(input.text)), name: 'page', encoding: 'utf-8' };
  const source = new SourceText(text);
  const page = await readPageText({ name, text: source.text, format, url });
  if (!/\p{L}/u.test(page.text)) {
    throw skillErrors(
      'KAZE_SKILL_INPUT_INVALID',
      `${name}, line 1, column 1: the page has no words of its own; a page that is put together by scripts is given as the browser shows it (save as "web page, complete")`,
      { fields: { input: 'page', name, line: 1, column: 1 } },
    );
  }
  return { page, source, encoding };
}

export interface PageText {
  readonly name: string;
  /** Line ends as LF. */
  readonly text: string;
  readonly format: 'html' | 'markdown';
  readonly url?: string | undefined;
}

/** Errors: KAZE_FORMAT_LIMIT, and those of the two readers. */
export async function readPageText({ name, text, format, url }: PageText, pace = new Pace()): Promise<Page> {
  if (text.length > MAX_CHARS[format]) {
    throw formatErrors(
      'KAZE_FORMAT_LIMIT',
      `${name} has ${text.length} characters; at most ${MAX_CHARS[format]} of ${format === 'html' ? 'HTML' : 'Markdown'} are read as one page`,
      { fields: { name, limit: 'maxChars', allowed: MAX_CHARS[format] } },
    );
  }
  try {
    return format === 'html'
      ? await readHtml({ name, text, url }, pace)
      : await readMarkdown({ name, text, url }, pace);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw formatErrors('KAZE_FORMAT_HTML_DEPTH', `${name} nests deeper than can be read; save it as plain text`, {
      fields: { name },
    });
  }
}

/** Errors: KAZE_FORMAT_EMPTY, KAZE_FORMAT_LIMIT, KAZE_FORMAT_ENCODING, and those of `formatOf`. */
export async function readText(
  source: ByteSource,
): Promise<{ name: string; text: string; format: 'html' | 'markdown'; encoding: string }> {
  const { name } = source;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of source.bytes) {
    length += part.length;
    if (length > MAX_BYTES) {
      throw formatErrors(
        'KAZE_FORMAT_LIMIT',
        `${name} has more than ${MAX_BYTES} bytes, the most that is read of one page`,
        {
          fields: { name, limit: 'maxBytes', allowed: MAX_BYTES },
        },
      );
    }
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  const format = formatOf(name, bytes);
  const declared = /<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{2,40})/i.exec(bytes.toString('latin1', 0, 4096))?.[1];
  const old = declared && /^(iso-8859-1|latin1|us-ascii|windows-125\d)$/i.test(declared);
  const encoding = old ? declared.toLowerCase().replace(/^(iso-8859-1|latin1|us-ascii)$/, 'windows-1252') : undefined;
  const decoded = decodeText(once(bytes), { name, ...(encoding ? { encoding } : {}) });
  let text = '';
  for await (const chunk of decoded.chunks) text += chunk;
  return { name, text, format, encoding: decoded.report.encoding };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Errors: KAZE_FORMAT_EMPTY, KAZE_FORMAT_MISMATCH for what is no page. */
function formatOf(name: string, bytes: Uint8Array): 'html' | 'markdown' {
  if (Buffer.from(bytes.subarray(0, PEEK_BYTES)).toString('latin1').trim() === '' && bytes.length <= PEEK_BYTES) {
    throw formatErrors('KAZE_FORMAT_EMPTY', `${name} is empty; save the page again`, {
      fields: { name, line: 1, column: 1 },
    });
  }
  const { format, label, wayOut } = detectFormat(name, bytes.subarray(0, PEEK_BYTES));
  if (format === 'html') return 'html';
  if (format === 'markdown' || format === 'text') return 'markdown';
  throw formatErrors(
    'KAZE_FORMAT_MISMATCH',
    `${name}, line 1, column 1: this is ${label}, and a page in HTML or Markdown was expected; ${format === 'pdf' ? 'give the page that it was printed from' : wayOut}`,
    { fields: { name, line: 1, column: 1, found: format, foundLabel: label, expected: 'html or markdown', wayOut } },
  );
}
