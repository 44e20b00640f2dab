import type { KnowledgeItem, SkillKnowledge } from '../handler.ts';
import { practicesAt } from '../practices.ts';
import type { Finding, Kind } from './types.ts';

const TITLE = ['seo/best-practices/title-element'];
const DESCRIPTION = ['seo/best-practices/meta-description', 'seo/indexing/snippet-controls'];
const HEADINGS = ['seo/on-page/headings'];
const LINKS = ['seo/best-practices/internal-links'];
const MARKUP = ['seo/best-practices/structured-data', 'seo/structured-data/json-ld'];

/** What the vertical knows about each kind of finding. */
const PATHS: Readonly<Record<Kind, readonly string[]>> = {
  'title-missing': TITLE,
  'title-too-long': TITLE,
  'title-without-query': TITLE,
  'title-duplicate': TITLE,
  'several-titles': TITLE,
  'description-missing': DESCRIPTION,
  'description-too-long': DESCRIPTION,
  'description-too-short': DESCRIPTION,
  'h1-missing': HEADINGS,
  'several-h1': HEADINGS,
  'heading-skipped': HEADINGS,
  'heading-empty': HEADINGS,
  'image-without-alt': ['seo/on-page/alt-text', 'seo/on-page/alt-for-keywords'],
  'jsonld-invalid': [...MARKUP, 'seo/structured-data/validation'],
  'jsonld-missing-field': [...MARKUP, 'seo/structured-data/validation'],
  'jsonld-recommended-field': MARKUP,
  'jsonld-without-effect': ['seo/structured-data/howto-gone', 'seo/structured-data/retired-types'],
  'duplicate-passage': ['seo/ranking/deduplication'],
  'broken-internal-link': [...LINKS, 'seo/crawling/not-found'],
  'generic-anchor': LINKS,
  'missing-internal-link': LINKS,
  'missing-inbound-link': ['seo/on-page/orphan-pages', ...LINKS],
  'query-not-covered': ['seo/domain-concepts/search-intent', 'seo/best-practices/people-first-content'],
  'question-not-answered': ['seo/on-page/answer-first', 'seo/results/people-also-ask'],
  'topic-not-covered': ['seo/on-page/word-count', 'seo/best-practices/people-first-content'],
  'keyword-stuffed': ['seo/ranking/keyword-stuffing', 'seo/ranking/exact-match-repetition'],
  'hard-to-read': ['seo/best-practices/people-first-content'],
  'unsafe-link': ['seo/crawling/js-links'],
  'off-voice': [],
};

export interface Practices {
  /** Items that the graph holds, in the order of the findings they bear on. */
  readonly items: readonly KnowledgeItem[];
  /** Paths for a finding, those alone that the graph holds. */
  pathsFor(finding: Pick<Finding, 'kind' | 'knowledge'>): readonly string[];
}

/** Reads from the graph what bears on what was found, and nothing else. */
export async function practicesFor(knowledge: SkillKnowledge, findings: readonly Finding[]): Promise<Practices> {
  const pathsOf = (finding: Pick<Finding, 'kind' | 'knowledge'>) => [
    ...PATHS[finding.kind],
    ...(finding.knowledge ?? []),
  ];
  const wanted = [...new Set(findings.flatMap(pathsOf))];
  const items = await practicesAt(knowledge, wanted);
  const held = new Set(items.map(({ path }) => path));
  return { items, pathsFor: (finding) => pathsOf(finding).filter((path) => held.has(path)) };
}
