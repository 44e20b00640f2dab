import { mehlwindEn } from './clients/bakery/business-en.ts';
import { type BakeryFile, generateBakery } from './clients/bakery/index.ts';
import type { DemoClient, DemoSize } from './demo-client.ts';

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

/** Mehlwind, a chain of 23 bakeries: what it could be found for, from seven exports. */
export function demoBakery({ rows }: DemoSize): DemoClient {
  const businessContext = mehlwindEn.context;
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
        inputs() {
          const { files } = generateBakery({ seed: SEED, language: 'en', rows });
          return {
            values: {
              business_context: businessContext,
              competitors: mehlwindEn.rivals.map(({ domain }) => domain),
            },
            files: EXPORTS.map(([input, file]) => ({ input, name: files[file].name, bytes: files[file].bytes })),
          };
        },
        decision: { decision: 'approve', reason: 'Good. We begin with the pages that stand on places 5 to 15.' },
      },
    ],
  };
}
