import type { NodePatch, Task } from '#graph-schema';
import { errorCatalogue, type KazeError } from '#platform';
import type { TaskNode } from './nodes.ts';

type TaskPatch = NodePatch<typeof Task>;

const RELEASED = { leaseOwner: null, leaseUntil: null, progress: null } as const;

/** A task that ended without an outcome that may be delivered. */
export function failed(error: Pick<KazeError, 'code' | 'message' | 'kind'>, now: number, remedy?: string): TaskPatch {
  return { state: 'failed', finishedAt: now, notBefore: null, ...described(error, remedy), ...RELEASED };
}

export function deadlinePassed(task: TaskNode, now: number): TaskPatch {
  const when = new Date(task.deadlineAt ?? now).toISOString();
  return failed({ code: 'KAZE_TASK_DEADLINE', kind: 'caller', message: `its deadline was ${when}` }, now);
}

export function deadLetter(task: TaskNode, now: number, last: KazeError): TaskPatch {
  const because = `${last.code}: ${shown(last)}`;
  const message = `${task.maxAttempts} of ${task.maxAttempts} attempts ended without an outcome; the last one with ${because}`;
  return failed({ code: 'KAZE_TASK_ATTEMPTS', kind: 'environment', message }, now);
}

export function vanishedTooOften(task: TaskNode, now: number): TaskPatch {
  const message = `${task.interruptions} workers in a row vanished while they ran it, and it got no further`;
  return failed({ code: 'KAZE_TASK_ATTEMPTS', kind: 'environment', message }, now);
}

export function cancelled(now: number): TaskPatch {
  return { state: 'cancelled', finishedAt: now, notBefore: null, ...RELEASED };
}

/** Back in the queue, to be tried again. */
export function queuedAgain(error: KazeError, notBefore: number): TaskPatch {
  return { state: 'queued', notBefore, ...described(error), ...RELEASED };
}

/** Back in the queue as if this attempt had not begun. */
export function handedBack(task: TaskNode): TaskPatch {
  return { state: 'queued', notBefore: null, attempt: Math.max(0, task.attempt - 1), ...RELEASED };
}

/** Back in the queue until its parts have ended; what it waits for stays to be read. */
export function waiting(task: TaskNode, error: Pick<KazeError, 'message'>): TaskPatch {
  return { ...handedBack(task), progress: error.message.slice(0, 500) };
}

function described(error: Pick<KazeError, 'code' | 'message' | 'kind'>, remedy = remedyOf(error.code)): TaskPatch {
  return { errorCode: error.code, errorMessage: shown(error).slice(0, 4_000), errorRemedy: remedy?.slice(0, 4_000) };
}

/** Texts of our own defects may hold what clients should not read. */
function shown(error: Pick<KazeError, 'code' | 'message' | 'kind'>): string {
  if (error.kind !== 'internal' || error.code === 'KAZE_TASK_FAILED') return error.message;
  return `an error of Kaze itself (${error.code}); the log has it under the task’s id`;
}

function remedyOf(code: string): string | undefined {
  return errorCatalogue().find(([known]) => known === code)?.[1].remedy;
}
