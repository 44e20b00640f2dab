import type { Block, DocumentSummary } from '#platform/formats';
import { MONTH_WORDS, parseDay } from '../text/calendar.ts';

/** A day that a page says of itself. */
export interface PageDate {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly kind: 'modified' | 'published';
  /** Where it stands: `dateModified of its structured data`, `meta article:modified_time`, `"Updated 3 March 2026"`. */
  readonly from: string;
  readonly line: number | null;
}

const META: Readonly<Record<string, PageDate['kind']>> = {
  'article:modified_time': 'modified',
  'og:updated_time': 'modified',
  'last-modified': 'modified',
  datemodified: 'modified',
  'dcterms.modified': 'modified',
  'dc.date.modified': 'modified',
  updated: 'modified',
  modified: 'modified',
  lastmod: 'modified',
  last_modified: 'modified',
  'article:published_time': 'published',
  datepublished: 'published',
  'dcterms.created': 'published',
  'dc.date': 'published',
  date: 'published',
  published: 'published',
  pubdate: 'published',
};

const DAY = `(\\d{4}-\\d{2}-\\d{2}|\\d{1,2}\\.\\s?\\d{1,2}\\.\\s?\\d{4}|\\d{1,2}/\\d{1,2}/\\d{4}|\\d{1,2}(?:st|nd|rd|th)?\\.?\\s+(?:of\\s+)?(?:${MONTH_WORDS})\\.?,?\\s+\\d{4}|(?:${MONTH_WORDS})\\.?\\s+\\d{1,2}(?:st|nd|rd|th)?,?\\s+\\d{4})`;
const SAID: ReadonlyArray<{ readonly kind: PageDate['kind']; readonly pattern: RegExp }> = [
  {
    kind: 'modified',
    pattern: new RegExp(
      `(?:last\\s+(?:updated|reviewed|modified)|updated|reviewed|revised|zuletzt\\s+(?:aktualisiert|geändert|geprüft)|aktualisiert|stand|letzte\\s+(?:änderung|aktualisierung))(?:\\s+(?:on|am|vom))?\\s*:?\\s*${DAY}`,
      'iu',
    ),
  },
  {
    kind: 'published',
    pattern: new RegExp(
      `(?:published|posted|first\\s+published|veröffentlicht|erschienen)(?:\\s+(?:on|am|vom))?\\s*:?\\s*${DAY}`,
      'iu',
    ),
  },
];

/** `/2018/06/28/interactive-maps`: blogs put the day of publication into the address. */
const IN_ADDRESS = /\/((?:19|20)\d{2})\/(\d{1,2})\/(\d{1,2})(?:\/|$)/;
/** A line of its own that is nothing but a day, perhaps with the day of the week or who wrote: `Dienstag, 29. Januar 2019`. */
const DAY_ALONE = new RegExp(`^(?:(?:posted|on|am|vom|date|datum)\\s*:?\\s*)?(?:\\p{L}{2,10}\\.?,\\s+)?${DAY}$`, 'iu');

interface Around {
  /** YYYY-MM-DD: what lies after it is no evidence and is left out. */
  readonly today: string;
  /** Of the page, where it is known. */
  readonly address: string | null;
}

/**
 * The days that a page says it was published and changed, from its structured data, metadata, front matter and words.
 * Where these say none, the day in its address; else a day that stands alone on a line or in a `<time>`: of several, which
 * may be comments' and other pages', the first below the page's first heading.
 */
export function pageDates(
  summary: DocumentSummary,
  blocks: ReadonlyArray<Pick<Block, 'kind' | 'level' | 'text' | 'line'>>,
  { today, address }: Around,
): PageDate[] {
  const found: PageDate[] = [];
  const dayIn = (text: string): string | undefined => {
    const day = parseDay(text.trim().slice(0, 40)) ?? parseDay(text.trim().slice(0, 10));
    return day !== undefined && day <= today && day > '1995-01-01' ? day : undefined;
  };
  const note = (text: string, date: Omit<PageDate, 'day'>) => {
    const day = dayIn(text);
    if (day !== undefined) found.push({ day, ...date });
  };
  for (const { text, line } of summary.html?.structuredData ?? [])
    for (const [name, value] of datesWithin(text))
      note(value, {
        kind: name === 'dateModified' ? 'modified' : 'published',
        from: `${name} of its structured data`,
        line,
      });
  for (const { name, content, line } of summary.html?.metas ?? []) {
    const kind = META[name];
    if (kind) note(content, { kind, from: `meta ${name}`, line });
  }
  for (const { name, value, line } of summary.frontMatter ?? []) {
    const kind = META[name];
    if (kind) note(value, { kind, from: `${name} of its front matter`, line });
  }
  for (const block of blocks) {
    for (const { kind, pattern } of SAID) {
      const match = pattern.exec(block.text.slice(0, 600));
      if (match) note(match[1]!, { kind, from: `"${match[0].replaceAll(/\s+/g, ' ')}"`, line: block.line ?? null });
    }
  }
  if (found.length > 0) return found;
  const path = IN_ADDRESS.exec(address ?? '');
  if (path) note(path.slice(1).join('-'), { kind: 'published', from: 'its address', line: null });
  if (found.length > 0) return found;
  const alone = [
    ...(summary.html?.times ?? []).map(({ datetime, line }) => ({ text: datetime, line, from: 'its time element' })),
    ...blocks.flatMap(({ text, line = null }) => {
      const match = text.length <= 80 ? DAY_ALONE.exec(text.trim()) : null;
      return match ? [{ text: match[1]!, line, from: `"${text.trim()}"` }] : [];
    }),
  ];
  const heading = blocks.find(({ kind, level }) => kind === 'heading' && level === 1)?.line;
  const dated = alone
    .flatMap((one) => (dayIn(one.text) === undefined ? [] : [{ ...one, day: dayIn(one.text)! }]))
    .sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
  const isOne = new Set(dated.map(({ day }) => day)).size === 1;
  const first = isOne ? dated[0] : dated.find(({ line }) => heading !== undefined && (line ?? 0) >= heading);
  if (first) found.push({ day: first.day, kind: 'published', from: first.from, line: first.line });
  return found;
}

/** When the page was last worked on, as it says itself; undefined where it says nothing. */
export function freshest(dates: readonly PageDate[]): PageDate | undefined {
  return dates.toSorted((left, right) => (left.day < right.day ? 1 : left.day > right.day ? -1 : 0))[0];
}

const MOST_DEPTH = 12;

function datesWithin(text: string): Array<[name: 'dateModified' | 'datePublished', value: string]> {
  const found: Array<['dateModified' | 'datePublished', string]> = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth > MOST_DEPTH || typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if ((name === 'dateModified' || name === 'datePublished') && typeof inner === 'string') found.push([name, inner]);
      else visit(inner, depth + 1);
    }
  };
  try {
    visit(JSON.parse(text), 0);
  } catch {
    // Broken structured data say nothing, to search engines either.
  }
  return found;
}

/** Types that the structured data name, each once. */
export function structuredTypes(summary: DocumentSummary): string[] {
  const types = new Set<string>();
  const visit = (value: unknown, depth: number): void => {
    if (depth > MOST_DEPTH || typeof value !== 'object' || value === null) return;
    if ('@type' in value)
      for (const type of [value['@type']].flat()) if (typeof type === 'string') types.add(type.slice(0, 60));
    for (const inner of Object.values(value)) visit(inner, depth + 1);
  };
  for (const { text } of summary.html?.structuredData ?? []) {
    try {
      visit(JSON.parse(text), 0);
    } catch {
      // As above.
    }
  }
  return [...types].sort();
}
