import { agentPrincipal, type GraphStore, type Principal, TaskStep, withinTenant } from '#graph-schema';
import type { Clock, Logger } from '#platform';
import { agentError } from '../errors.ts';
import { tenantOfScope } from '../ids.ts';
import type { DeliveryGate } from '../ports/delivery-gate.ts';
import type { ModelAccess } from '../ports/model-access.ts';
import type { PageFetch } from '../ports/page-fetch.ts';
import type { PagePrinter } from '../ports/page-printer.ts';
import type { PassageSearch } from '../ports/passage-search.ts';
import type { TaskFiles } from '../ports/task-files.ts';
import type { SkillHandlers } from '../registry/skill-handlers.ts';
import { whyNotRunnable } from '../skill-versions/runnable.ts';
import type { SkillContext, SkillHandler } from '../skills/handler.ts';
import { checkResult, commitOutcome } from './commit-outcome.ts';
import { connectedTools } from './connected-tools.ts';
import { applyCriteria } from './criteria.ts';
import { toolSituation } from './domain/required-tools.ts';
import type { KeptInputs } from './domain/task-inputs.ts';
import { earlierOutcomes } from './earlier-outcomes.ts';
import { skillKnowledge } from './knowledge.ts';
import { Lease } from './lease.ts';
import { taskModel } from './model-calls.ts';
import type { AgentNode, TaskNode } from './nodes.ts';
import { runPart } from './parts.ts';
import { runPromptSkill } from './prompt-skill.ts';
import { skillInputs } from './skill-inputs.ts';
import type { PinnedVersion, SkillVersions } from './skill-versions.ts';
import { TaskRun } from './task-run.ts';
import { readTeam } from './team.ts';
import { workRecord } from './work-record.ts';

/** What running a task needs of the cell. */
export interface RunServices {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly handlers: SkillHandlers;
  readonly gate: DeliveryGate;
  readonly model: ModelAccess;
  readonly search: PassageSearch;
  readonly files: TaskFiles;
  /** Unit-length vectors; left out where there is no embedder. */
  readonly embed?: (texts: readonly string[], signal: AbortSignal) => Promise<readonly Float32Array[]>;
  /** HTML as PDF; left out where there is no printer. */
  readonly print?: PagePrinter['print'];
  /** Public web pages; left out where the settings allow no host. */
  readonly fetchPages?: PageFetch['fetch'];
}

export interface BegunTask {
  readonly task: TaskNode;
  readonly agent: AgentNode;
  readonly owner: string;
  readonly leaseMs: number;
  readonly principal: Principal;
  /** Whether no steps of it can be kept yet, and nothing was spent on it. */
  readonly isFirst: boolean;
  readonly skillVersionId: string;
}

/** The claim and what earlier attempts left, ready to run. */
export async function beginRun(services: RunServices, begun: BegunTask): Promise<TaskRun> {
  const { task, owner, leaseMs } = begun;
  const principal = withinTenant(begun.principal, tenantOfScope(task.scope));
  const { store, clock, logger } = services;
  const lease = new Lease({ store, clock, principal, task, owner, leaseMs });
  const steps = begun.isFirst
    ? []
    : await store.list(principal, TaskStep, { where: { task: { eq: task.id } }, limit: 10_000 });
  const kept = new Map(steps.map(({ name, result }) => [name, result]));
  return new TaskRun({ lease, clock, logger: logger.child({ task: task.id, skill: task.skill }), kept });
}

/** Runs one attempt to its outcome. Rejects with why there is none. */
export async function runTask(
  services: RunServices & { readonly versions: SkillVersions },
  begun: BegunTask,
  run: TaskRun,
): Promise<'delivered' | 'awaiting_approval' | 'blocked'> {
  const { task, agent, isFirst, skillVersionId } = begun;
  const tenant = tenantOfScope(task.scope);
  const skillId = await services.versions.skillOf(begun.principal, skillVersionId);
  if (skillId === undefined)
    throw agentError('KAZE_SKILL_NOT_IMPLEMENTED', `the task ${task.id} names no version of a skill`);
  const version = await services.versions.pinned(begun.principal, skillVersionId);
  const handler = services.handlers.handler(task.skill);
  if (!version || (!handler && !version.definition.prompt)) {
    throw agentError(
      'KAZE_SKILL_NOT_IMPLEMENTED',
      `this cell can no longer run the version of ${task.skill} of the task`,
    );
  }
  requireSameHandler(task, version, handler);
  const { definition } = version;
  const inputs = skillInputs(tenant, JSON.parse(task.inputs) as KeptInputs, services.files);
  const model = taskModel({ access: services.model, run, agent, tenant, skillVersionId, isFirst });
  const { embed, print, fetchPages } = services;
  const context: SkillContext = {
    task: { id: task.id, tenant, attempt: task.attempt },
    agent: { id: agent.id, name: agent.name, role: agent.role },
    definition,
    inputs,
    knowledge: skillKnowledge({ store: services.store, search: services.search, tenant, agent, definition, run }),
    model: model.counted,
    team: () =>
      run.untilEnded(readTeam(services.store, agentPrincipal({ id: agent.id, name: agent.name, tenant }), tenant)),
    part: (part) => run.untilEnded(runPart(services, { run, agent, tenant }, part)),
    record: (within) => run.untilEnded(workRecord(services.store, { agent, tenant, task: task.id, within })),
    ...(print ? { print: (html: string) => run.untilEnded(print(html, run.signal)) } : {}),
    ...(fetchPages ? { fetchPages: (urls: readonly string[]) => run.untilEnded(fetchPages(urls, run.signal)) } : {}),
    earlier: (limit) => run.untilEnded(earlierOutcomes(services.store, { agent, tenant, skill: task.skill, limit })),
    ...(embed ? { embed: (texts: readonly string[]) => run.untilEnded(embed(texts, run.signal)) } : {}),
    clock: services.clock,
    logger: run.logger,
    signal: run.signal,
    step: (name, work) => run.step(name, work),
    progress: (text) => run.progress(text),
  };
  const work = handler ? handler.run(context) : runPromptSkill(context);
  const result = await run.untilEnded(work);
  const available = await connectedTools(services.store, begun.principal, definition);
  const given = new Set(Object.keys(inputs));
  const { lacks } = toolSituation(definition, { available, given, standIns: handler?.standIns ?? {} });
  const made = { ...result, notes: [...result.notes, ...lacks] };
  checkResult(definition, made);
  const criteria = { definition, inputs, handlers: services.handlers, judge: model.uncounted };
  const evaluations = await run.untilEnded(applyCriteria(made, criteria));
  run.signal.throwIfAborted();
  return commitOutcome(services, { run, agent, definition, skillId, skillVersionId, result: made, evaluations });
}

/**
 * A task runs what its version names, or not at all: an outcome must not be put down to a version that did not make it,
 * and steps that one handler kept must not be read by another. Errors: KAZE_SKILL_HANDLER_CHANGED.
 */
function requireSameHandler(task: TaskNode, version: PinnedVersion, handler: SkillHandler | undefined): void {
  const why = whyNotRunnable(version, handler);
  if (why === undefined) return;
  throw agentError(
    'KAZE_SKILL_HANDLER_CHANGED',
    `the task is pinned to version ${version.number} of ${task.skill}, ${why}. \`kaze tasks retry ${task.id}\` queues it on the present version`,
    { fields: { skill: task.skill, version: version.number } },
  );
}
