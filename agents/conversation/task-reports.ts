import { Conversation, type GraphStore, systemPrincipal } from '#graph-schema';
import type { Clock, KazeEvent, Logger } from '#platform';
import { tenantOfScope } from '../ids.ts';
import { reportId } from './ids.ts';
import { readState } from './thread-state.ts';
import { REPORTED_STATES, readTask, reportText, type ThreadTask } from './thread-tasks.ts';
import { authorOf } from './turn-taker.ts';
import { writeAgentMessage } from './write-messages.ts';

export interface TaskReportsOptions {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const runtime = systemPrincipal('runtime');
const PATIENCE_MS = 5_000;
const STEP_MS = 50;

/** Tells threads what became of the tasks that were asked for in them: one message a task and state. */
export class TaskReports {
  readonly #options: TaskReportsOptions;

  constructor(options: TaskReportsOptions) {
    this.#options = options;
  }

  /** For `graph.task.changed.v1`. Idempotent; the graph and not the event says how the task stands. */
  async heard(event: KazeEvent): Promise<void> {
    if (typeof event.data.id === 'string') await this.report(event.data.id);
  }

  /** Whether a report was written now. */
  async report(taskId: string): Promise<boolean> {
    const { store, logger } = this.#options;
    const task = await readTask(store, runtime, taskId);
    if (!task?.conversation || !isReported(task)) return false;
    await this.#afterItsReply(task.conversation);
    const author = authorOf(task.agent, tenantOfScope(task.scope));
    const id = reportId(task.scope, task.id, task.state);
    const { conversation } = task;
    const result = await writeAgentMessage(store, author, { id, conversation, text: reportText(task), task: task.id });
    if (result === 'written') logger.debug({ task: task.id, state: task.state }, 'a thread was told about its task');
    return result === 'written';
  }

  /** A quick task may be done before its thread reads that it was queued: that message goes first. */
  async #afterItsReply(conversation: string): Promise<void> {
    const { store, clock } = this.#options;
    const until = clock.now() + PATIENCE_MS;
    while (clock.now() < until) {
      const thread = await store.get(runtime, Conversation, conversation);
      if (!thread || readState(thread.pending).waiting?.kind !== 'submitting') return;
      await clock.sleep(STEP_MS);
    }
  }
}

const isReported = ({ state }: ThreadTask) => (REPORTED_STATES as readonly string[]).includes(state);
