import type { DemoClient, DemoDecision, DemoTask } from './demo-client.ts';

/** A task as the cell shows it. */
export interface SeenTask {
  readonly id: string;
  readonly skill: string;
  readonly state: string;
  /** Inputs by name, as they are kept: text, JSON, or the name of a file. */
  readonly inputs: unknown;
  /** Id of the task that it is a part of. */
  readonly parent: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Whether an outcome of it waits for a decision. */
  readonly isPending: boolean;
}

/** A client as the cell shows it. */
export interface SeenClient {
  /** Names of skills that the cell can do. */
  readonly skills: ReadonlySet<string>;
  readonly tasks: readonly SeenTask[];
}

export type Act =
  | { readonly act: 'submit'; readonly task: DemoTask }
  | { readonly act: 'decide'; readonly task: DemoTask; readonly id: string; readonly decision: DemoDecision };

/** What is to be done next, and whether something is under way that more will follow from. */
export interface Next {
  readonly acts: readonly Act[];
  readonly isWaiting: boolean;
}

const ENDED: ReadonlySet<string> = new Set(['delivered', 'rejected', 'failed', 'cancelled']);

/**
 * What is left of a client's tasks, judged by what stands in the cell alone: so a second run finds nothing to do, and
 * one that was interrupted goes on where it was. What waits without a planned decision is the user's.
 */
export function nextActs(client: DemoClient, seen: SeenClient): Next {
  const acts: Act[] = [];
  let isWaiting = false;
  for (const task of client.tasks.filter(({ skill }) => seen.skills.has(skill))) {
    const found = taskOf(task, seen.tasks);
    if (!found) {
      if (mayBegin(task, client, seen)) acts.push({ act: 'submit', task });
      else isWaiting ||= !isBarred(task, client, seen);
      continue;
    }
    const parts = partActs(task, found, seen.tasks);
    acts.push(...parts.acts);
    const { decision } = task;
    if (found.state === 'awaiting_approval') {
      if (decision && found.isPending) acts.push({ act: 'decide', task, id: found.id, decision });
    } else if (!isAtRest(found, seen.tasks) || parts.isWaiting) isWaiting = true;
  }
  return { acts, isWaiting };
}

/** The newest task in the cell that is this one: a person may have tried it again. */
export function taskOf({ skill, mark }: DemoTask, tasks: readonly SeenTask[]): SeenTask | undefined {
  const same = tasks.filter((seen) => seen.skill === skill && markOf(seen.inputs, mark.input) === mark.value);
  return same.toSorted((a, b) => b.createdAt - a.createdAt)[0];
}

/** Whether it stays as it is until somebody does something: it has ended, or a part of it waits for a person. */
export function isAtRest(task: SeenTask, tasks: readonly SeenTask[]): boolean {
  if (ENDED.has(task.state) || task.state === 'parked' || task.state === 'awaiting_approval') return true;
  return task.state === 'queued' && partsOf(task, tasks).some((part) => part.state === 'awaiting_approval');
}

function mayBegin(task: DemoTask, client: DemoClient, { tasks }: SeenClient): boolean {
  if (task.after === undefined) return true;
  const before = taskOf(client.tasks.find(({ key }) => key === task.after)!, tasks);
  return before?.state === 'delivered';
}

/** The task before it came to an end from which this one cannot follow. */
function isBarred(task: DemoTask, client: DemoClient, { tasks }: SeenClient): boolean {
  const before = taskOf(client.tasks.find(({ key }) => key === task.after)!, tasks);
  return before !== undefined && ENDED.has(before.state) && before.state !== 'delivered';
}

function partActs(task: DemoTask, whole: SeenTask, tasks: readonly SeenTask[]): Next {
  const parts = partsOf(whole, tasks);
  const planned = task.parts ?? [];
  const acts = planned.flatMap((decision, at): Act[] => {
    const part = parts[at];
    const isOpen = part?.state === 'awaiting_approval' && part.isPending;
    return isOpen ? [{ act: 'decide', task, id: part.id, decision }] : [];
  });
  const isRejected = ENDED.has(whole.state) && whole.state !== 'delivered';
  const isMissing = !isRejected && parts.length < planned.length;
  const isOnItsWay = parts.slice(0, planned.length).some((part) => !isAtRest(part, tasks));
  return { acts, isWaiting: isMissing || isOnItsWay };
}

const partsOf = (task: SeenTask, tasks: readonly SeenTask[]): SeenTask[] =>
  tasks.filter(({ parent }) => parent === task.id).toSorted((a, b) => a.createdAt - b.createdAt);

/** The text of an input, or the name of its file. */
function markOf(inputs: unknown, name: string): string | undefined {
  const kept = (inputs as Record<string, { kind?: string; text?: string; name?: string }> | null)?.[name];
  return kept?.kind === 'file' ? kept.name : kept?.text;
}
