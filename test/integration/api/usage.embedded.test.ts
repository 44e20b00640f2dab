import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { createPgliteLedger } from '#platform/adapters/ledger/pglite';
import { usageService } from '../../../deploy/cell/services.ts';
import { outcome, usage } from '../../contract/ledger/rows.ts';
import { startTestCell, type TestCell, TOKENS } from './cell.ts';

const AT = Date.UTC(2026, 10, 22, 14);
const iso = (ms: number) => new Date(AT + ms).toISOString();

let cell: TestCell;
let folder: string;
let closeDatabase: () => Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-usage-'));
  const database = await openPgliteDatabase({ folder: join(folder, 'ledger') });
  closeDatabase = () => database.close();
  const ledger = await createPgliteLedger({ database });
  const own = { provider: 'anthropic', model: 'claude', keyId: 'anthropic/client#1a2b3c4d', skillVersion: 'sv-1' };
  await ledger.recordUsage([
    usage('r1', { ...own, at: AT, agent: 'writer', task: 't1', taskType: 'draft', costMicros: 700 }),
    usage('r2', { ...own, at: AT + 1_000, agent: 'writer', task: 't1', taskType: 'draft', costMicros: 300 }),
    usage('r3', { ...own, at: AT + 2_000, agent: 'analyst', task: 't2', taskType: 'audit', costMicros: 50 }),
    usage('r4', { at: AT + 3_000, agent: 'writer', keyId: 'anthropic/studio#9f9f9f9f', costMicros: 11 }),
    // Another client, who happens to name the same key.
    usage('r5', { ...own, at: AT, tenant: 'globex', agent: 'spy', task: 't9', taskType: 'draft', costMicros: 5 }),
  ]);
  await ledger.recordOutcomes([
    outcome('o1', { task: 't1', taskType: 'draft' }),
    outcome('o2', { task: 't9', taskType: 'draft', tenant: 'globex', verdict: 'rejected', score: 0 }),
  ]);
  cell = await startTestCell({ services: { usage: usageService(ledger) } });
});
afterAll(async () => {
  await cell?.close();
  await closeDatabase?.();
  await rm(folder, { recursive: true, force: true });
});

const ROWS = `query ($filter: UsageRowFilter, $first: Int, $after: String) {
  usageRows(filter: $filter, first: $first, after: $after) {
    nodes { id at agent task keyId costMicros tenant }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}`;
const rows = async (variables: object, token: string = TOKENS.acme) =>
  cell.graphql(ROWS, { token, variables: variables as Record<string, unknown> });
const ids = (page: { nodes: ReadonlyArray<{ id: string }> }) => page.nodes.map(({ id }) => id);

