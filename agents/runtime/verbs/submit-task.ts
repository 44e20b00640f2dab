import { Goal, type Principal, Task, tenantScope, type UnitOfWork } from '#graph-schema';
import { derivedId, isKazeError, NAME_PATTERN, newId } from '#platform';
import { canonicalJson, numberRepeated, type SkillDefinition } from '../../definitions/index.ts';
import { agentError } from '../../errors.ts';
import { requireRunnable } from '../../skill-versions/runnable.ts';
import { connectedTools } from '../connected-tools.ts';
import { requireTools } from '../domain/required-tools.ts';
import { checkInputs, type KeptInput, namesOfFiles } from '../domain/task-inputs.ts';
import { taskLimits } from '../domain/task-limits.ts';
import { skillInputs } from '../skill-inputs.ts';
import { type FoundAgent, findAgent } from './find-agent.ts';
import { requireTaskRole } from './require-task-role.ts';
import type { TaskRef, VerbContext } from './verb-context.ts';

export interface SubmitRequest {
  readonly agent: string;
  readonly tenant: string;
  readonly skill: string;
  /** By name, plain values: text stays text, whatever it begins with. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly files?: ReadonlyArray<{
    /** Again for each further file of an input that takes several. */
    readonly input: string;
    readonly upload: { readonly id: string; readonly name: string; readonly sha256: string };
  }>;
  readonly idempotencyKey?: string;
  /** Id of the goal it serves. */
  readonly goal?: string;
  readonly budgetMicros?: number;
  /** Epoch milliseconds. */
  readonly deadlineAt?: number;
  /** 1 to 20; default 3. */
  readonly maxAttempts?: number;
  readonly channel?: string;
  /** Id of the conversation in which it was asked for. */
  readonly conversation?: string;
}

export interface QueueRequest extends SubmitRequest {
  /** Inputs that are kept already, in place of `inputs` and `files`: those of the task that is tried again. */
  readonly kept?: Readonly<Record<string, KeptInput>>;
  readonly retryOf?: string;
  readonly signal?: AbortSignal;
}

const LONGEST_DEADLINE_MS = 365 * 24 * 3_600_000;
const DEFAULT_ATTEMPTS = 3;

/**
 * Queues a task, or says why it could not be done before anything is queued. Errors: KAZE_AGENT_UNKNOWN, _PAUSED,
 * KAZE_SKILL_UNKNOWN, _NOT_IMPLEMENTED, _RETIRED, KAZE_TASK_FORBIDDEN, _INPUT, _TOOL_MISSING, _LIMIT, _KEY_REUSED,
 * _FILE, and those of the handler's own check.
 */
export async function submitTask(context: VerbContext, principal: Principal, request: QueueRequest): Promise<TaskRef> {
  if (!NAME_PATTERN.test(request.tenant)) {
    throw agentError('KAZE_AGENT_UNKNOWN', `"${request.tenant.slice(0, 80)}" is no client's name`);
  }
  const scope = tenantScope(request.tenant);
  const key = request.idempotencyKey;
  const id = key === undefined ? newId() : derivedId(scope, 'task', principal.id, key);
  const detail = { agent: request.agent.slice(0, 80), skill: request.skill.slice(0, 80) };
  const action = request.retryOf ? 'task.retry' : 'task.submit';
  await context.audit.record({ principal, action, subject: id, scope, detail }, async (attempt) => {
    requireTaskRole(principal, request.retryOf ? 'retry tasks' : 'submit tasks');
    const found = await findAgent(context.store, principal, request);
    if (key !== undefined && (await isRepeated(context, principal, { id, found, request }))) return;
    const prepared = await prepare(context, principal, { id, request, found });
    try {
      await context.store.transact(principal, { why: action, signal: request.signal }, async (unit) => {
        await write(unit, prepared);
        unit.audit({ action, subject: id, subjectType: 'Task', scope, attempt });
      });
    } catch (error) {
      // Two submissions with one key at the same moment: the other one queued it.
      const raced = key !== undefined && isKazeError(error, 'KAZE_GRAPH_DUPLICATE');
      if (!raced || !(await isRepeated(context, principal, { id, found, request }))) throw error;
    }
  });
  context.woken();
  for (const { upload } of request.files ?? []) {
    await context.incoming.remove(principal, upload.id).catch((error: unknown) => {
      context.logger.warn({ err: error, upload: upload.id }, 'an upload that was taken over could not be removed');
    });
  }
  return { task: id };
}

interface Prepared {
  readonly id: string;
  readonly request: QueueRequest;
  readonly found: FoundAgent;
  readonly definition: SkillDefinition;
  readonly inputs: string;
}

