import type { Principal } from '#graph-schema';
import { SkillVersions } from '../skill-versions.ts';
import { cancelTask } from './cancel-task.ts';
import { resumeTask } from './resume-task.ts';
import { retryTask } from './retry-task.ts';
import { setAgentPaused } from './set-agent-paused.ts';
import { type SubmitRequest, submitTask } from './submit-task.ts';
import type { TaskRef, TaskVerbsOptions, VerbContext } from './verb-context.ts';

/** What people and programs ask of tasks and agents. Every call is audited: the attempt before, the outcome with it. */
export interface TaskVerbs {
  submit(principal: Principal, request: SubmitRequest, limits?: { readonly signal?: AbortSignal }): Promise<TaskRef>;
  /** Ends what waits at once; asks what runs to end. */
  cancel(principal: Principal, id: string, reason?: string): Promise<TaskRef>;
  /** A new task with the same skill and inputs, on the skill's present version. */
  retry(principal: Principal, id: string): Promise<TaskRef>;
  resume(principal: Principal, id: string): Promise<TaskRef>;
  setPaused(
    principal: Principal,
    change: { readonly agent: string; readonly paused: boolean; readonly reason?: string },
  ): Promise<{ readonly agent: string }>;
}

export function createTaskVerbs(options: TaskVerbsOptions): TaskVerbs {
  const context: VerbContext = {
    ...options,
    versions: new SkillVersions(options.store),
    woken: () => options.wake?.(),
  };
  return {
    submit: (principal, request, limits) => submitTask(context, principal, { ...request, signal: limits?.signal }),
    cancel: (principal, id, reason) => cancelTask(context, principal, { id, reason }),
    retry: (principal, id) => retryTask(context, principal, id),
    resume: (principal, id) => resumeTask(context, principal, id),
    setPaused: (principal, change) => setAgentPaused(context, principal, change),
  };
}
