import {
  agentPrincipal,
  Chunk,
  Evaluation,
  type GraphStore,
  Knowledge,
  type NodeDefinition,
  Outcome,
  type Principal,
  Source,
  Task,
  TaskStep,
  type UnitOfWork,
} from '#graph-schema';
import { derivedId, KazeError } from '#platform';
import type { SkillDefinition } from '../definitions/index.ts';
import { agentError } from '../errors.ts';
import { outcomeId, tenantOfScope } from '../ids.ts';
import type { DeliveryGate } from '../ports/delivery-gate.ts';
import type { SkillResult } from '../skills/handler.ts';
import type { CriterionResult } from './criteria.ts';
import { outputProblems } from './domain/skill-outputs.ts';
import { failed } from './final-states.ts';
import type { AgentNode } from './nodes.ts';
import type { TaskRun } from './task-run.ts';
import { WHY } from './telemetry.ts';
import { writeModel } from './write-model.ts';

export interface OutcomeToCommit {
  readonly run: TaskRun;
  readonly agent: AgentNode;
  readonly definition: SkillDefinition;
  readonly skillId: string;
  readonly skillVersionId: string;
  readonly result: SkillResult;
  readonly evaluations: readonly CriterionResult[];
}

/** Whether the result is of the promised form. Errors: KAZE_SKILL_OUTPUT naming every problem. */
export function checkResult(definition: SkillDefinition, result: SkillResult): void {
  const problems = outputProblems(definition.outputs, result.outputs);
  for (const [name, value] of Object.entries(result.metrics)) {
    if (!Number.isFinite(value)) problems.push(`the metric ${name} is ${value}`);
  }
  if (problems.length === 0) return;
  throw agentError(
    'KAZE_SKILL_OUTPUT',
    `${definition.name} returned what it does not declare: ${problems.join('; ')}`,
    {
      fields: { skill: definition.name, problems },
    },
  );
}

/**
 * Writes the outcome, its evaluations, what it rests on, the decision about its delivery, the task's next state and the
 * end of the claim: all of it or nothing, and once, since the outcome's id follows from the task's.
 */
export async function commitOutcome(
  { store, gate }: { readonly store: GraphStore; readonly gate: DeliveryGate },
  outcome: OutcomeToCommit,
): Promise<'delivered' | 'awaiting_approval' | 'blocked'> {
  const { run, agent, definition } = outcome;
  const { scope, id: taskId } = run.task;
  const tenant = tenantOfScope(scope);
  const reader = agentPrincipal({ id: agent.id, name: agent.name, tenant });
  const cited = await readableCitations(store, reader, outcome);
  const failures = outcome.evaluations.filter(({ passed, skipped }) => !passed && !skipped);
  const blocked = failures.length > 0;
  const id = outcomeId(scope, taskId);
  let verdict: 'delivered' | 'awaiting_approval' | 'blocked' = 'blocked';
  const known = { ...run.takeNotes(), costMicros: run.costMicros };
  await run.lease.write(WHY.outcome, known, async (unit) => {
    await writeOutcome(unit, { ...outcome, id, state: blocked ? 'blocked' : 'awaiting_approval' });
    await cite(unit, id, cited);
    const { trained, metrics } = outcome.result;
    if (trained) await writeModel(unit, { scope, outcomeId: id, model: trained, metrics });
    await run.recordUses(unit);
    if (blocked) {
      verdict = 'blocked';
      await unit.update(Task, taskId, qualityFailure(failures, unit.now));
    } else {
      const { risk = 'medium', irreversible = false } = definition;
      const { skillId } = outcome;
      verdict = await gate.decide(unit, {
        taskId,
        outcomeId: id,
        agentId: agent.id,
        skillId,
        scope,
        risk,
        irreversible,
      });
      await requireSettled(unit, taskId, verdict);
    }
    unit.audit({ action: `task.${verdict}`, subject: taskId, subjectType: 'Task', scope });
    await unit.discard(TaskStep, run.stepIds);
  });
  return verdict;
}