async function prepare(
  context: VerbContext,
  principal: Principal,
  { id, request, found }: Pick<Prepared, 'id' | 'request' | 'found'>,
): Promise<Prepared> {
  const { store, handlers, versions } = context;
  checkLimits(request, context.clock.now());
  const version = await versions.pinned(principal, found.skillVersionId);
  if (!version) {
    throw agentError('KAZE_SKILL_NOT_IMPLEMENTED', `the present version of ${request.skill} holds no definition`);
  }
  const { definition } = version;
  const handler = handlers.handler(request.skill);
  if (!handler && !definition.prompt) {
    throw agentError('KAZE_SKILL_NOT_IMPLEMENTED', `this cell has no handler for ${request.skill}`, {
      fields: { skill: request.skill },
    });
  }
  requireRunnable(request.skill, version, handler);
  const files = request.files ?? [];
  const given = { values: request.inputs, files: files.map(({ input }) => input) };
  const kept = { ...(request.kept ?? checkInputs(request.skill, definition.inputs, given)) };
  requireTools(definition, {
    available: await connectedTools(store, principal, definition),
    given: new Set([...Object.keys(kept), ...given.files]),
    standIns: handler?.standIns ?? {},
  });
  const names = namesOfFiles(definition.inputs, given.files);
  for (const [at, { upload }] of files.entries()) {
    const opened = await context.incoming.open(principal, upload.id);
    const stored = await context.files.keep(request.tenant, opened.stream);
    kept[names[at]!] = { kind: 'file', name: upload.name.slice(0, 500), ...stored };
  }
  await handler?.check?.(skillInputs(request.tenant, kept, context.files));
  return { id, request, found, definition, inputs: canonicalJson(kept) };
}

function checkLimits({ deadlineAt, maxAttempts, budgetMicros }: QueueRequest, now: number): void {
  const refuse = (message: string) => {
    throw agentError('KAZE_TASK_LIMIT', message);
  };
  if (deadlineAt !== undefined && !(deadlineAt > now && deadlineAt <= now + LONGEST_DEADLINE_MS)) {
    refuse('deadlineAt must lie in the future, at most a year from now');
  }
  if (maxAttempts !== undefined && !(Number.isInteger(maxAttempts) && maxAttempts >= 1 && maxAttempts <= 20)) {
    refuse(`maxAttempts must be a whole number from 1 to 20, not ${maxAttempts}`);
  }
  if (budgetMicros !== undefined && !(Number.isSafeInteger(budgetMicros) && budgetMicros >= 0)) {
    refuse(`budgetMicros must be a whole number from 0, not ${budgetMicros}`);
  }
}

async function write(unit: UnitOfWork, prepared: Prepared): Promise<void> {
  const { id, request, found, definition, inputs } = prepared;
  const limits = taskLimits(definition.limits, found.limits, request.budgetMicros);
  unit.create(Task, {
    id,
    scope: tenantScope(request.tenant),
    skill: request.skill,
    state: 'queued',
    inputs,
    attempt: 0,
    maxAttempts: request.maxAttempts ?? DEFAULT_ATTEMPTS,
    steps: 0,
    maxSteps: limits.maxSteps,
    timeoutMs: limits.timeoutMs,
    deadlineAt: request.deadlineAt ?? null,
    budgetMicros: limits.budgetMicros,
    costMicros: 0,
    cancelRequested: false,
    channel: request.channel ?? null,
    assignee: found.id,
  });
  unit.relate(Task, 'agent', id, found.id);
  unit.relate(Task, 'skillVersion', id, found.skillVersionId);
  if (request.goal !== undefined) {
    if (!(await unit.get(Goal, request.goal))) {
      throw agentError('KAZE_TASK_INPUT', `there is no goal ${request.goal}`, { fields: { goal: request.goal } });
    }
    unit.relate(Task, 'goal', id, request.goal);
  }
  if (request.retryOf !== undefined) unit.relate(Task, 'retryOf', id, request.retryOf);
  if (request.conversation !== undefined) unit.relate(Task, 'conversation', id, request.conversation);
  if (found.asker !== undefined) unit.relate(Task, 'requestedBy', id, found.asker);
}

/** Whether the key has its task already. Errors: KAZE_TASK_KEY_REUSED when that one is another. */
async function isRepeated(
  { store }: VerbContext,
  principal: Principal,
  { id, found, request }: { id: string; found: FoundAgent; request: QueueRequest },
): Promise<boolean> {
  const task = await store.get(principal, Task, id);
  if (!task) return false;
  const kept = JSON.parse(task.inputs) as Record<string, KeptInput>;
  const uploads = request.files ?? [];
  // A further file of one input is numbered; who gave two where one is taken was refused.
  const names = numberRepeated(uploads.map(({ input }) => input));
  const files = uploads.map(({ upload }, at) => ({ input: names[at]!, upload }));
  const sameFiles = files.every(({ input, upload }) => {
    const held = kept[input];
    return held?.kind === 'file' && held.sha256 === upload.sha256;
  });
  const given = Object.entries(request.inputs).filter(([, value]) => value !== undefined && value !== null);
  const sameValues = given.every(([name, value]) => sameValue(kept[name], value));
  const sameCount =
    Object.keys(kept).length === new Set([...given.map(([name]) => name), ...files.map((f) => f.input)]).size;
  if (task.assignee === found.id && task.skill === request.skill && sameFiles && sameValues && sameCount) return true;
  throw agentError('KAZE_TASK_KEY_REUSED', `the idempotency key belongs to the task ${id}, which is another one`, {
    fields: { task: id },
  });
}

function sameValue(held: KeptInput | undefined, value: unknown): boolean {
  if (!held || held.kind === 'file') return false;
  const plain = held.kind === 'text' ? held.text : held.value;
  if (canonicalJson(plain) === canonicalJson(value)) return true;
  // A number or a list that came as text is kept as what it says.
  return typeof value === 'string' && held.kind === 'json' && canonicalJson(plain) === canonicalJson(parsed(value));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
