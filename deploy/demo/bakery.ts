import { WEDDING_PAGE } from './bakery-page.ts';
import { mehlwindEn } from './clients/bakery/business-en.ts';
import { type BakeryFile, generateBakery } from './clients/bakery/index.ts';
import type { DemoClient, DemoInputs, DemoSize } from './demo-client.ts';

const SEED = 11;
const EXPORTS: ReadonlyArray<readonly [input: string, file: BakeryFile]> = [
  ['current_rankings', 'current'],
  ['previous_rankings', 'previous'],
  ['rankings_by_country', 'countries'],
  ['rankings_by_date', 'dates'],
  ['keyword_planner', 'planner'],
  ['rank_tracker', 'tracker'],
  ['competitor_rankings', 'rivals'],
];

/** Before the cell: what agents did since stands in the graph. */
const WORK_DONE = [
  '2026-08-12: The pages of the Leeds and the York shop got opening hours and directions.',
  '2026-09-03: Eleven old recipes were merged into four, with redirects.',
  '2026-10-06: The web agency moved the order form for cakes to a page of its own.',
].join('\n');

/** Mehlwind, a chain of 23 bakeries: what it could be found for, who else is, and a page put right. */
export function demoBakery({ rows }: DemoSize): DemoClient {
  const businessContext = mehlwindEn.context;
  const competitors = mehlwindEn.rivals.map(({ domain }) => domain);
  const exportsOf = (wanted: readonly string[]): DemoInputs['files'] => {
    const { files } = generateBakery({ seed: SEED, language: 'en', rows });
    return EXPORTS.filter(([input]) => wanted.includes(input)).map(([input, file]) => {
      const { name, bytes } = files[file];
      return { input, name, bytes };
    });
  };
  return {
    name: 'demo-bakery',
    title: 'Mehlwind Bakeries',
    description: 'A chain of 23 bakeries in Yorkshire. Made up, for the demo.',
    language: 'en',
    country: 'GB',
    vertical: 'seo',
    agents: ['seo-strategist'],
    people: [{ name: 'Nora Blythe', role: 'reviewer' }],
    documents: [{ root: 'business', name: 'about-mehlwind.md', text: businessContext }],
    tasks: [
      {
        key: 'keywords',
        agent: 'seo-strategist',
        skill: 'keyword-research',
        about: 'what the shops could be found for',
        mark: { input: 'current_rankings', value: 'QueryPages.csv' },
        inputs: () => ({
          values: { business_context: businessContext, competitors },
          files: exportsOf(EXPORTS.map(([input]) => input)),
        }),
        decision: { decision: 'approve', reason: 'Good. We begin with the pages that stand on places 5 to 15.' },
      },
      {
        key: 'rivals',
        agent: 'seo-strategist',
        skill: 'competitor-analysis',
        about: 'who is found where the shops are not',
        mark: { input: 'competitor_rankings', value: 'rivals-rankings.csv' },
        inputs: () => ({
          values: { business_context: businessContext, competitors },
          files: exportsOf(['current_rankings', 'competitor_rankings']),
        }),
        decision: { decision: 'approve', reason: 'Agreed; a page on the bread making class comes first.' },
      },
      {
        key: 'page',
        agent: 'seo-strategist',
        skill: 'content-optimization',
        about: 'the page of wedding cakes, put right',
        mark: { input: 'page', value: WEDDING_PAGE.name },
        inputs: () => ({
          values: { target_queries: WEDDING_PAGE.queries, page_url: WEDDING_PAGE.url },
          files: [
            { input: 'page', name: WEDDING_PAGE.name, bytes: Buffer.from(WEDDING_PAGE.html) },
            ...exportsOf(['current_rankings']),
          ],
        }),
        decision: { decision: 'approve', reason: 'The edits keep what we say. The web agency puts them in.' },
      },
      {
        key: 'report',
        agent: 'seo-strategist',
        skill: 'reporting',
        about: 'what changed in search from August to October, and why',
        mark: { input: 'previous_rankings', value: 'QueryPages-before.csv' },
        inputs: () => ({
          values: {
            period: '2026-08-01 to 2026-10-31',
            work_done: WORK_DONE,
            targets: 'ctr: 6.5 %',
            audience: 'The managers of the shops',
          },
          files: exportsOf(['current_rankings', 'previous_rankings', 'rankings_by_date']),
        }),
        decision: { decision: 'approve', reason: 'This can go to the shops.' },
      },
    ],
  };
}
