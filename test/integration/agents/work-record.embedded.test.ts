import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTenant } from '#agents';
import {
  Approval,
  type GraphStore,
  Knowledge,
  Outcome,
  openGraph,
  schema,
  systemPrincipal,
  Task,
  tenantScope,
} from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { systemClock as clock, silentLogger as logger } from '#platform';
import { workRecord } from '../../../agents/runtime/work-record.ts';
import { lintingEngine } from '../../support/graph/linting-engine.ts';

const MANY = 1_203;
const cell = systemPrincipal('cell');
let store: GraphStore;

beforeAll(async () => {
  const engine = lintingEngine(await createGrafeoEngine({ memory: true, logger, clock }));
  ({ store } = await openGraph({ engine, schema, clock, logger }));
  for (const name of ['acme', 'other']) {
    await ensureTenant(store, { name, title: name.toUpperCase(), language: 'en', country: 'GB' });
  }
});
afterAll(() => store.close());

const made = (
  tenant: string,
  more: { state?: 'queued' | 'delivered' | 'awaiting_approval'; finishedAt?: number } = {},
) => ({
  ...{ scope: tenantScope(tenant), skill: 'reporting', state: more.state ?? ('delivered' as const), inputs: '{}' },
  ...{ attempt: 1, maxAttempts: 3, steps: 0, maxSteps: 10, timeoutMs: 1_000, costMicros: 5, cancelRequested: false },
  ...(more.finishedAt === undefined ? {} : { finishedAt: more.finishedAt }),
});
const agent = { id: 'agent-1', name: 'seo-strategist' } as Parameters<typeof workRecord>[1]['agent'];
const record = (tenant: string, within: { from: number; to: number }, task = 'none') =>
  workRecord(store, { agent, tenant, task, within });

describe('the record of a client’s work', () => {
  it('has the tasks, decisions and knowledge of the client within the time, and nobody else’s', async () => {
    const from = clock.now();
    const ids = await store.transact(cell, { why: 'test' }, async (unit) => {
      const own = unit.create(Task, made('acme', { finishedAt: from }));
      const open = unit.create(Task, made('acme', { state: 'awaiting_approval' }));
      const asking = unit.create(Task, made('acme', { state: 'queued' }));
      unit.create(Task, made('other'));
      const outcome = unit.create(Outcome, {
        ...{ scope: tenantScope('acme'), summary: 'Made.', output: '{"secret":1}', metrics: '{}', notes: [] },
        ...{ state: 'delivered' as const, costMicros: 5, deliveredAt: from },
      });
      unit.relate(Task, 'outcomes', own, outcome);
      const approval = unit.create(Approval, {
        ...{ scope: tenantScope('acme'), state: 'approved' as const, risk: 'low' as const, decidedAt: from },
      });
      unit.relate(Approval, 'outcome', approval, outcome);
      for (const tenant of ['acme', 'other']) {
        unit.create(Knowledge, {
          ...{ scope: tenantScope(tenant), kind: 'fact' as const, title: `of ${tenant}`, text: 'x', language: 'en' },
          ...{ confidence: 1, importance: 1, recordedAt: from },
        });
      }
      return { own, open, asking, outcome, approval };
    });
    const found = await record('acme', { from, to: clock.now() + 1 }, ids.asking);
    expect(found.client).toMatchObject({ title: 'ACME', language: 'en', country: 'GB' });
    expect(found.tasks.map(({ id }) => id).sort()).toEqual([ids.own, ids.open].sort());
    expect(found.tasks.find(({ id }) => id === ids.own)!.outcome).toEqual({
      ...{ id: ids.outcome, state: 'delivered', summary: 'Made.', deliveredAt: from, evaluations: [] },
      approvals: [
        { id: ids.approval, state: 'approved', createdAt: expect.any(Number), decidedAt: from, decidedBy: null },
      ],
    });
    expect(JSON.stringify(found)).not.toContain('secret');
    expect(found.open.map(({ id }) => id)).toEqual([ids.open]);
    expect(found.knowledge.map(({ title }) => title)).toEqual(['of acme']);
    expect(found.truncated).toBe(false);
    const before = await record('acme', { from: from - 1_000, to: from });
    expect(before).toMatchObject({ tasks: [], knowledge: [] });
  });

  it('reads on over many pages, each task once', async () => {
    const from = clock.now() + 1;
    await ensureTenant(store, { name: 'busy', title: 'Busy' });
    await store.transact(cell, { why: 'test' }, async (unit) => {
      for (let at = 0; at < MANY; at++) unit.create(Task, made('busy', { finishedAt: from }));
    });
    const { tasks, truncated } = await record('busy', { from: 0, to: from + 60_000 });
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(MANY);
    expect(tasks).toHaveLength(MANY);
    expect(truncated).toBe(false);
  });
});