describe('usage', () => {
  it('shows a client exactly which agent used its key, when, and how much', async () => {
    const { data, errors } = await rows({ filter: { keyId: 'anthropic/client#1a2b3c4d' } }, TOKENS.viewer);
    expect(errors).toBeUndefined();
    const shared = { keyId: 'anthropic/client#1a2b3c4d', tenant: 'acme' };
    expect(data.usageRows.nodes).toEqual([
      { ...shared, id: 'r1', at: iso(0), agent: 'writer', task: 't1', costMicros: 700 },
      { ...shared, id: 'r2', at: iso(1_000), agent: 'writer', task: 't1', costMicros: 300 },
      { ...shared, id: 'r3', at: iso(2_000), agent: 'analyst', task: 't2', costMicros: 50 },
    ]);
    expect(data.usageRows.totalCount).toBe(3);
    const summed = await cell.graphql(
      '{ usage(input: { by: [agent], keyId: "anthropic/client#1a2b3c4d" }) { group calls costMicros } }',
      { token: TOKENS.viewer },
    );
    expect(summed.data.usage).toEqual([
      { group: { agent: 'analyst' }, calls: 1, costMicros: 50 },
      { group: { agent: 'writer' }, calls: 2, costMicros: 1_000 },
    ]);
  });

  it('costs by task, skill, client, agent, model and day', async () => {
    const by = async (dimension: string, token?: string) => {
      const { data } = await cell.graphql(`{ usage(input: { by: [${dimension}] }) { group costMicros } }`, { token });
      return Object.fromEntries(
        (data.usage as Array<{ group: Record<string, string | null>; costMicros: number }>).map((sum) => [
          sum.group[dimension] ?? 'none',
          sum.costMicros,
        ]),
      );
    };
    expect(await by('task')).toEqual({ none: 11, t1: 1_000, t2: 50 });
    expect(await by('taskType')).toEqual({ none: 11, draft: 1_000, audit: 50 });
    expect(await by('skillVersion')).toEqual({ none: 11, 'sv-1': 1_050 });
    expect(await by('agent')).toEqual({ writer: 1_011, analyst: 50 });
    expect(await by('model')).toEqual({ claude: 1_050, extractive: 11 });
    expect(await by('day')).toEqual({ '2026-11-22': 1_061 });
    expect(await by('tenant')).toEqual({ acme: 1_061 });
    expect(await by('tenant', TOKENS.admin)).toEqual({ acme: 1_061, globex: 5 });
  });

  it('pages through the rows of one client, and tells who may not see another', async () => {
    const first = (await rows({ first: 3 })).data.usageRows;
    expect(ids(first)).toEqual(['r1', 'r2', 'r3']);
    expect(first.edges.map(({ cursor }: { cursor: string }) => cursor).at(-1)).toBe(first.pageInfo.endCursor);
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const next = (await rows({ first: 3, after: first.pageInfo.endCursor })).data.usageRows;
    expect(ids(next)).toEqual(['r4']);
    expect(next.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true, startCursor: 'r4' });
    expect(ids((await rows({ first: 1, filter: { from: iso(1_500), agent: 'analyst' } })).data.usageRows)).toEqual([
      'r3',
    ]);
    expect(ids((await rows({}, TOKENS.admin)).data.usageRows)).toHaveLength(5);
    expect(ids((await rows({}, TOKENS.globex)).data.usageRows)).toEqual(['r5']);
    const codes = [];
    for (const variables of [
      { filter: { tenant: 'globex' } },
      { first: 0 },
      { first: 501 },
      { after: 'no such row' },
    ]) {
      const { errors } = await rows(variables);
      codes.push(errors![0]!.extensions.code);
    }
    expect(codes).toEqual(['KAZE_API_FORBIDDEN', 'KAZE_API_PAGE', 'KAZE_API_PAGE', 'KAZE_LEDGER_INPUT']);
  });

  it('is held to the client below the verbs too', async () => {
    const { acme } = cell.principals;
    const asked: unknown[] = [];
    const note = async (filter: unknown) => {
      asked.push(filter);
      return [];
    };
    const service = usageService({ sumUsage: note, usageRows: note, judgedUse: note });
    await service.rows(acme, { keyId: 'k' }, {});
    await service.choices(acme, {});
    expect(asked).toEqual([
      { keyId: 'k', tenant: 'acme' },
      { keyId: 'k', tenant: 'acme' },
      { tenant: 'acme' },
      { tenant: 'acme' },
    ]);
    await expect(service.rows(acme, { tenant: 'globex' }, {})).rejects.toMatchObject({ code: 'KAZE_GRAPH_FORBIDDEN' });
    await expect(service.choices(acme, { tenant: 'globex' })).rejects.toMatchObject({ code: 'KAZE_GRAPH_FORBIDDEN' });
  });

  it('reports which models were chosen, with quality and regret, of the client alone', async () => {
    const report = `{ modelChoices {
      taskType choices judged quality costMicros interval { low high }
      models { model choices judged quality taskCostMicros verdicts { approved rejected } }
      regrets { against model quality costMicros }
    } }`;
    const { data, errors } = await cell.graphql(report);
    expect(errors).toBeUndefined();
    expect(data.modelChoices).toMatchObject([
      { taskType: 'audit', choices: 1, judged: 0, quality: null, interval: { low: 0, high: 1 }, regrets: [] },
      {
        ...{ taskType: 'draft', choices: 2, judged: 1, quality: 1, costMicros: 1_000 },
        models: [
          {
            ...{ model: 'anthropic/claude', choices: 2, judged: 1, quality: 1, taskCostMicros: 1_000 },
            verdicts: { approved: 1, rejected: 0 },
          },
        ],
      },
    ]);
    const whole = await cell.graphql(report, { token: TOKENS.admin });
    expect(whole.data.modelChoices[1]).toMatchObject({ judged: 2, quality: 0.5 });
  });
});
