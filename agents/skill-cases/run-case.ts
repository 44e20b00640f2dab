import { contentHash, isKazeError, silentLogger } from '#platform';
import {
  evaluateExpression,
  type KnowledgeItem,
  RESULT_NAME,
  type SkillCase,
  type SkillDefinition,
} from '../definitions/index.ts';
import { agentError } from '../errors.ts';
import type { SkillHandlers } from '../registry/skill-handlers.ts';
import { checkResult } from '../runtime/commit-outcome.ts';
import { applyCriteria } from '../runtime/criteria.ts';
import { requireTools, toolSituation } from '../runtime/domain/required-tools.ts';
import { checkInputs } from '../runtime/domain/task-inputs.ts';
import { runPromptSkill } from '../runtime/prompt-skill.ts';
import type { Json, SkillContext, SkillInput, SkillModel, SkillResult, TaskPart } from '../skills/handler.ts';
import { CASE_CLIENT, caseKnowledge } from './case-knowledge.ts';
import { scriptedModel } from './case-model.ts';
import { type CaseCriterion, type CaseResult, criterionIsAsWanted, type ExpectationResult } from './scorecard.ts';

export interface CaseServices {
  readonly handlers: SkillHandlers;
  /** For cases without written answers, and for judges: the offline model as a rule. */
  readonly model: SkillModel;
  /** Items of all packs. */
  readonly knowledge: readonly KnowledgeItem[];
  /** The bytes of a fixture. Errors: KAZE_SKILL_CASE for one that is not there. */
  readonly fixture: (file: string) => Promise<Uint8Array>;
}

const AVAILABLE = new Set(['llm']);

/**
 * Runs one case as a task would be run: inputs and tools are checked, then the handler or the model works, then the
 * outputs are held to the definition and the criteria applied. There is no graph and no network in it.
 */
export async function runCase(
  services: CaseServices,
  definition: SkillDefinition,
  one: SkillCase,
): Promise<CaseResult> {
  const about = { name: one.name, description: one.description, line: one.position.line };
  try {
    const inputs = await prepareInputs(services, definition, one);
    const result = await perform(services, { definition, inputs, one });
    checkResult(definition, result);
    return { ...about, ...(await judge(services, { definition, inputs, one, result })) };
  } catch (error) {
    const code = isKazeError(error) ? error.code : 'KAZE_SKILL_CASE';
    const message = error instanceof Error ? error.message : String(error);
    const wanted = one.refused ?? 'an outcome';
    const found = `${code}: ${message}`;
    const passed = one.refused === code;
    return {
      ...about,
      passed,
      expectations: [{ expected: wanted, passed, found }],
      criteria: [],
      error: { code, message },
      summary: null,
      notes: [],
    };
  }
}

type Inputs = Readonly<Record<string, SkillInput>>;

async function prepareInputs(
  { handlers, fixture }: CaseServices,
  definition: SkillDefinition,
  { inputs: given }: SkillCase,
): Promise<Inputs> {
  const values: Record<string, Json> = {};
  const files: Record<string, SkillInput> = {};
  for (const [name, input] of Object.entries(given)) {
    if (input.kind === 'value') {
      values[name] = input.value;
      continue;
    }
    const bytes = await fixture(input.file);
    const open = async function* () {
      yield bytes;
    };
    files[name] = { kind: 'file', name: input.file, bytes: bytes.length, open };
  }
  const kept = checkInputs(definition.name, definition.inputs, { values, files: Object.keys(files) });
  const inputs = { ...files };
  // What is kept of plain values is a text or JSON; files were taken above.
  for (const [name, input] of Object.entries(kept)) if (input.kind !== 'file') inputs[name] = input;
  const handler = handlers.handler(definition.name);
  const standIns = handler?.standIns ?? {};
  requireTools(definition, { available: AVAILABLE, given: new Set(Object.keys(inputs)), standIns });
  await handler?.check?.(inputs);
  return inputs;
}

interface Work {
  readonly definition: SkillDefinition;
  readonly inputs: Inputs;
  readonly one: SkillCase;
}

