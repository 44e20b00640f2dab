import { daysBetween } from '../text/calendar.ts';
import { entitiesOf, findEntity } from './entities.ts';
import type { PageReading, Place } from './read-pages.ts';
import { termsOf } from './terms.ts';
import type { WordForms } from './word-forms.ts';

export type DifferenceKind =
  | 'longer'
  | 'newer'
  | 'dated'
  | 'question_headings'
  | 'list'
  | 'table'
  | 'more_sections'
  | 'entity'
  | 'images'
  | 'structured_data'
  | 'more_links_to_it';

/** One thing that the data show of one page and not of the other. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** What each page has: words, a day, a count, the name of the thing. */
  readonly winner: string | number | null;
  readonly own: string | number | null;
  /** Where the page that has it shows it. */
  readonly place: Place | null;
  /** For an entity: its name. */
  readonly name?: string;
}

/** Below these two lengths do not differ: a few sentences more are no other depth. */
const LONGER = { times: 1.25, words: 50 } as const;
const NEWER_DAYS = 30;
const SECTIONS = { times: 1.5, more: 3 } as const;
const LINKS = { times: 1.5, more: 3 } as const;
const MOST_ENTITIES = 12;
/** A term that no other winner shares must be said so often. */
const ALONE_MENTIONS = 4;
/** So many pages on other topics tell what is everyday language. */
const LEAST_ELSEWHERE = 4;

export interface Peers {
  /** Other pages of competitors on the topic. */
  readonly others: readonly PageReading[];
  /** Pages on other topics: what half of them say is everyday language of the trade. */
  readonly elsewhere: readonly PageReading[];
  readonly forms: WordForms;
}

/**
 * What one page has that the other has not, as far as both were read; an order of importance is not claimed. Counts that
 * differ a little are no difference. Only what is in the sources counts: a page without a date is not called older.
 */
export function differences(winner: PageReading, own: PageReading, peers: Peers): Difference[] {
  const found: Difference[] = [];
  const has = (kind: DifferenceKind, of: (page: PageReading) => readonly Place[]) => {
    const [theirs, ours] = [of(winner), of(own)];
    if (theirs.length > 0 && ours.length === 0) found.push({ kind, winner: theirs.length, own: 0, place: theirs[0]! });
  };
  if (winner.words >= own.words * LONGER.times && winner.words >= own.words + LONGER.words)
    found.push({ kind: 'longer', winner: winner.words, own: own.words, place: null });
  const [theirs, ours] = [winner.date, own.date];
  if (theirs) {
    const place = { line: theirs.line, text: theirs.from };
    if (!ours) found.push({ kind: 'dated', winner: theirs.day, own: null, place });
    else if (daysBetween(ours.day, theirs.day) >= NEWER_DAYS)
      found.push({ kind: 'newer', winner: theirs.day, own: ours.day, place });
  }
  has('question_headings', ({ questions }) => questions);
  has('list', ({ lists }) => lists);
  has('table', ({ tables }) => tables);
  if (winner.sections.length >= Math.max(own.sections.length * SECTIONS.times, own.sections.length + SECTIONS.more))
    found.push({
      kind: 'more_sections',
      winner: winner.sections.length,
      own: own.sections.length,
      place: winner.sections[0]!,
    });
  has('images', ({ images }) => images);
  const types = winner.structured.filter((type) => !own.structured.includes(type));
  if (types.length > 0)
    found.push({
      kind: 'structured_data',
      winner: types.join(', '),
      own: own.structured.join(', ') || null,
      place: null,
    });
  const [to, toOwn] = [winner.referringDomains, own.referringDomains];
  if (to !== null && toOwn !== null && to >= Math.max(toOwn * LINKS.times, toOwn + LINKS.more))
    found.push({ kind: 'more_links_to_it', winner: to, own: toOwn, place: null });
  return [...found, ...entityDifferences(winner, own, peers)];
}

function entityDifferences(winner: PageReading, own: PageReading, { others, elsewhere, forms }: Peers): Difference[] {
  // Pages in two languages name the same things differently.
  if (winner.language !== own.language && winner.language !== 'unknown' && own.language !== 'unknown') return [];
  const isEveryday = (name: string) =>
    elsewhere.length >= LEAST_ELSEWHERE &&
    elsewhere.filter((page) => findEntity(page, name)).length >= elsewhere.length / 2;
  const missing: Difference[] = [];
  const told: string[] = [];
  for (const { name, mentions, place, kind } of [...entitiesOf(winner, forms), ...termsOf(winner, forms)]) {
    if (missing.length === MOST_ENTITIES) break;
    // Any word may be said twice: a term counts where several winners share it.
    const isShared = others.some((other) => findEntity(other, name));
    if (kind === 'term' && !isShared && mentions < ALONE_MENTIONS) continue;
    if (kind !== 'name' && isEveryday(name)) continue;
    const lower = name.toLowerCase();
    // "rye" says nothing beside "rye flour".
    if (told.some((one) => one.includes(lower) || lower.includes(one)) || findEntity(own, name)) continue;
    told.push(lower);
    missing.push({ kind: 'entity', winner: mentions, own: 0, place, name });
  }
  return missing;
}
