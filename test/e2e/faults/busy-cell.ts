import { expect } from 'vitest';
import { type CellProcess, until } from '../../support/cell/cell-process.ts';

const SUBMIT = `mutation Submit($request: JSONObject!) { submitTask(input: {
  agent: "ops-assistant", tenant: "acme", skill: "triage-request", inputs: $request }) { task { id } } }`;
const WAITING = '{ approvals(filter: { state: { eq: pending } }, first: 20) { nodes { id } } }';
const DECIDE = `mutation Decide($id: ID!) { decideApproval(input: { id: $id, decision: approve }) { approval { id } } }`;
const DECIDED =
  'query Decided($ids: [ID!]) { approvals(filter: { id: { in: $ids } }, first: 1000) { nodes { state } } }';
const TASKS = `query Tasks($ids: [ID!]) { tasks(filter: { id: { in: $ids } }, first: 1000) { nodes {
  id state outcomes { totalCount } approvals { nodes { id state } } } } }`;

export interface FoundTask {
  readonly id: string;
  readonly state: string;
  readonly outcomes: { readonly totalCount: number };
  readonly approvals: { readonly nodes: ReadonlyArray<{ readonly id: string; readonly state: string }> };
}

/** What a cell acknowledged, and therefore must still know. */
export class Acknowledged {
  readonly tasks = new Set<string>();
  readonly decided = new Set<string>();
}

/** Resolves with the id of a task that the cell has acknowledged. */
export async function submit(cell: CellProcess, about: string): Promise<string> {
  const request = { request: `Where do I hand in receipt ${about}?` };
  const { submitTask } = await cell.query<{ submitTask: { task: { id: string } } }>(SUBMIT, { request });
  return submitTask.task.id;
}

export interface Busy {
  readonly acknowledged: Acknowledged;
  /** Ends it. */
  readonly over: AbortSignal;
  /** Told of each failure; throws those that must not be. A submitter or approver ends after one that it lets pass. */
  readonly forgive: (error: unknown) => void;
}

/** Submits and approves without a pause until it is over or a call fails. */
export async function keepBusy(cell: CellProcess, { acknowledged, over, forgive }: Busy): Promise<void> {
  const submitting = async () => {
    while (!over.aborted) acknowledged.tasks.add(await submit(cell, `${acknowledged.tasks.size}`));
  };
  const approving = async () => {
    while (!over.aborted) {
      const { approvals } = await cell.query<{ approvals: { nodes: { id: string }[] } }>(WAITING);
      for (const { id } of approvals.nodes) {
        await cell.query(DECIDE, { id });
        acknowledged.decided.add(id);
      }
    }
  };
  await Promise.all([submitting(), submitting(), approving()].map((work) => work.catch(forgive)));
}

export async function readTasks(cell: CellProcess, ids: Iterable<string>): Promise<FoundTask[]> {
  const all = [...ids];
  const found: FoundTask[] = [];
  for (let at = 0; at < all.length; at += 500) {
    const page = await cell.query<{ tasks: { nodes: FoundTask[] } }>(TASKS, { ids: all.slice(at, at + 500) });
    found.push(...page.tasks.nodes);
  }
  return found;
}

/** Waits until all is worked off, then holds that nothing acknowledged is missing and nothing was done twice. */
export async function expectAllDoneOnce(cell: CellProcess, acknowledged: Acknowledged, withinMs: number) {
  const ended = await until(
    () => readTasks(cell, acknowledged.tasks),
    (tasks) => tasks.every(({ state }) => state === 'awaiting_approval' || state === 'delivered'),
    withinMs,
  );
  expect(ended).toHaveLength(acknowledged.tasks.size);
  for (const { outcomes, approvals, state } of ended) {
    expect(outcomes.totalCount).toBe(1);
    expect(approvals.nodes).toHaveLength(1);
    expect(approvals.nodes[0]!.state).toBe(state === 'delivered' ? 'approved' : 'pending');
  }
  // By themselves: a decided task may be one whose submission was cut off before it was acknowledged.
  const ids = [...acknowledged.decided].slice(0, 1_000);
  const { approvals: decided } = await cell.query<{ approvals: { nodes: { state: string }[] } }>(DECIDED, { ids });
  expect(decided.nodes).toHaveLength(ids.length);
  expect(decided.nodes.every(({ state }) => state === 'approved')).toBe(true);
  expect(await cell.json<{ ok: boolean }>('audit', 'verify')).toMatchObject({ ok: true });
}
