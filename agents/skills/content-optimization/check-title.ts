import { shown } from '../text/shown.ts';
import { brandOf, composeDescription, composeTitle, shortenDescription, shortenTitle } from './proposals.ts';
import { MOST_TEXT } from './read-site.ts';
import type { Subject } from './subject.ts';
import { MAX_DESCRIPTION_CHARS, MAX_TITLE_PX, MIN_DESCRIPTION_CHARS, widthOf } from './title-width.ts';
import type { Finding, Slot } from './types.ts';
import { Vocabulary } from './words.ts';

/** Texts for title and description that are to be used in place of composed ones: a model's wording, checked before. */
export interface Wanted {
  readonly title?: string;
  readonly description?: string;
}

const none = { at: null, edits: [] } as const;

export function checkTitle(subject: Subject, wanted: Wanted = {}): Finding[] {
  const { page, main, stemmer, vocabulary } = subject;
  const [title, ...others] = page.titles.filter(({ text }) => text !== '');
  if (!title) {
    if (!page.hasHead) return [];
    const proposed = wanted.title ?? composeTitle(subject);
    const [empty] = page.titles;
    const edit = proposed === undefined ? undefined : (empty?.rewrite(proposed) ?? page.addTitle?.(proposed));
    return [
      {
        kind: 'title-missing',
        severity: 'fault',
        at: empty?.span ?? null,
        before: empty ? 'an empty title' : 'no title',
        after: edit ? shown(proposed!) : null,
        reason: `Results then show other text as the title.${edit ? ' The words are those of the first heading.' : ' The page has no heading whose words could stand there.'}`,
        edits: edit ? [edit] : [],
      },
    ];
  }
  const findings: Finding[] = [];
  if (others.length > 0) findings.push(severalTitles(title, others));
  const width = widthOf(title.text);
  const inTitle = main ? new Vocabulary(title.text, stemmer).share(main.query) : 1;
  if (width > MAX_TITLE_PX) {
    const proposed = wanted.title ?? shortenTitle(title.text, subject);
    findings.push({
      kind: 'title-too-long',
      severity: 'fault',
      at: title.span,
      before: shown(title.text),
      after: proposed === undefined ? null : shown(proposed),
      reason: `${title.text.length} characters are about ${width} pixels wide; results on a desktop show some ${MAX_TITLE_PX} and cut the rest.`,
      edits: proposed === undefined ? [] : [title.rewrite(proposed)],
    });
  } else if (main && inTitle < 0.5 && vocabulary.share(main.query) === 1) {
    const h1 = page.headings.find(({ level }) => level === 1)?.text ?? '';
    const better = new Vocabulary(h1, stemmer).share(main.query) > inTitle && widthOf(h1) <= MAX_TITLE_PX;
    const proposed = wanted.title ?? (better ? composeTitle(subject) : undefined);
    findings.push({
      kind: 'title-without-query',
      severity: 'notice',
      at: title.span,
      before: shown(title.text),
      after: proposed === undefined ? null : shown(proposed),
      reason: `The page answers "${shown(main.query)}", and its title does not say so.`,
      edits: proposed === undefined ? [] : [title.rewrite(proposed)],
    });
  }
  const twin = subject.material.ownPages.find((own) => sameText(own.title, title.text) && !isSelf(own, subject));
  if (twin) {
    findings.push({
      ...none,
      kind: 'title-duplicate',
      severity: 'fault',
      at: title.span,
      before: shown(title.text),
      after: null,
      reason: `${shown(twin.name)} has the same title; each page needs its own.`,
    });
  }
  return findings;
}

function severalTitles(title: Slot, others: readonly Slot[]): Finding {
  return {
    kind: 'several-titles',
    severity: 'fault',
    at: others[0]!.span,
    before: shown(others.map(({ text }) => text).join(' / ')),
    after: `only "${shown(title.text)}"`,
    reason: 'A page has one title; browsers take the first.',
    edits: others.map(({ span }) => ({ ...span, text: '' })),
  };
}

export function checkDescription(subject: Subject, wanted: Wanted = {}): Finding[] {
  const { page } = subject;
  const [slot] = page.descriptions;
  if (!slot || slot.text === '') {
    if (!page.hasHead) return [];
    const proposed = wanted.description ?? composeDescription(subject);
    const edit = proposed === undefined ? undefined : (slot?.rewrite(proposed) ?? page.addDescription?.(proposed));
    return [
      {
        kind: 'description-missing',
        severity: 'fault',
        at: slot?.span ?? null,
        before: slot ? 'an empty description' : 'no meta description',
        after: edit ? shown(proposed!) : null,
        reason: `Search engines then pick the snippet themselves.${edit ? ' The sentences are the page’s own.' : ' No sentences of the page are of the right length.'}`,
        edits: edit ? [edit] : [],
      },
    ];
  }
  const { length } = slot.text;
  const findings: Finding[] = [];
  if (length > MAX_DESCRIPTION_CHARS) {
    const proposed = wanted.description ?? shortenDescription(slot.text, subject);
    findings.push({
      kind: 'description-too-long',
      severity: 'notice',
      at: slot.span,
      before: shown(slot.text),
      after: proposed === undefined ? null : shown(proposed),
      reason: `${length} characters; snippets show some ${MAX_DESCRIPTION_CHARS}.`,
      edits: proposed === undefined ? [] : [slot.rewrite(proposed)],
    });
  } else if (length < MIN_DESCRIPTION_CHARS) {
    const proposed = wanted.description ?? composeDescription(subject);
    findings.push({
      kind: 'description-too-short',
      severity: 'notice',
      at: slot.span,
      before: shown(slot.text),
      after: proposed === undefined ? null : shown(proposed),
      reason: `${length} characters say little; snippets have room for some ${MAX_DESCRIPTION_CHARS}.`,
      edits: proposed === undefined ? [] : [slot.rewrite(proposed)],
    });
  }
  return findings;
}

export const sameText = (left: string, right: string): boolean =>
  left !== '' && left.toLowerCase().replaceAll(/\s+/g, ' ') === right.toLowerCase().replaceAll(/\s+/g, ' ');

/** The page itself may be among the client's pages. */
export function isSelf(
  own: { readonly url?: string; readonly name: string; readonly text: string },
  subject: Subject,
): boolean {
  const { page, base } = subject;
  if (own.name === page.name || (own.text !== '' && own.text === page.text.slice(0, MOST_TEXT))) return true;
  const address = own.url ?? own.name;
  return (
    URL.canParse(address, base.href) &&
    new URL(address, base).pathname.replace(/\/$/, '') === base.pathname.replace(/\/$/, '')
  );
}

/** What stands there now or would stand there: for the output and for a model to put into words. */
export function currentTexts(subject: Subject): {
  title: string | undefined;
  description: string | undefined;
  brand: string | undefined;
} {
  const { page } = subject;
  return {
    title: page.titles[0]?.text || composeTitle(subject),
    description: page.descriptions[0]?.text || composeDescription(subject),
    brand: brandOf(subject),
  };
}
