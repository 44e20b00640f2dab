import type { SkillKnowledge } from '../handler.ts';
import { practicesAt, type ToldPractices, toldUnder } from '../practices.ts';
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

/** Reads from the graph what bears on what was found, and nothing else. */
export async function practicesFor(knowledge: SkillKnowledge, analysis: Analysis): Promise<ToldPractices> {
  const { gaps, shared, winning } = analysis;
  const kinds = new Set(winning.flatMap(({ differences }) => differences.map(({ kind }) => kind)));
  const paths = [
    ...OF_TOPICS.voice,
    ...(gaps.length > 0 ? OF_TOPICS.gap : []),
    ...(shared.some(({ standing }) => standing !== 'ahead') ? OF_TOPICS.behind : []),
    ...[...kinds].flatMap((kind) => OF_PAGES[kind]),
  ];
  const items = (await practicesAt(knowledge, paths)).filter(({ path }) => paths.some((one) => one === path));
  return toldUnder('What is known about such findings', items);
}
