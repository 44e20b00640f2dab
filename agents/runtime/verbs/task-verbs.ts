import type { GraphStore, Principal } from '#graph-schema';
import type { Clock, Logger } from '#platform';
import type { AuditTrail } from '../../ports/audit-trail.ts';
import type { DeliveryGate } from '../../ports/delivery-gate.ts';
import type { IncomingFiles, TaskFiles } from '../../ports/task-files.ts';
import type { SkillHandlers } from '../../registry/skill-handlers.ts';
import { SkillVersions } from '../skill-versions.ts';
import { cancelTask } from './cancel-task.ts';
import { resumeTask } from './resume-task.ts';
import { retryTask } from './retry-task.ts';
import { setAgentPaused } from './set-agent-paused.ts';
import { type SubmitRequest, submitTask } from './submit-task.ts';

export interface TaskVerbsOptions {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditTrail;
  readonly gate: DeliveryGate;
  readonly handlers: SkillHandlers;
  readonly files: TaskFiles;
  readonly incoming: IncomingFiles;
  /** Told when a task can be claimed: spares the workers of this process the wait for the bus. */
  readonly wake?: () => void;
}

export interface VerbContext extends TaskVerbsOptions {
  readonly versions: SkillVersions;
  readonly woken: () => void;
}

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

export interface TaskRef {
  readonly task: string;
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
