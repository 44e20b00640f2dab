import { SiteMap } from './addresses.ts';
import { isSelf } from './check-title.ts';
import { escapeHtml } from './html-tree.ts';
import { titleParts } from './proposals.ts';
import { addressInMarkdown } from './read-markdown.ts';
import { shown, shownAddress } from './shown.ts';
import { queryWords, type Subject } from './subject.ts';
import type { Edit, Finding, KnownPage, Run, Span } from './types.ts';
import { contentWords, findPhrase, Vocabulary } from './words.ts';

/** A page with many links more at once would read as a list of them. */
const MOST_NEW_LINKS = 5;
const MOST_INBOUND = 20;
/** A name of one word is linked only when it is as long as this: "Contact" is met everywhere. */
const LEAST_LETTERS = 9;

/** Own pages that are named in the text and not linked, and own pages that name this one and do not link it. */
export function checkMentions(subject: Subject): Finding[] {
  const site = new SiteMap(subject);
  return [...missingLinks(subject, site), ...missingInbound(subject)];
}

function missingLinks(subject: Subject, site: SiteMap): Finding[] {
  const { page, material, stemmer } = subject;
  const about = new Vocabulary(`${page.titles[0]?.text ?? ''} ${page.headings[0]?.text ?? ''}`, stemmer);
  const taken: Span[] = [];
  const findings: Finding[] = [];
  for (const own of material.ownPages) {
    if (own.url === undefined || isSelf(own, subject) || page.links.some((link) => site.leadsTo(link, own))) continue;
    for (const name of namesOf(own, subject)) {
      // Its name is this page's own subject: the two pages compete, a link does not help.
      if (about.missing(name).length === 0) continue;
      const mention = mentionOf(name, page.runs, subject);
      if (!mention || taken.some(({ start, end }) => mention.start < end && start < mention.end)) continue;
      taken.push(mention);
      findings.push(linkTo({ own, mention, subject, site, edited: findings.length < MOST_NEW_LINKS }));
      break;
    }
  }
  return findings;
}

interface LinkTo {
  readonly own: KnownPage;
  readonly mention: Span;
  readonly subject: Subject;
  readonly site: SiteMap;
  readonly edited: boolean;
}

function linkTo({ own, mention, subject, site, edited }: LinkTo): Finding {
  const { page } = subject;
  const manner = page.links.find(({ href }) => site.internal(href))?.href.trim() ?? own.url!;
  const href = site.writtenLike(own, manner);
  const words = page.source.slice(mention.start, mention.end);
  const edits: Edit[] =
    page.format === 'html'
      ? [
          { start: mention.start, end: mention.start, text: `<a href="${escapeHtml(href)}">` },
          { start: mention.end, end: mention.end, text: '</a>' },
        ]
      : [
          { start: mention.start, end: mention.start, text: '[' },
          { start: mention.end, end: mention.end, text: `](${addressInMarkdown(href)})` },
        ];
  return {
    kind: 'missing-internal-link',
    severity: 'fault',
    at: mention,
    before: `"${shown(words, 120)}" without a link`,
    after: `"${shown(words, 120)}" leads to ${shownAddress(href)}`,
    reason: `The page names ${shown(own.h1 || own.title || own.name, 120)}, a page of the same site, and does not link it.`,
    edits: edited ? edits : [],
  };
}

/** What a page is called: its first heading, the parts of its title, the words of its address. */
function namesOf(own: KnownPage, { stemmer }: Subject): string[] {
  const slug = (own.url ?? '')
    .split(/[?#]/)[0]!
    .replace(/\/$/, '')
    .split('/')
    .at(-1)!
    .replace(/\.[a-z]{2,5}$/i, '');
  const names = [own.h1, ...titleParts(own.h1), ...titleParts(own.title), slug.replaceAll(/[-_]+/g, ' ')].map(
    trimEdges(stemmer),
  );
  return [...new Set(names)].filter((name) => {
    const words = contentWords(name, stemmer).filter((word) => /\p{L}{3}/u.test(word));
    return words.length >= 2 || (words.length === 1 && words[0]!.length >= LEAST_LETTERS);
  });
}

/** Without articles and the like at the ends: "Our flat roof repair" is mentioned as "flat roof repair". */
function trimEdges(stemmer: Subject['stemmer']): (name: string) => string {
  return (name) => {
    const words = name.split(/\s+/);
    const isStop = (word: string | undefined) =>
      word !== undefined && stemmer.isStopWord(word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''));
    while (isStop(words[0])) words.shift();
    while (isStop(words.at(-1))) words.pop();
    return words.join(' ');
  };
}

function mentionOf(name: string, runs: readonly Run[], { stemmer }: Subject): Span | undefined {
  const phrase = name.match(/[\p{L}\p{M}\p{N}]+/gu)?.map((word) => word.toLowerCase()) ?? [];
  for (const { text, span } of runs) {
    const [found] = findPhrase(text, phrase, stemmer);
    // Nothing but words and blanks in between: a name does not go on over a full stop.
    if (found && /^[\p{L}\p{M}\p{N}\s'’-]+$/u.test(text.slice(found.start, found.end))) {
      return { start: span.start + found.start, end: span.start + found.end };
    }
  }
  return undefined;
}

function missingInbound(subject: Subject): Finding[] {
  const { page, material, stemmer, main } = subject;
  if (page.url === undefined && page.facts.canonical === undefined) return [];
  const names = [
    page.headings.find(({ level }) => level === 1)?.text ?? '',
    main ? queryWords(main, subject).join(' ') : '',
  ].filter((name) => contentWords(name, stemmer).length >= 2);
  return material.ownPages
    .filter((own) => !own.partial && own.text !== '' && !isSelf(own, subject) && !linksHere(own, subject))
    .filter((own) => names.some((name) => findPhrase(own.text, contentWords(name, stemmer), stemmer).length > 0))
    .slice(0, MOST_INBOUND)
    .map((own) => ({
      kind: 'missing-inbound-link',
      severity: 'notice',
      at: null,
      before: `${shown(own.name, 120)} names this page's subject`,
      after: null,
      reason: 'It does not link here; the edit belongs to that page.',
      edits: [],
    }));
}

function linksHere(own: KnownPage, { base }: Subject): boolean {
  const from = own.url !== undefined && URL.canParse(own.url, base.href) ? new URL(own.url, base) : base;
  return own.links.some((href) => URL.canParse(href, from.href) && pathOf(new URL(href, from)) === pathOf(base));
}

const pathOf = ({ pathname }: URL) => pathname.replace(/\/$/, '');
