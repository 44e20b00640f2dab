/** Tasks: queued by verbs, claimed by actors, done once. */
export { outputProblems } from './domain/skill-outputs.ts';
export type { RunServices } from './run-task.ts';
export { type AgentRuntime, type RuntimeOptions, startRuntime } from './runtime.ts';
export { DEFAULT_SETTINGS, type RuntimeSettings } from './settings.ts';
export { type Settlement, settleTask } from './settle-task.ts';
export type { SubmitRequest } from './verbs/submit-task.ts';
export { createTaskVerbs, type TaskVerbs } from './verbs/task-verbs.ts';
export type { TaskRef, TaskVerbsOptions } from './verbs/verb-context.ts';
