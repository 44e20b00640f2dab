import type { Pace } from '#platform';
import { repeatedShare } from './check-duplicates.ts';
import { checkHeadings } from './check-headings.ts';
import { checkLinks } from './check-links.ts';
import { checkMentions } from './check-mentions.ts';
import { stuffedQueries } from './check-queries.ts';
import { soundShare } from './check-structured-data.ts';
import { checkDescription, checkTitle } from './check-title.ts';
import { topicsOf } from './check-topics.ts';
import type { Subject } from './subject.ts';
import type { Finding } from './types.ts';
import { Vocabulary } from './words.ts';

/** The weight of each part; they add up to 100. `docs/skills/content-optimization.md` says why. */
export const WEIGHTS = {
  title: 15,
  description: 10,
  headings: 10,
  queries: 20,
  topics: 10,
  readability: 5,
  links: 10,
  images: 5,
  structured_data: 5,
  repetition: 5,
  restraint: 5,
} as const;
export type Part = keyof typeof WEIGHTS;

/** 0 to 1 each; a part without anything to judge is missing. */
export type Parts = Readonly<Partial<Record<Part, number>>>;

export async function partsOf(subject: Subject, pace: Pace): Promise<Parts> {
  const { page, material, vocabulary, targets, main, stemmer } = subject;
  const parts: Partial<Record<Part, number>> = {};
  const said = (text: string) => (main ? new Vocabulary(text, stemmer).share(main.query) : 1);
  if (page.hasHead) {
    const title = page.titles[0]?.text ?? '';
    parts.title =
      title === ''
        ? 0
        : 0.4 +
          0.3 * said(title) -
          0.1 * faults(checkTitle(subject)) +
          0.3 * fits(checkTitle(subject), 'title-too-long');
    const description = page.descriptions[0]?.text ?? '';
    const length = checkDescription(subject).length === 0 ? 1 : 0;
    parts.description = description === '' ? 0 : 0.5 + 0.25 * length + 0.25 * said(description);
  }
  const headings = checkHeadings(subject);
  parts.headings =
    1 -
    0.5 * has(headings, 'h1-missing') -
    0.4 * has(headings, 'several-h1') -
    0.2 * times(headings, 'heading-skipped') -
    0.1 * has(headings, 'heading-empty');
  if (targets.length > 0) {
    const weights = targets.map(({ impressions }) => Math.log2(2 + (impressions ?? 0)));
    const all = weights.reduce((sum, one) => sum + one, 0);
    parts.queries = targets.reduce((sum, { query }, at) => sum + weights[at]! * vocabulary.share(query), 0) / all;
    parts.restraint = 1 - stuffedQueries(subject).length / targets.length;
  }
  const { topics, questions } = await topicsOf(subject, pace);
  const asked = [...topics.map(({ covered }) => covered), ...questions.map(({ answered }) => answered)];
  if (asked.length > 0) parts.topics = asked.filter(Boolean).length / asked.length;
  if (subject.readability) parts.readability = subject.readability.level;
  if (page.links.length > 0 || material.ownPages.some(({ url }) => url !== undefined)) {
    const links = [...checkLinks(subject), ...(await checkMentions(subject, pace))];
    parts.links =
      1 -
      0.25 * times(links, 'broken-internal-link') -
      0.15 * times(links, 'generic-anchor') -
      0.15 * times(links, 'missing-internal-link');
  }
  if (page.images.length > 0) parts.images = page.images.filter(({ alt }) => alt !== null).length / page.images.length;
  const sound = soundShare(subject);
  if (sound !== undefined) parts.structured_data = sound;
  parts.repetition = 1 - 3 * (await repeatedShare(subject, pace));
  return Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, Math.max(0, Math.min(1, value))]));
}

/** 0 to 100: the weighted mean of the parts that the page had before; the same ones count after. */
export function scoreOf(parts: Parts, judged: readonly Part[]): number {
  const weight = judged.reduce((sum, part) => sum + WEIGHTS[part], 0);
  const reached = judged.reduce((sum, part) => sum + WEIGHTS[part] * (parts[part] ?? 1), 0);
  return weight === 0 ? 0 : Math.round((1_000 * reached) / weight) / 10;
}

const times = (findings: readonly Finding[], kind: Finding['kind']) =>
  findings.filter((one) => one.kind === kind).length;
const has = (findings: readonly Finding[], kind: Finding['kind']) => Math.min(1, times(findings, kind));
const fits = (findings: readonly Finding[], kind: Finding['kind']) => 1 - has(findings, kind);
const faults = (findings: readonly Finding[]) =>
  Math.min(3, findings.filter(({ kind }) => kind === 'title-duplicate' || kind === 'several-titles').length);
