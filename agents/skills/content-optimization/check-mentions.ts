import type { Pace } from '#platform';
import { shown, shownAddress } from '../text/shown.ts';
import { isSelf } from './check-title.ts';
import { isGenericAnchor } from './generic-anchors.ts';
import { escapeHtml } from './html-tree.ts';
import { titleParts } from './proposals.ts';
import { addressInMarkdown } from './read-markdown.ts';
import { queryWords, type Subject } from './subject.ts';
import type { Edit, Finding, KnownPage, Span } from './types.ts';
import { contentWords, findPhrase, PhraseIndex, Vocabulary } from './words.ts';

/** A page with many links more at once would read as a list of them. */
const MOST_NEW_LINKS = 5;
const MOST_MISSING = 20;
const MOST_INBOUND = 20;
const MOST_ANCHOR_CHARS = 60;
const MOST_NAMES = 10;
/** A name of one word is linked only when it is as long as this: "Contact" is met everywhere. */
const LEAST_LETTERS = 9;

/** Own pages that are named in the text and not linked, and own pages that name this one and do not link it. */
export async function checkMentions(subject: Subject, pace: Pace): Promise<Finding[]> {
  return [...(await missingLinks(subject, pace)), ...(await missingInbound(subject, pace))];
}

async function missingLinks(subject: Subject, pace: Pace): Promise<Finding[]> {
  const { page, material, stemmer, site } = subject;
  const about = new Vocabulary(`${page.titles[0]?.text ?? ''} ${page.headings[0]?.text ?? ''}`, stemmer);
  const taken: Span[] = [];
  const anchors = await anchorsOf(subject, pace);
  const phrases = await PhraseIndex.of(page.runs, stemmer, pace);
  const linked = site.linkedFrom(page.links);
  const findings: Finding[] = [];
  for (const own of material.ownPages) {
    if (pace.isDue()) await pace.rest();
    if (findings.length >= MOST_MISSING) break;
    if (!site.has(own) || linked.has(own) || isSelf(own, subject)) continue;
    for (const name of namesOf(own, subject, anchors.get(own) ?? [])) {
      // Its name is this page's own subject: the two pages compete, a link does not help.
      if (about.missing(name).length === 0) continue;
      const mention = phrases.first(name);
      if (!mention || taken.some(({ start, end }) => mention.start < end && start < mention.end)) continue;
      taken.push(mention);
      findings.push(linkTo({ own, mention, subject, edited: findings.length < MOST_NEW_LINKS }));
      break;
    }
  }
  return findings;
}

/** The texts with which own pages link each page. */
async function anchorsOf(
  { material, base, site }: Subject,
  pace: Pace,
): Promise<ReadonlyMap<KnownPage, readonly string[]>> {
  const texts = new Map<KnownPage, string[]>();
  for (const { url, links } of material.ownPages) {
    if (pace.isDue()) await pace.rest();
    const from = url !== undefined && URL.canParse(url, base.href) ? new URL(url, base) : base;
    for (const { href, text } of links) {
      if (!URL.canParse(href, from.href) || isGenericAnchor(text) || text.length > MOST_ANCHOR_CHARS) continue;
      const target = site.internal(new URL(href, from).href);
      const page = target && site.pageAt(target);
      const known = page && (texts.get(page) ?? []);
      if (known && known.length < MOST_NAMES && !known.includes(text)) texts.set(page, [...known, text]);
    }
  }
  return texts;
}

interface LinkTo {
  readonly own: KnownPage;
  readonly mention: Span;
  readonly subject: Subject;
  readonly edited: boolean;
}

function linkTo({ own, mention, subject, edited }: LinkTo): Finding {
  const { page, site } = subject;
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

/** What a page is called: by own pages that link it, in its first heading and title, in its address. */
function namesOf(own: KnownPage, { stemmer }: Subject, anchors: readonly string[]): string[] {
  const slug = (own.url ?? '')
    .split(/[?#]/)[0]!
    .replace(/\/$/, '')
    .split('/')
    .at(-1)!
    .replace(/\.[a-z]{2,5}$/i, '');
  const names = [
    ...anchors,
    own.h1,
    ...titleParts(own.h1),
    ...titleParts(own.title),
    slug.replaceAll(/[-_]+/g, ' '),
  ].map(trimEdges(stemmer));
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

async function missingInbound(subject: Subject, pace: Pace): Promise<Finding[]> {
  const { page, material, stemmer, main } = subject;
  if (page.url === undefined && page.facts.canonical === undefined) return [];
  const phrases = [
    page.headings.find(({ level }) => level === 1)?.text ?? '',
    main ? queryWords(main, subject).join(' ') : '',
  ]
    .map((name) => contentWords(name, stemmer))
    .filter((words) => words.length >= 2);
  const findings: Finding[] = [];
  for (const own of material.ownPages) {
    if (pace.isDue()) await pace.rest();
    if (own.partial || own.text === '' || findings.length >= MOST_INBOUND) continue;
    if (isSelf(own, subject) || linksHere(own, subject)) continue;
    if (!phrases.some((phrase) => findPhrase(own.text, phrase, stemmer).length > 0)) continue;
    findings.push({
      kind: 'missing-inbound-link',
      severity: 'notice',
      at: null,
      before: `${shown(own.name, 120)} names this page's subject`,
      after: null,
      reason: 'It does not link here; the edit belongs to that page.',
      edits: [],
    });
  }
  return findings;
}

function linksHere(own: KnownPage, { base }: Subject): boolean {
  const from = own.url !== undefined && URL.canParse(own.url, base.href) ? new URL(own.url, base) : base;
  return own.links.some(({ href }) => URL.canParse(href, from.href) && pathOf(new URL(href, from)) === pathOf(base));
}

const pathOf = ({ pathname }: URL) => pathname.replace(/\/$/, '');
