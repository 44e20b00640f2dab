import { setTimeout as delay } from 'node:timers/promises';
import type { CellClient } from '../connection/cell-client.ts';
import { TaskChanged, type TaskRowFragment, TaskStatus } from '../connection/operations.ts';
import { CommandError, cliError } from '../errors.ts';
import { unknownTask } from './show.ts';

export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
  /** How often to look without a live connection, milliseconds. Default: 1,000. */
  readonly pollMs?: number;
  /** How often to look although one stands, in case a change was missed. Default: 10,000. */
  readonly safetyMs?: number;
  /** How long a cell that went away is waited for. Default: 60,000. */
  readonly patienceMs?: number;
}

/**
 * The task as it is, then each change: by subscription, and by looking where that fails. Goes on over a restart of the
 * cell. The caller ends it. Errors: KAZE_CLI_NOT_FOUND, KAZE_CLI_INTERRUPTED, and what the cell refuses.
 */
export async function* followTask(
  client: CellClient,
  id: string,
  { signal, note, pollMs = 1_000, safetyMs = 10_000, patienceMs = 60_000 }: FollowOptions,
): AsyncGenerator<TaskRowFragment, void> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  let live = true;
  let wake = () => {};
  const listen = async () => {
    try {
      for await (const _ of client.subscribe(TaskChanged, { id }, { signal: both })) wake();
    } catch {
      // Looking goes on without it.
    }
    live = false;
    wake();
  };
  void listen();
  let seen = '';
  let awaySince: number | undefined;
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const task = await look(client, id, signal).catch((error: unknown) => {
        if (!isAway(error)) throw error;
        awaySince ??= Date.now();
        if (Date.now() - awaySince > patienceMs) throw error;
        return undefined;
      });
      if (task) {
        if (awaySince !== undefined) note('the cell is back');
        awaySince = undefined;
        const state = fingerprint(task);
        if (state !== seen) yield task;
        seen = state;
      } else if (awaySince !== undefined && seen !== 'away') {
        note(`the cell does not answer; waiting up to ${Math.round(patienceMs / 1000)} s for it to come back`);
        seen = 'away';
      }
      await Promise.race([
        changed,
        delay(live ? safetyMs : pollMs, undefined, { signal: both, ref: true }).catch(() => {}),
      ]);
      if (signal.aborted) throw cliError('KAZE_CLI_INTERRUPTED', 'interrupted; the task itself goes on');
    }
  } finally {
    ended.abort();
  }
}

async function look(client: CellClient, id: string, signal: AbortSignal): Promise<TaskRowFragment> {
  const { task } = await client.execute(TaskStatus, { id }, { signal });
  if (!task) throw unknownTask(id);
  return task;
}

const isAway = (error: unknown): boolean =>
  error instanceof CommandError &&
  ['KAZE_CLI_NO_CELL', 'KAZE_API_CLOSING', 'KAZE_GRAPH_UNAVAILABLE'].includes(error.code);

/** What a watcher is told about; the rest may change unseen. */
const fingerprint = (task: TaskRowFragment): string =>
  JSON.stringify([task.state, task.progress, task.attempt, task.errorCode, task.errorMessage]);
