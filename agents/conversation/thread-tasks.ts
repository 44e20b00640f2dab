import type { GraphStore, Principal, ReadConnection } from '#graph-schema';

export interface ThreadTask {
  readonly id: string;
  readonly skill: string;
  readonly state: string;
  readonly progress: string | null;
  readonly errorMessage: string | null;
  readonly errorRemedy: string | null;
  readonly summary: string | null;
  /** Why a person rejected it. */
  readonly reason: string | null;
  readonly scope: string;
  readonly conversation: string | null;
  readonly agent: { readonly id: string; readonly name: string } | null;
}

const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));
const newest = { first: 1, orderBy: [{ property: 'createdAt', direction: 'desc' as const }] };
const SELECT = {
  properties: own('id', 'skill', 'state', 'progress', 'errorMessage', 'errorRemedy', 'scope'),
  relations: {
    agent: { field: 'agent', select: { properties: own('id', 'name') } },
    conversation: { field: 'conversation', select: { properties: own('id') } },
    outcomes: { field: 'outcomes', page: newest, select: { properties: own('summary') } },
    approvals: { field: 'approvals', page: newest, select: { properties: own('reason') } },
  },
};

type TaskRead = Omit<ThreadTask, 'summary' | 'reason' | 'conversation'> & {
  readonly conversation: { readonly id: string } | null;
  readonly outcomes: ReadConnection;
  readonly approvals: ReadConnection;
};

function shaped({ outcomes, approvals, conversation, ...task }: TaskRead): ThreadTask {
  return {
    ...task,
    conversation: conversation?.id ?? null,
    summary: (outcomes.nodes[0]?.summary as string | undefined) ?? null,
    reason: (approvals.nodes[0]?.reason as string | null | undefined) ?? null,
  };
}

export async function readTask(store: GraphStore, principal: Principal, id: string): Promise<ThreadTask | undefined> {
  const roots = [{ key: 'task', node: 'Task', find: { by: 'id' as const, id }, select: SELECT }];
  const { task } = await store.read(principal, { roots });
  return task ? shaped(task as unknown as TaskRead) : undefined;
}

/** The latest tasks that were asked for in a thread, newest first. */
export async function readThreadTasks(
  store: GraphStore,
  principal: Principal,
  by: { readonly conversation: string; readonly limit: number },
): Promise<ThreadTask[]> {
  const page = { ...newest, first: by.limit };
  const select = { properties: own('id'), relations: { tasks: { field: 'tasks', page, select: SELECT } } };
  const roots = [{ key: 'thread', node: 'Conversation', find: { by: 'id' as const, id: by.conversation }, select }];
  const { thread } = await store.read(principal, { roots });
  if (!thread) return [];
  return ((thread as unknown as { tasks: ReadConnection }).tasks.nodes as unknown as TaskRead[]).map(shaped);
}

/** States about which the thread is told. */
export const REPORTED_STATES = ['awaiting_approval', 'delivered', 'rejected', 'failed', 'cancelled'] as const;

const MOST_SUMMARY = 4_000;

/** What a task's state means to the one who asked for it. */
export function reportText(task: ThreadTask): string {
  const { id, skill, state } = task;
  const summary = task.summary ? `\n${task.summary.slice(0, MOST_SUMMARY)}` : '';
  switch (state) {
    case 'awaiting_approval':
      return `${skill} (task ${id}) is done and waits for a person's approval: \`kaze approve ${id}\`, \`kaze edit ${id} --file FILE\` or \`kaze reject ${id} --reason WHY\`.${summary}`;
    case 'delivered':
      return `${skill} (task ${id}) is delivered.${summary}`;
    case 'rejected':
      return `${skill} (task ${id}) was rejected${task.reason ? `: ${task.reason}` : '.'}`;
    case 'failed':
      return `${skill} (task ${id}) failed: ${task.errorMessage ?? 'no reason was kept'}${task.errorRemedy ? `\nWhat helps: ${task.errorRemedy}` : ''}`;
    case 'cancelled':
      return `${skill} (task ${id}) was cancelled.`;
    case 'running':
      return `${skill} (task ${id}) is running${task.progress ? `: ${task.progress}` : '.'}`;
    case 'parked':
      return `${skill} (task ${id}) is parked after a restore: \`kaze tasks resume ${id}\` lets it go on.`;
    default:
      return `${skill} (task ${id}) is ${state.replaceAll('_', ' ')}.`;
  }
}

export function statusText(tasks: readonly ThreadTask[]): string {
  if (tasks.length === 0) return 'No task was asked for in this thread yet.';
  return tasks.map(reportText).join('\n\n');
}
