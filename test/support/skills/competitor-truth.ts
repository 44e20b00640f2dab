import { type Analysis, analyse } from '../../../agents/skills/competitor-analysis/analyse.ts';
import type { DifferenceKind } from '../../../agents/skills/competitor-analysis/compare-pages.ts';
import { pageSources } from '../../../agents/skills/competitor-analysis/page-sources.ts';
import { readRankingInputs } from '../../../agents/skills/competitor-analysis/read-material.ts';
import { readPages } from '../../../agents/skills/competitor-analysis/read-pages.ts';
import type { MarketTopic } from '../../../agents/skills/competitor-analysis/types.ts';
import { readInputText } from '../../../agents/skills/read-input.ts';
import { understandContext } from '../../../agents/skills/search-analysis/business-context.ts';
import type { CompetitorSet, PageDifference } from '../../fixtures/judged/competitor-analysis/generate.ts';
import { fileInput, jsonInput, textInput } from './context.ts';
import { Tally } from './keyword-truth.ts';

export const COMPETITOR_KINDS = ['gap', 'behind', 'strength', 'pages', 'entity'] as const;
export type CompetitorKind = (typeof COMPETITOR_KINDS)[number];
export type CompetitorTallies = Readonly<Record<CompetitorKind, Tally>>;

export function emptyCompetitorTallies(): CompetitorTallies {
  return { gap: new Tally(), behind: new Tally(), strength: new Tally(), pages: new Tally(), entity: new Tally() };
}

/** The set's files under the inputs that take them. */
export function competitorInputs({ ownCsv, rivals, pages, trade }: CompetitorSet) {
  const pagesOf = (side: readonly { readonly url: string; readonly html: string }[]) =>
    jsonInput(side.map(({ url, html }) => ({ url, html })));
  const [first, second, third] = rivals.map(({ tool, file }) => fileInput(`${tool}.csv`, file));
  return {
    business_context: textInput(trade.context),
    current_rankings: fileInput('own.csv', ownCsv),
    competitor_rankings: first!,
    competitor_rankings_2: second!,
    competitor_rankings_3: third!,
    own_pages: pagesOf(pages.map(({ own }) => own)),
    competitor_pages: pagesOf(pages.flatMap((one) => one.rivals)),
  };
}

export async function analyseCompetitors(set: CompetitorSet): Promise<Analysis> {
  const inputs = competitorInputs(set);
  const read = async (name: 'own_pages' | 'competitor_pages') =>
    (await readPages(await pageSources(inputs[name], name), { today: '2026-11-23' })).pages;
  const rankings = await readRankingInputs(inputs);
  const context = understandContext(await readInputText('business_context', inputs.business_context));
  return analyse(rankings, { context, ownPages: await read('own_pages'), rivalPages: await read('competitor_pages') });
}

const KINDS: Readonly<Record<DifferenceKind, PageDifference | undefined>> = {
  longer: 'longer',
  newer: 'newer',
  question_headings: 'question-headings',
  list: 'list',
  table: 'table',
  entity: 'entity',
  dated: undefined,
  more_sections: undefined,
  images: undefined,
  structured_data: undefined,
  more_links_to_it: undefined,
};

/** As test/fixtures/judged/competitor-analysis/README.md says; adds to the tallies. */
export function judgeCompetitors(analysis: Analysis, set: CompetitorSet, tallies: CompetitorTallies): void {
  const topicOf = new Map(set.topics.flatMap(({ topic, queries }) => queries.map((query) => [query, topic] as const)));
  const named = (topic: MarketTopic): string => {
    const counts = new Map<string, number>();
    for (const at of topic.keywords) {
      const name = topicOf.get(analysis.market.keywords[at]!.keyword) ?? 'the site itself';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return `${set.seed} ${[...counts].sort((left, right) => right[1] - left[1])[0]![0]}`;
  };
  const planted = (kind: string) =>
    new Set(set.topics.filter((one) => one.kind === kind).map(({ topic }) => `${set.seed} ${topic}`));
  const foreign = planted('foreign');
  tallies.gap.count(planted('gap'), new Set(analysis.gaps.map(named)), foreign);
  const behind = analysis.shared.filter(({ standing }) => standing === 'behind');
  tallies.behind.count(planted('behind'), new Set(behind.map(named)), foreign);
  tallies.strength.count(planted('strength'), new Set(analysis.strengths.map(named)), foreign);
  for (const { topic, rivals, truth } of set.pages) {
    const winning = analysis.winning.filter(({ page }) => rivals.some(({ url }) => url === page.url));
    // What is planted is on all winners; what is on one alone by chance is no finding about the topic.
    const all = winning.map(
      ({ differences }) =>
        new Set(differences.map(({ kind, name }) => (kind === 'entity' ? `entity ${name}` : (KINDS[kind] ?? '')))),
    );
    const common = [...(all[0] ?? [])].filter((one) => one !== '' && all.every((other) => other.has(one)));
    const label = (one: string) => `${set.seed} ${topic}: ${one}`;
    const isEntity = (one: string) => one.startsWith('entity ');
    const kinds = truth.filter(({ difference }) => difference !== 'entity').map(({ difference }) => label(difference));
    tallies.pages.count(new Set(kinds), new Set(common.filter((one) => !isEntity(one)).map(label)), new Set());
    const entities = truth.flatMap(({ entity }) => (entity === undefined ? [] : [label(`entity ${entity}`)]));
    tallies.entity.count(new Set(entities), new Set(common.filter(isEntity).map(label)), new Set());
  }
}
