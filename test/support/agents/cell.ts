import { createHash } from 'node:crypto';
import {
  type AgentRuntime,
  bindAgent,
  createRegistry,
  createTaskVerbs,
  ensureTenant,
  type FollowUp,
  type LoadedDefinitions,
  type RuntimeSettings,
  type SkillContext,
  type SkillHandler,
  SkillHandlers,
  type SkillResult,
  type SubmitRequest,
  startRuntime,
  type TaskFiles,
  type Validator,
} from '#agents';
import { type CompleteRequest, type Completion, NO_USAGE } from '#gateway';
import { createAuditTrail, createDeliveryGate, guardDelivery } from '#governance';
import {
  type GraphEngine,
  openGraph,
  Person,
  type Principal,
  personPrincipal,
  type Role,
  schema,
  systemPrincipal,
  Task,
  tenantScope,
} from '#graph-schema';
import { type AuditEntry, type AuditRecord, type Logger, newId, silentLogger, systemClock } from '#platform';
import { definitionsOf } from './definitions.ts';

export type Behaviour = (context: SkillContext) => Promise<Partial<SkillResult>>;

const SKILLS = [
  `skill: work
description: "Does what the test says"
inputs:
  - subject                # Optional: what it is about
  - name: number
    type: number
    required: false
  - name: export
    type: file
    required: false
outputs:
  - result
metrics:
  - name: score
    description: "as the test says"
quality_criteria:
  - score >= 0.5
  - business_alignment check
risk: low
limits: { timeout_ms: 20000, max_steps: 6 }
`,
  `skill: lasting
description: "Does what cannot be undone"
inputs:
  - subject                # Optional
outputs:
  - result
irreversible: true
risk: high
limits: { timeout_ms: 1000 }
`,
  `skill: connected
description: "Needs a tool"
inputs:
  - name: export
    required: false
    stands_in_for: [export_api]
  - subject                # Optional
tools_required:
  - export_api
outputs:
  - result
`,
  `skill: promised
description: "Nobody wrote it yet"
inputs:
  - subject                # Optional
outputs:
  - result
`,
  `skill: worded
description: "Is run by a model"
inputs:
  - question
outputs:
  - name: answer
    type: text
  - name: sure
    type: boolean
quality_criteria:
  - judge: "Is the answer polite?"
prompt: "Answer politely."
limits: { max_cost_usd: 0.001 }
`,
];

const agentText = (name: string, ramp: string) =>
  `agent: ${name}\nrole: "Worker of {client}"\nskills: [work, lasting, connected, promised, worded]\nautonomy_level: ${ramp}\n`;

const AGENTS = [
  agentText('careful', 'supervised → sampling → autonomous'),
  agentText('sampled', 'sampling → autonomous'),
  agentText('free', 'autonomous'),
];

/** Validators and handlers do what the behaviour of the task's client says. */
function handlersFor(
  behaviours: ReadonlyMap<string, Behaviour>,
  revision = 1,
  extra: Pick<TestCellOptions, 'handlers' | 'validators'> = {},
): SkillHandlers {
  const run = async (context: SkillContext): Promise<SkillResult> => {
    const behaviour = behaviours.get(context.task.tenant) ?? behaviours.get('*') ?? (async () => ({}));
    const made = await behaviour(context);
    return {
      summary: 'done',
      outputs: { result: 'done' },
      metrics: { score: 1 },
      notes: [],
      ...made,
    };
  };
  const handler = (skill: string) => ({ skill, revision, standIns: {}, metrics: {}, run });
  const standIns = { export_api: { inputs: ['export'], lacks: 'no search volume' } };
  const tidy: Validator = {
    name: 'business_alignment',
    describe: 'not used',
    validate: async () => ({ passed: true, explanation: 'aligned' }),
  };
  // What follows from a lasting outcome is what its result lists.
  const followUps: SkillHandler['followUps'] = async ({ result }) =>
    Array.isArray(result) ? (result as unknown as readonly FollowUp[]) : [];
  const lasting = { ...handler('lasting'), followUps };
  return new SkillHandlers(
    [handler('work'), lasting, { ...handler('connected'), standIns }, ...(extra.handlers ?? [])],
    [tidy, ...(extra.validators ?? [])],
  );
}

/** Files of tasks in memory, as the port promises. */
function memoryFiles(): TaskFiles {
  const kept = new Map<string, Uint8Array>();
  return {
    async keep(tenant, content) {
      const parts: Uint8Array[] = [];
      for await (const part of content) parts.push(part);
      const bytes = Buffer.concat(parts);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      kept.set(`${tenant}/${sha256}`, bytes);
      return { sha256, bytes: bytes.length };
    },
    async *open(tenant, sha256) {
      const bytes = kept.get(`${tenant}/${sha256}`);
      if (!bytes) throw new Error('no such file');
      yield bytes;
    },
  };
}

export interface TestModel {
  answer: (request: CompleteRequest) => Partial<Completion>;
  /** Micro US dollars a call. */
  costMicros: number;
  calls: CompleteRequest[];
}

export function completion(made: Partial<Completion>): Completion {
  const text = made.text ?? '';
  return {
    message: { role: 'assistant', content: text },
    text,
    toolCalls: [],
    citations: [],
    value: undefined,
    stopReason: 'end',
    usage: { ...NO_USAGE, inputTokens: 1, outputTokens: 1 },
    metadata: {
      id: newId(),
      provider: 'test',
      model: 'scripted',
      offline: false,
      latencyMs: 1,
      firstTokenMs: null,
      confidence: null,
    },
    ...made,
  };
}

