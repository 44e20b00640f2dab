import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellOfFile } from '../../support/cell/cell-of-file.ts';
import { until } from '../../support/cell/cell-process.ts';

const CASES = new URL('../../../agents/verticals/seo/skills/competitor-analysis.cases/', import.meta.url).pathname;
const BUSINESS =
  'Birch repairs and sells bicycles in Leeds. Our workshop services brakes, gears, wheels and chains of road, cargo and electric bikes. Families, commuters and couriers bring theirs. We also sell helmets, locks, lights, batteries and child seats.';

const at = cellOfFile('competitor-analysis');

const TASK = `query ($id: ID!) { task(id: $id) { state errorMessage outcomes { nodes {
  state output metrics
  agent { name } skillVersion { name number }
  evaluations { nodes { criterion passed } }
  knowledge { nodes { path } }
  approvals { nodes { state decidedBy { name } } }
} } } }`;

interface Read {
  readonly state: string;
  readonly outcomes: {
    readonly nodes: ReadonlyArray<{
      readonly output: {
        readonly content_gaps: ReadonlyArray<{ topic: string; rows: unknown }>;
        readonly winning_pages: ReadonlyArray<{ domain: string; differences: ReadonlyArray<{ kind: string }> }>;
      };
      readonly metrics: Readonly<Record<string, number>>;
      readonly evaluations: { readonly nodes: ReadonlyArray<{ criterion: string; passed: boolean }> };
      readonly knowledge: { readonly nodes: ReadonlyArray<{ path: string }> };
    }>;
  };
}

describe('competitor-analysis, asked of a cell', { timeout: 300_000 }, () => {
  it('is approved and read back over GraphQL with its rows, its pages and the knowledge that it rests on', async () => {
    const file = (input: string, name: string) => ['--input', `${input}=@${join(CASES, name)}`];
    const { id } = await at.cell.json<{ id: string }>(
      ...['tasks', 'submit', '--agent', 'seo-strategist', '--client', 'acme', '--skill', 'competitor-analysis'],
      ...['--input', `business_context=${BUSINESS}`, ...file('current_rankings', 'queries.csv')],
      ...[...file('competitor_rankings', 'rivals.csv'), ...file('own_pages', 'own-brakes.html')],
      ...file('competitor_pages', 'rival-pages.json'),
    );
    const read = () => at.cell.query<{ task: Read }>(TASK, { id });
    const ended = ['awaiting_approval', 'failed', 'delivered'];
    const { task } = await until(read, (one) => ended.includes(one.task.state), 180_000);
    expect(task).toMatchObject({ state: 'awaiting_approval' });
    expect((await at.cell.kaze('approve', id)).code).toBe(0);
    const outcome = (await read()).task.outcomes.nodes[0]!;
    expect(outcome).toMatchObject({
      state: 'delivered',
      agent: { name: 'seo-strategist' },
      skillVersion: { name: 'competitor-analysis', number: 1 },
      approvals: { nodes: [{ state: 'approved', decidedBy: { name: 'Administrator' } }] },
      metrics: { evidence_share: 1, gap_topics: 1, pages_compared: 2 },
    });
    expect(outcome.evaluations.nodes.filter(({ passed }) => !passed)).toEqual([]);
    expect(outcome.output.content_gaps).toMatchObject([
      {
        topic: 'electric bike battery repair',
        rows: [{ file: 'rivals.csv', lines: [18, 19, 20, 21, 22, 23, 24, 25] }],
      },
    ]);
    const spoke = outcome.output.winning_pages.find(({ domain }) => domain === 'spokeworks.example')!;
    expect(spoke.differences.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['longer', 'newer', 'table']));
    const paths = outcome.knowledge.nodes.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['seo/on-page/word-count', 'seo/ranking/freshness']));
    expect(paths).not.toContain('seo/structured-data/recipe');
  });
});
