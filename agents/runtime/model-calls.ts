import type { Completion } from '#gateway';
import { agentError } from '../errors.ts';
import type { ModelAccess } from '../ports/model-access.ts';
import type { SkillModel } from '../skills/handler.ts';
import type { AgentNode } from './nodes.ts';
import type { TaskRun } from './task-run.ts';

export interface ModelCallsOptions {
  readonly access: ModelAccess;
  readonly run: TaskRun;
  readonly agent: AgentNode;
  readonly tenant: string;
  readonly skillVersionId: string;
  /** Whether no attempt at the task began before this one. */
  readonly isFirst: boolean;
}

/** The gateway with a task's attribution, budget, step limit and cancellation filled in. */
export function taskModel(options: ModelCallsOptions): {
  readonly counted: SkillModel;
  readonly uncounted: SkillModel;
} {
  const { access, run, agent, tenant, skillVersionId, isFirst } = options;
  const { id: task, skill: taskType, channel, budgetMicros } = run.task;
  access.begun?.(task, { isFirst });
  const attribution = { tenant, agent: agent.name, task, skillVersion: skillVersionId, channel };
  // The gateway reserves under it, so that not even one long answer passes it.
  const taskCap = budgetMicros ? { maxMicros: budgetMicros } : undefined;

  function requireBudget(): void {
    if (budgetMicros === null) return;
    // A budget of nothing still allows models that cost nothing.
    if (run.costMicros <= budgetMicros && (run.costMicros < budgetMicros || budgetMicros === 0)) return;
    throw agentError(
      'KAZE_TASK_BUDGET',
      `the task ${task} has cost ${run.costMicros} of ${budgetMicros} micro US dollars`,
      {
        fields: { task, costMicros: run.costMicros, budgetMicros },
      },
    );
  }

  const uncounted: SkillModel = async (request) => {
    run.signal.throwIfAborted();
    requireBudget();
    let completion: Completion;
    try {
      completion = await run.untilEnded(
        access.complete({ ...request, taskType, taskCap, attribution }, { signal: run.signal }),
      );
    } finally {
      // Also what failed may have cost something; the ledger knows.
      if (!run.signal.aborted) run.spent(await access.spentMicros(task));
    }
    run.model = `${completion.metadata.provider}/${completion.metadata.model}`;
    return completion;
  };
  const counted: SkillModel = (request) => {
    run.countOutsideSteps();
    return uncounted(request);
  };
  return { counted, uncounted };
}
