import type { KnowledgeItem, SkillKnowledge } from '../handler.ts';
import type { Analysis } from './analyse.ts';
import type { DifferenceKind } from './compare-pages.ts';

/** What the vertical knows about each kind of finding: what it is, and what may not be concluded from it. */
const OF_TOPICS = {
  gap: ['seo/on-page/topic-hub', 'seo/intent/read-the-results', 'seo/measurement/keyword-planner-volume'],
  behind: [
    'seo/domain-concepts/striking-distance',
    'seo/on-page/update-beats-new',
    'seo/intent/dominant-interpretation',
  ],
  voice: ['seo/domain-concepts/click-through-by-position', 'seo/measurement/rank-tracker-vs-average'],
} as const;
const OF_PAGES: Readonly<Record<DifferenceKind, readonly string[]>> = {
  longer: ['seo/on-page/word-count', 'seo/on-page/minimum-length'],
  newer: ['seo/ranking/freshness', 'seo/on-page/honest-dates'],
  dated: ['seo/on-page/honest-dates'],
  question_headings: ['seo/results/people-also-ask', 'seo/on-page/answer-first'],
  list: ['seo/results/featured-snippet'],
  table: ['seo/results/featured-snippet'],
  more_sections: ['seo/on-page/headings'],
  entity: ['seo/best-practices/people-first-content'],
  images: ['seo/on-page/alt-text'],
  structured_data: ['seo/best-practices/structured-data', 'seo/results/rich-result-no-rank'],
  more_links_to_it: ['seo/ranking/link-analysis', 'seo/ranking/no-third-party-authority'],
};

export interface Practices {
  /** Markdown; empty when the graph holds nothing about these kinds. */
  readonly text: string;
  readonly knowledge: readonly string[];
}

/** Reads from the graph what bears on what was found, and nothing else. */
export async function practicesFor(knowledge: SkillKnowledge, analysis: Analysis): Promise<Practices> {
  const { gaps, shared, winning } = analysis;
  const kinds = new Set(winning.flatMap(({ differences }) => differences.map(({ kind }) => kind)));
  const paths = [
    ...OF_TOPICS.voice,
    ...(gaps.length > 0 ? OF_TOPICS.gap : []),
    ...(shared.some(({ standing }) => standing !== 'ahead') ? OF_TOPICS.behind : []),
    ...[...kinds].flatMap((kind) => OF_PAGES[kind]),
  ];
  const order = (item: KnowledgeItem) => paths.indexOf(item.path ?? '');
  const read = await knowledge.items([...new Set(paths)]);
  const items = read.filter((item) => order(item) >= 0).sort((left, right) => order(left) - order(right));
  if (items.length === 0) return { text: '', knowledge: [] };
  const lines = items.map(({ title, text, path }) => `- **${title}** (${path}): ${text.trim().replaceAll('\n', ' ')}`);
  return {
    text: ['## What is known about such findings', '', ...lines].join('\n'),
    knowledge: items.map(({ id }) => id),
  };
}
