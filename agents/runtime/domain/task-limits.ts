import type { Limits } from '../../definitions/index.ts';

export interface TaskLimits {
  readonly timeoutMs: number;
  readonly maxSteps: number;
  readonly budgetMicros: number | null;
}

const DEFAULTS = { timeoutMs: 600_000, maxSteps: 100 };

/** The narrowest of what the skill, the agent and the request allow. */
export function taskLimits(
  skill: Limits | undefined,
  agent: Limits | undefined,
  requestedBudgetMicros: number | undefined,
): TaskLimits {
  const narrowest = (values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  };
  const micros = (limits: Limits | undefined) =>
    limits?.maxCostUsd === undefined ? undefined : Math.round(limits.maxCostUsd * 1_000_000);
  return {
    timeoutMs: narrowest([skill?.timeoutMs, agent?.timeoutMs]) ?? DEFAULTS.timeoutMs,
    maxSteps: narrowest([skill?.maxSteps, agent?.maxSteps]) ?? DEFAULTS.maxSteps,
    budgetMicros: narrowest([micros(skill), micros(agent), requestedBudgetMicros]) ?? null,
  };
}
