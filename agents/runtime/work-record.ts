import {
  agentPrincipal,
  type GraphStore,
  Knowledge,
  type ReadConnection,
  Tenant,
  tenantScope,
  type Where,
} from '#graph-schema';
import { tenantId } from '../ids.ts';
import type { RecordedTask, WorkRecord } from '../skills/handler.ts';
import type { AgentNode } from './nodes.ts';

const MOST_TASKS = 2_000;
const MOST_OPEN = 200;
const MOST_KNOWLEDGE = 500;
const PAGE = 500;
const OPEN = ['queued', 'running', 'awaiting_approval', 'parked'];
const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));

/** Everything of an outcome but its outputs, which may be large and are another skill's. */
const SELECT = {
  properties: own('id', 'skill', 'state', 'createdAt', 'finishedAt', 'costMicros', 'errorMessage'),
  relations: {
    agent: { field: 'agent', select: { properties: own('name') } },
    parent: { field: 'parent', select: { properties: own('id') } },
    outcomes: {
      field: 'outcomes',
      page: { first: 1, orderBy: [{ property: 'createdAt', direction: 'desc' as const }] },
      select: {
        properties: own('id', 'state', 'summary', 'deliveredAt'),
        relations: {
          evaluations: {
            field: 'evaluations',
            page: { first: 50 },
            select: { properties: own('id', 'criterion', 'passed', 'skipped') },
          },
          approvals: {
            field: 'approvals',
            page: { first: 10 },
            select: {
              properties: own('id', 'state', 'createdAt', 'decidedAt'),
              relations: { decidedBy: { field: 'decidedBy', select: { properties: own('name') } } },
            },
          },
        },
      },
    },
  },
};

interface Many<T> {
  readonly nodes: readonly T[];
}
type OutcomeRead = Omit<NonNullable<RecordedTask['outcome']>, 'evaluations' | 'approvals'> & {
  readonly evaluations: Many<{ id: string; criterion: string; passed: boolean; skipped: boolean | null }>;
  readonly approvals: Many<{
    id: string;
    state: string;
    createdAt: number;
    decidedAt: number | null;
    decidedBy: { name: string } | null;
  }>;
};
type TaskRead = Omit<RecordedTask, 'agent' | 'isPart' | 'outcome'> & {
  readonly agent: { readonly name: string } | null;
  readonly parent: { readonly id: string } | null;
  readonly outcomes: Many<OutcomeRead>;
};

export interface RecordAsked {
  readonly agent: AgentNode;
  readonly tenant: string;
  /** The task that asks: it is no part of what it reports. */
  readonly task: string;
  readonly within: { readonly from: number; readonly to: number };
}

/** What was done for one client within a time, read under the agent's own rights: its client's scope and no other. */
export async function workRecord(store: GraphStore, asked: RecordAsked): Promise<WorkRecord> {
  const { agent, tenant, task, within } = asked;
  const principal = agentPrincipal({ id: agent.id, name: agent.name, tenant });
  const scope = { eq: tenantScope(tenant) };
  const inTime = { gte: within.from, lt: within.to };
  const base = { scope, not: { id: { eq: task } } };
  const read = (where: Where, most: number) => readTasks((plan) => store.read(principal, plan), where, most);
  const touched = [{ createdAt: inTime }, { finishedAt: inTime }, { outcomes: { some: { deliveredAt: inTime } } }];
  const tasks = await read({ ...base, or: touched }, MOST_TASKS);
  const open = await read({ ...base, state: { in: OPEN } }, MOST_OPEN);
  const client = await store.get(principal, Tenant, tenantId(tenant));
  const knowledge = await store.list(principal, Knowledge, {
    where: { scope, recordedAt: inTime, retiredAt: { isNull: true } },
    orderBy: [{ property: 'recordedAt', direction: 'desc' }],
    limit: MOST_KNOWLEDGE + 1,
  });
  return {
    client: {
      id: client?.id ?? tenantId(tenant),
      title: client?.title ?? tenant,
      language: client?.language ?? null,
      country: client?.country ?? null,
    },
    tasks: tasks.read,
    open: open.read,
    knowledge: knowledge
      .slice(0, MOST_KNOWLEDGE)
      .map(({ id, kind, title, recordedAt }) => ({ id, kind, title, recordedAt })),
    truncated: tasks.more || open.more || knowledge.length > MOST_KNOWLEDGE,
  };
}

async function readTasks(
  ask: (plan: Parameters<GraphStore['read']>[1]) => ReturnType<GraphStore['read']>,
  where: Where,
  most: number,
): Promise<{ read: RecordedTask[]; more: boolean }> {
  const read: RecordedTask[] = [];
  let after: string | undefined;
  for (;;) {
    const first = Math.min(PAGE, most - read.length);
    const orderBy = [{ property: 'createdAt', direction: 'asc' as const }];
    const page = { where, orderBy, first, cursors: true, ...(after === undefined ? {} : { after }) };
    const roots = [{ key: 'tasks', node: 'Task', find: { by: 'page' as const, page }, select: SELECT }];
    const { nodes, cursors, hasNextPage } = (await ask({ roots })).tasks as ReadConnection;
    read.push(...(nodes as unknown as TaskRead[]).map(recorded));
    after = cursors?.at(-1);
    if (!hasNextPage || after === undefined || read.length >= most) return { read, more: hasNextPage };
  }
}

function recorded({ agent, parent, outcomes, ...task }: TaskRead): RecordedTask {
  const [outcome] = outcomes.nodes;
  return {
    ...task,
    agent: agent?.name ?? null,
    isPart: parent !== null,
    outcome: outcome
      ? {
          ...outcome,
          evaluations: outcome.evaluations.nodes.map((one) => ({ ...one, skipped: one.skipped ?? false })),
          approvals: outcome.approvals.nodes.map((one) => ({ ...one, decidedBy: one.decidedBy?.name ?? null })),
        }
      : null,
  };
}
