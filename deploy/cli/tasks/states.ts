import type { TaskRowFragment } from '../connection/operations.ts';

export const TASK_STATES = [
  'queued',
  'running',
  'awaiting_approval',
  'delivered',
  'rejected',
  'failed',
  'cancelled',
  'parked',
] as const satisfies ReadonlyArray<TaskRowFragment['state']>;

export type TaskState = (typeof TASK_STATES)[number];

const LAST: ReadonlySet<string> = new Set<TaskState>(['delivered', 'rejected', 'failed', 'cancelled']);

/** A state that a task never leaves. */
export const isLast = (state: string): boolean => LAST.has(state);

/** What a person can do now, as a command line; undefined when nothing is needed. */
export function nextStep(task: Pick<TaskRowFragment, 'id' | 'state'>): string | undefined {
  switch (task.state) {
    case 'awaiting_approval':
      return `it waits for a person: kaze approvals show ${task.id}, then kaze approve ${task.id}, or edit, or reject`;
    case 'parked':
      return `it was parked by a restore: kaze tasks resume ${task.id}`;
    case 'failed':
      return `kaze tasks retry ${task.id} tries again`;
    default:
      return undefined;
  }
}