const FAST: Partial<RuntimeSettings> = {
  concurrency: 4,
  // A cold server plans each new query for up to a second; tests of lost leases choose their own.
  leaseMs: 20_000,
  pollMs: 60,
  drainMs: 2_000,
  backoff: { firstMs: 10, longestMs: 40 },
};

export interface TestCellOptions {
  readonly logger?: Logger;
  /** Definitions, handlers and validators besides the test's own, `business_alignment` among these. */
  readonly definitions?: LoadedDefinitions;
  readonly handlers?: readonly SkillHandler[];
  readonly validators?: readonly Validator[];
}

/** A cell's agents and governance on one engine; the rest of a cell is left out or scripted. */
export async function openTestCell(engine: GraphEngine, options: TestCellOptions = {}) {
  const logger = options.logger ?? silentLogger;
  const clock = systemClock;
  const { store: raw } = await openGraph({ engine, schema, clock, logger });
  const store = guardDelivery(raw);
  const behaviours = new Map<string, Behaviour>();
  const handlers = handlersFor(behaviours, 1, options);
  const entries: AuditEntry[] = [];
  const ledger = {
    async appendAudit(added: readonly AuditEntry[]): Promise<readonly AuditRecord[]> {
      entries.push(...added);
      return [];
    },
  };
  const audit = createAuditTrail({ ledger, clock, logger });
  const gate = createDeliveryGate({ store, sampledShare: 0.5 });
  const files = memoryFiles();
  const uploads = new Map<string, { name: string; bytes: Uint8Array }>();
  const model: TestModel = { answer: () => ({}), costMicros: 0, calls: [] };
  const spent = new Map<string, number>();
  const runtimes = new Set<AgentRuntime>();
  const wake = () => {
    for (const runtime of runtimes) runtime.wake();
  };
  const incoming = {
    async open(_principal: Principal, id: string) {
      const upload = uploads.get(id);
      if (!upload) throw new Error('no such upload');
      return {
        upload,
        stream: (async function* () {
          yield upload.bytes;
        })(),
      };
    },
    async remove(_principal: Principal, id: string) {
      uploads.delete(id);
    },
  };
  const verbs = createTaskVerbs({ store, clock, logger, audit, gate, handlers, files, incoming, wake });
  const registry = createRegistry({ store, logger, handlers, availableTools: ['llm'] });
  const definitions = together(definitionsOf('proving', { skills: SKILLS, agents: AGENTS }), options.definitions);
  await registry.sync(definitions);

  const worker = async (
    settings: Partial<RuntimeSettings> = {},
    ownGate = gate,
    handlerRevision = 1,
  ): Promise<AgentRuntime> => {
    const runtime = await startRuntime({
      store,
      clock,
      logger,
      handlers: handlersFor(behaviours, handlerRevision, options),
      gate: ownGate,
      files,
      search: { search: async () => [] },
      model: {
        async complete(request) {
          model.calls.push(request);
          const task = request.attribution.task ?? '';
          spent.set(task, (spent.get(task) ?? 0) + model.costMicros);
          return completion(model.answer(request));
        },
        spentMicros: async (task) => spent.get(task) ?? 0,
      },
      settings: { ...FAST, ...settings },
    });
    runtimes.add(runtime);
    const stop = runtime.stop.bind(runtime);
    return Object.assign(runtime, {
      stop: async () => {
        runtimes.delete(runtime);
        await stop();
      },
    });
  };

  /** A client of its own with a person and the three agents. */
  async function client() {
    const tenant = `t${newId().slice(-12)}`;
    const scope = tenantScope(tenant);
    await ensureTenant(store, { name: tenant, title: `Client ${tenant}` });
    const bind = async (template: string) => (await bindAgent(store, { template, tenant })).agent;
    const agentIds = { careful: await bind('careful'), sampled: await bind('sampled'), free: await bind('free') };
    const personOf = async (name: string) =>
      raw.transact(systemPrincipal('cell'), { why: 'test' }, async (unit) =>
        unit.create(Person, { scope, name, role: 'admin' }),
      );
    const id = await personOf('Ada');
    const as = (role: Role) => personPrincipal({ id, name: 'Ada', role, tenant });
    const person = as('operator');
    return {
      tenant,
      scope,
      agentIds,
      person,
      as,
      personOf,
      behave: (behaviour: Behaviour) => void behaviours.set(tenant, behaviour),
      submit: async (request: Partial<SubmitRequest> = {}, principal: Principal = person) => {
        const whole = { agent: 'careful', skill: 'work', inputs: {}, ...request, tenant };
        return (await verbs.submit(principal, whole)).task;
      },
      task: async (task: string) => (await store.get(person, Task, task))!,
    };
  }

  return {
    store,
    raw,
    engine,
    clock,
    logger,
    audit,
    gate,
    handlers,
    files,
    uploads,
    registry,
    definitions,
    verbs,
    model,
    entries,
    worker,
    client,
    /** For clients that say nothing else. */
    behaveByDefault: (behaviour: Behaviour) => void behaviours.set('*', behaviour),
    close: async () => {
      await Promise.all([...runtimes].map((runtime) => runtime.stop()));
      await store.close();
    },
  };
}

function together(own: LoadedDefinitions, other: LoadedDefinitions | undefined): LoadedDefinitions {
  if (!other) return own;
  return {
    verticals: [...own.verticals, ...other.verticals],
    skills: [...own.skills, ...other.skills],
    agents: [...own.agents, ...other.agents],
    knowledge: [...own.knowledge, ...other.knowledge],
    problems: [...own.problems, ...other.problems],
    unreadableFiles: [...own.unreadableFiles, ...other.unreadableFiles],
  };
}

export type TestCell = Awaited<ReturnType<typeof openTestCell>>;
export type Client = Awaited<ReturnType<TestCell['client']>>;
