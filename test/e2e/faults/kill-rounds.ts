import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CellProcess, until } from '../../support/cell/cell-process.ts';

const SUBMIT = `mutation Submit($request: JSONObject!) { submitTask(input: {
  agent: "ops-assistant", tenant: "acme", skill: "triage-request", inputs: $request }) { task { id } } }`;
const WAITING = '{ approvals(filter: { state: { eq: pending } }, first: 20) { nodes { id } } }';
const DECIDE = `mutation Decide($id: ID!) { decideApproval(input: { id: $id, decision: approve }) { approval { id } } }`;
const DECIDED =
  'query Decided($ids: [ID!]) { approvals(filter: { id: { in: $ids } }, first: 1000) { nodes { state } } }';
const TASKS = `query Tasks($ids: [ID!]) { tasks(filter: { id: { in: $ids } }, first: 1000) { nodes {
  id state outcomes { totalCount } approvals { nodes { id state } } } } }`;

interface Found {
  readonly id: string;
  readonly state: string;
  readonly outcomes: { readonly totalCount: number };
  readonly approvals: { readonly nodes: ReadonlyArray<{ readonly id: string; readonly state: string }> };
}

/** What the cell acknowledged, and therefore must still know. */
interface Acknowledged {
  readonly tasks: Set<string>;
  readonly decided: Set<string>;
}

/** Submits and approves without a pause until the cell is gone. */
async function keepBusy(cell: CellProcess, acknowledged: Acknowledged, gone: AbortSignal): Promise<void> {
  const submitting = async () => {
    while (!gone.aborted) {
      const request = { request: `Where do I hand in receipt ${acknowledged.tasks.size}?` };
      const { submitTask } = await cell.query<{ submitTask: { task: { id: string } } }>(SUBMIT, { request });
      acknowledged.tasks.add(submitTask.task.id);
    }
  };
  const approving = async () => {
    while (!gone.aborted) {
      const { approvals } = await cell.query<{ approvals: { nodes: { id: string }[] } }>(WAITING);
      for (const { id } of approvals.nodes) {
        await cell.query(DECIDE, { id });
        acknowledged.decided.add(id);
      }
    }
  };
  await Promise.all([submitting(), submitting(), approving()].map((work) => work.catch(forgiveCut)));
}

/** A call that the kill cuts off was not acknowledged: whether it happened is open, and both are right. */
function forgiveCut(error: unknown): void {
  if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
}

async function readAll(cell: CellProcess, ids: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  for (let at = 0; at < ids.length; at += 500) {
    const page = await cell.query<{ tasks: { nodes: Found[] } }>(TASKS, { ids: ids.slice(at, at + 500) });
    found.push(...page.tasks.nodes);
  }
  return found;
}

export interface KillRounds {
  readonly rounds: number;
  /** The least and the most time that the cell works between two kills. */
  readonly workMs: readonly [number, number];
  readonly settings: () => Promise<Record<string, string>>;
}

/** Kills a busy cell again and again; the moment of each kill is drawn from a fixed sequence. */
export function killRounds({ rounds, workMs: [least, most], settings }: KillRounds): void {
  let folder: string;
  let cell: CellProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaze-kill-'));
    cell = new CellProcess(join(folder, 'data'), await settings());
    await cell.start();
  }, 120_000);

  afterAll(async () => {
    await cell?.kill();
    await rm(folder, { recursive: true, force: true });
  });

  it(`loses nothing acknowledged and delivers nothing twice over ${rounds} kills of a busy cell`, async () => {
    const acknowledged: Acknowledged = { tasks: new Set(), decided: new Set() };
    for (let round = 1; round <= rounds; round++) {
      const gone = new AbortController();
      const busy = keepBusy(cell, acknowledged, gone.signal);
      await new Promise((resolve) => setTimeout(resolve, least + ((round * 7_919) % (most - least))));
      await cell.kill();
      gone.abort();
      await busy;
      await cell.start();
      const found = await readAll(cell, [...acknowledged.tasks]);
      expect(found, `after kill ${round}`).toHaveLength(acknowledged.tasks.size);
    }
    expect(acknowledged.tasks.size).toBeGreaterThan(rounds);
    expect(acknowledged.decided.size).toBeGreaterThan(0);
    const ended = await until(
      () => readAll(cell, [...acknowledged.tasks]),
      (tasks) => tasks.every(({ state }) => state === 'awaiting_approval' || state === 'delivered'),
      240_000,
    );
    for (const { outcomes, approvals, state } of ended) {
      expect(outcomes.totalCount).toBe(1);
      expect(approvals.nodes).toHaveLength(1);
      expect(approvals.nodes[0]!.state).toBe(state === 'delivered' ? 'approved' : 'pending');
    }
    // By themselves: a decided task may be one whose submission the kill cut off before it was acknowledged.
    const ids = [...acknowledged.decided].slice(0, 1_000);
    const { approvals: decided } = await cell.query<{ approvals: { nodes: { state: string }[] } }>(DECIDED, { ids });
    expect(decided.nodes).toHaveLength(ids.length);
    expect(decided.nodes.every(({ state }) => state === 'approved')).toBe(true);
    expect(await cell.json<{ ok: boolean }>('audit', 'verify')).toMatchObject({ ok: true });
  }, 900_000);
}