/** A gate that says one thing and writes another stops everything. */
async function requireSettled(unit: UnitOfWork, taskId: string, verdict: string): Promise<void> {
  const task = await unit.get(Task, taskId);
  if (task?.state === verdict && task.leaseOwner === null) return;
  throw new Error(`the delivery gate said ${verdict} and left the task ${taskId} ${task?.state}`);
}

function qualityFailure(failures: readonly CriterionResult[], now: number) {
  const message = failures.map(({ criterion, explanation }) => `${criterion}: ${explanation}`).join('; ');
  const remedy = failures.map(({ remedy: mend, criterion }) => mend ?? `satisfy ${criterion}`).join('; ');
  return failed(new KazeError('KAZE_TASK_QUALITY', message.slice(0, 4_000)), now, remedy);
}

async function writeOutcome(
  unit: UnitOfWork,
  outcome: OutcomeToCommit & { readonly id: string; readonly state: 'blocked' | 'awaiting_approval' },
): Promise<void> {
  const { id, run, agent, result, evaluations, skillVersionId, state } = outcome;
  const { scope, id: taskId } = run.task;
  const skipped = evaluations.filter((evaluation) => evaluation.skipped);
  const notes = [...result.notes, ...skipped.map(({ criterion, explanation }) => `${criterion}: ${explanation}`)];
  unit.create(Outcome, {
    id,
    scope,
    state,
    summary: result.summary.slice(0, 1_000_000),
    output: JSON.stringify(result.outputs),
    metrics: JSON.stringify(result.metrics),
    notes: [...new Set(notes)].slice(0, 1_000).map((note) => note.slice(0, 2_000)),
    model: run.model,
    costMicros: run.costMicros,
  });
  unit.relate(Task, 'outcomes', taskId, id);
  unit.relate(Outcome, 'agent', id, agent.id);
  unit.relate(Outcome, 'skillVersion', id, skillVersionId);
  for (const [index, evaluation] of evaluations.entries()) {
    const evaluationId = derivedId(scope, 'evaluation', id, String(index));
    unit.create(Evaluation, { id: evaluationId, scope, ...evaluation });
    unit.relate(Evaluation, 'outcome', evaluationId, id);
  }
}

interface Cited {
  readonly knowledge: readonly string[];
  readonly chunks: readonly string[];
  readonly sources: readonly string[];
}

/**
 * What the outcome rests on, as far as the agent may read it: a handler cannot tie an outcome to another client's
 * knowledge. Without citations of its own, an outcome rests on the knowledge that was read for it.
 */
async function readableCitations(
  store: GraphStore,
  reader: Principal,
  { run, result }: OutcomeToCommit,
): Promise<Cited> {
  const { citations } = result;
  const readable = (definition: NodeDefinition, ids: readonly string[]) =>
    existing(ids, (where) => store.list(reader, definition, { where, limit: 500 }));
  return {
    knowledge: await readable(Knowledge, citations?.knowledge ?? [...run.usedKnowledge]),
    chunks: await readable(Chunk, citations?.chunks ?? [...run.usedChunks]),
    sources: await readable(Source, citations?.sources ?? []),
  };
}

async function cite(unit: UnitOfWork, id: string, { knowledge, chunks, sources }: Cited): Promise<void> {
  const present = (definition: NodeDefinition, ids: readonly string[]) =>
    existing(ids, (where) => unit.list(definition, { where, limit: 500 }));
  // Looked up again: what was erased since then can no longer be cited.
  unit.relate(Outcome, 'knowledge', id, await present(Knowledge, knowledge));
  unit.relate(Outcome, 'chunks', id, await present(Chunk, chunks));
  unit.relate(Outcome, 'sources', id, await present(Source, sources));
}

async function existing(
  ids: readonly string[],
  list: (where: { id: { in: readonly string[] } }) => Promise<ReadonlyArray<{ readonly id: string }>>,
): Promise<string[]> {
  const unique = [...new Set(ids)];
  const found: string[] = [];
  for (let at = 0; at < unique.length; at += 500) {
    const nodes = await list({ id: { in: unique.slice(at, at + 500) } });
    found.push(...nodes.map(({ id }) => id));
  }
  return found;
}
