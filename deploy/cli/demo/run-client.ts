import { setTimeout as delay } from 'node:timers/promises';
import { type Act, type DemoClient, isAtRest, nextActs, taskOf } from '../../demo/index.ts';
import type { CellClient } from '../connection/cell-client.ts';
import { TaskSubmit } from '../connection/operations.ts';
import { cliError } from '../errors.ts';
import { readTasks, type ShownTask } from './cell-view.ts';
import { type Reviewer, reviewerOf } from './reviewer.ts';
import { type SetUp, sendBytes, setUp } from './set-up.ts';

export interface RunOptions {
  readonly client: CellClient;
  readonly connectWith: (token: string) => Promise<CellClient>;
  /** Names of the clients that the cell has. */
  readonly clients: ReadonlySet<string>;
  /** Names of skills that the cell can do. */
  readonly skills: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly watch: Watch;
}

/** Told how a client's work goes. */
export interface Watch {
  readonly isSetUp: (plan: DemoClient, setUp: SetUp) => void;
  readonly working: (plan: DemoClient, task: ShownTask) => void;
  /** A planned task needs nothing more of the demo. */
  readonly settled: (plan: DemoClient, task: ShownTask) => void;
}

export interface ClientRun {
  readonly plan: DemoClient;
  readonly added: SetUp['added'] & { readonly tasks: number; readonly decisions: number };
  readonly tasks: readonly ShownTask[];
  /** Keys of tasks that were still at work when the demo gave up waiting. */
  readonly unfinished: readonly string[];
}

const POLL_MS = 500;
/** Without any change for so long, something is wrong and waiting longer does not help. */
const PATIENCE_MS = 180_000;

/** Sets a client up and has its tasks done, as far as they are not. */
export async function runClient(plan: DemoClient, options: RunOptions): Promise<ClientRun> {
  const { client, connectWith, clients, signal, watch } = options;
  const { reviewer: id, added } = await setUp(client, { plan, isThere: clients.has(plan.name), signal });
  watch.isSetUp(plan, { reviewer: id, added });
  const person = { id, name: plan.people[0].name };
  const reviewer = reviewerOf({ client, connectWith, tenant: plan.name, person, signal, now: Date.now });
  try {
    const done = await runTasks(plan, reviewer, options);
    return { plan, ...done, added: { ...added, ...done.added } };
  } finally {
    await reviewer.leave();
  }
}

async function runTasks(plan: DemoClient, reviewer: Reviewer, options: RunOptions) {
  const { client, skills, signal, watch } = options;
  const added = { tasks: 0, decisions: 0 };
  const told = new Set<string>();
  let last = '';
  let changedAt = performance.now();
  for (;;) {
    const tasks = await readTasks(client, plan.name, signal);
    const { acts, isWaiting } = nextActs(plan, { skills, tasks });
    tell(plan, { tasks, acts, told, watch });
    if (acts.length === 0 && !isWaiting) return { tasks, added, unfinished: [] };
    for (const act of acts) {
      if (act.act === 'submit') await submit(client, plan, { act, signal });
      else await reviewer.decide(act.id, act.decision);
      added[act.act === 'submit' ? 'tasks' : 'decisions']++;
    }
    const now = JSON.stringify(tasks.map(({ id, state, progress }) => [id, state, progress]));
    if (acts.length > 0 || now !== last) changedAt = performance.now();
    last = now;
    if (performance.now() - changedAt > PATIENCE_MS) return { tasks, added, unfinished: openKeys(plan, tasks) };
    if (acts.length === 0) await delay(POLL_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw cliError('KAZE_CLI_INTERRUPTED', 'interrupted');
  }
}

interface Telling {
  readonly tasks: readonly ShownTask[];
  readonly acts: readonly Act[];
  /** Keys that were told to be settled. */
  readonly told: Set<string>;
  readonly watch: Watch;
}

function tell(plan: DemoClient, { tasks, acts, told, watch }: Telling): void {
  for (const task of plan.tasks) {
    const shown = shownTaskOf(task, tasks);
    if (!shown || told.has(task.key)) continue;
    if (!isAtRest(shown, tasks)) watch.working(plan, shown);
    else if (!acts.some((act) => act.task.key === task.key)) {
      told.add(task.key);
      watch.settled(plan, shown);
    }
  }
}

/** The same as `taskOf`, with what is shown of it. */
export const shownTaskOf = (task: DemoClient['tasks'][number], tasks: readonly ShownTask[]): ShownTask | undefined => {
  const found = taskOf(task, tasks);
  return tasks.find(({ id }) => id === found?.id);
};

const openKeys = (plan: DemoClient, tasks: readonly ShownTask[]): string[] =>
  plan.tasks.flatMap((task) => {
    const found = taskOf(task, tasks);
    return found && !isAtRest(found, tasks) ? [task.key] : [];
  });

async function submit(
  client: CellClient,
  plan: DemoClient,
  { act, signal }: { readonly act: Extract<Act, { act: 'submit' }>; readonly signal: AbortSignal },
): Promise<void> {
  const { agent, skill, key } = act.task;
  const { values, files } = act.task.inputs();
  const sent: Array<{ input: string; upload: string }> = [];
  for (const { input, name, bytes } of files) {
    sent.push({ input, upload: await sendBytes(client, { name, bytes, signal }) });
  }
  const task = { agent, skill, tenant: plan.name, inputs: values, files: sent };
  await client.execute(TaskSubmit, { input: { ...task, idempotencyKey: `demo/${key}` } }, { signal });
}