async function perform(services: CaseServices, { definition, inputs, one }: Work): Promise<SkillResult> {
  const handler = services.handlers.handler(definition.name);
  if (!handler && definition.prompt === undefined) {
    throw agentError('KAZE_SKILL_NOT_IMPLEMENTED', `${definition.name} has neither a handler nor a prompt`);
  }
  const context = contextOf(services, { definition, inputs, one });
  const result = handler ? await handler.run(context) : await runPromptSkill(context);
  const given = new Set(Object.keys(inputs));
  const { lacks } = toolSituation(definition, { available: AVAILABLE, given, standIns: handler?.standIns ?? {} });
  return { ...result, notes: [...result.notes, ...lacks] };
}

function contextOf({ model, knowledge }: CaseServices, { definition, inputs, one }: Work): SkillContext {
  const steps = new Map<string, Json>();
  const context = {
    task: { id: `case-${one.name}`, tenant: CASE_CLIENT, attempt: 1 },
    agent: { id: 'case-agent', name: 'case', role: 'Tester' },
    definition,
    inputs,
    knowledge: caseKnowledge(definition, one, knowledge),
    model: one.answers.length > 0 ? scriptedModel(one.answers) : model,
    async earlier(limit = one.earlier.length) {
      return one.earlier.slice(0, limit).map((outputs, at) => ({
        id: `outcome-${at + 1}`,
        task: `earlier-${at + 1}`,
        deliveredAt: one.now - (at + 1) * 86_400_000,
        outputs,
      }));
    },
    async team() {
      return { people: one.people.map(({ name, email }) => ({ id: personId(name), name, email })), agents: [] };
    },
    async part({ key }: TaskPart) {
      const part = one.parts.find((candidate) => candidate.key === key);
      if (!part)
        throw agentError('KAZE_SKILL_CASE', `the skill waits for the part "${key}", which the case does not end`);
      return {
        task: `part-${key}`,
        state: part.state,
        outputs: part.outputs,
        decidedBy: part.by === null ? null : { id: personId(part.by), name: part.by },
        decidedAt: one.now,
        reason: part.reason,
        errorCode: null,
      };
    },
    async record() {
      const client = { id: 'client', title: CASE_CLIENT, language: null, country: null };
      return { client, tasks: [], open: [], knowledge: [], truncated: false, ...one.record };
    },
    clock: { now: () => one.now, sleep: async () => {} },
    logger: silentLogger,
    signal: new AbortController().signal,
    async step<T extends Json>(name: string, work: () => Promise<T>): Promise<T> {
      if (!steps.has(name)) steps.set(name, JSON.parse(JSON.stringify((await work()) ?? null)) as Json);
      return steps.get(name) as T;
    },
    progress: () => {},
  };
  return context;
}

const personId = (name: string): string => `person-${contentHash(name).slice(0, 12)}`;

async function judge(
  { handlers, model }: CaseServices,
  { definition, inputs, one, result }: Work & { readonly result: SkillResult },
): Promise<Omit<CaseResult, 'name' | 'description' | 'line'>> {
  const applied = await applyCriteria(result, { definition, inputs, handlers, judge: model });
  const criteria = applied.map(({ criterion, kind, passed, skipped, explanation }): CaseCriterion => {
    return { criterion, kind, passed, skipped, wantedToFail: one.fails.includes(criterion), explanation };
  });
  const { summary, notes, citations = {} } = result;
  const about = { summary, notes, citations };
  const values = { [RESULT_NAME]: about, ...result.outputs, ...result.metrics };
  const expectations = one.expect.map(({ text, expression }): ExpectationResult => {
    const { passed, explanation } = evaluateExpression(expression, values);
    return { expected: text, passed, found: explanation };
  });
  const unknown = one.fails.filter((text) => !criteria.some(({ criterion }) => criterion === text));
  for (const text of unknown) {
    expectations.push({ expected: `a failure of "${text}"`, passed: false, found: 'the skill has no such criterion' });
  }
  if (one.refused !== undefined) {
    expectations.push({ expected: one.refused, passed: false, found: `an outcome: ${summary}` });
  }
  const passed = expectations.every((each) => each.passed) && criteria.every(criterionIsAsWanted);
  return { passed, expectations, criteria, error: null, summary, notes };
}
