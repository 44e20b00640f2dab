/** A cell small enough for a test: real store on Grafeo in memory, real bus and outbox feeder, and two clients. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ApiOptions,
  type ApiServer,
  type Authenticator,
  createApi,
  createFolderUploads,
  type Services,
} from '#api';
import {
  Agent,
  Approval,
  Chunk,
  Evaluation,
  type GraphStore,
  Knowledge,
  Outcome,
  openGraph,
  Person,
  type Principal,
  personPrincipal,
  Skill,
  SkillVersion,
  Source,
  schema,
  startOutboxFeeder,
  systemPrincipal,
  Task,
  Tenant,
} from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { type EventBus, silentLogger, systemClock } from '#platform';
import { createMemoryEventBus } from '#platform/adapters/event-bus/memory';
import { type ServiceCalls, servicesOver } from './services.ts';
import { taskValues } from './task-values.ts';

export interface TestCell {
  readonly url: string;
  readonly api: ApiServer;
  readonly store: GraphStore;
  readonly bus: EventBus;
  readonly ids: SeededIds;
  readonly calls: ServiceCalls;
  readonly logged: string[];
  readonly principals: Readonly<Record<keyof typeof TOKENS, Principal>>;
  /** Makes the next authentications find no token of this name. */
  revoke(token: string): void;
  ready: { ready: boolean; reasons: string[] };
  graphql(query: string, options?: GraphqlOptions): Promise<GraphqlAnswer>;
  close(): Promise<void>;
}

export interface GraphqlOptions {
  readonly token?: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

export interface GraphqlAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly data: any;
  readonly errors?: Array<{
    readonly message: string;
    readonly path?: unknown[];
    readonly extensions: Record<string, unknown> & {
      readonly code?: string;
      readonly fields?: Record<string, unknown>;
    };
  }>;
  readonly text: string;
}

export interface SeededIds {
  readonly tasks: string[];
  readonly agent: string;
  readonly skill: string;
  readonly outcomes: string[];
  readonly chunks: string[];
  readonly source: string;
  readonly knowledge: string;
  readonly approval: string;
  readonly person: string;
  readonly otherTask: string;
  readonly otherAgent: string;
}

export const TOKENS = {
  admin: 'kaze_test_admin_0000000000000000',
  acme: 'kaze_test_acme_00000000000000000',
  viewer: 'kaze_test_viewer_000000000000000',
  globex: 'kaze_test_globex_000000000000000',
} as const;

const cell = systemPrincipal('cell');

/** `tasks` tasks of acme with an agent, skills, outcomes and cited knowledge, and one of globex. */
export async function seed(store: GraphStore, tasks: number): Promise<SeededIds> {
  const scope = 'tenant:acme';
  return store.transact(cell, { why: 'seed' }, async (unit) => {
    const tenant = unit.create(Tenant, { scope, name: 'acme', title: 'Acme' });
    const person = unit.create(Person, { scope, id: 'person-acme', name: 'Ada', role: 'operator' });
    const skill = unit.create(Skill, {
      scope: 'vertical:seo',
      name: 'keyword-research',
      description: 'Finds keywords',
      status: 'implemented',
    });
    const version = unit.create(SkillVersion, {
      scope: 'vertical:seo',
      name: 'keyword-research',
      number: 1,
      hash: 'abc',
      definition: 'skill: keyword-research',
      inputs: '[]',
      outputs: '[]',
      criteria: '[]',
      risk: 'low',
      irreversible: false,
    });
    unit.relate(SkillVersion, 'skill', version, skill);
    const agent = unit.create(Agent, {
      scope,
      name: 'seo-strategist',
      role: 'Senior SEO strategist for acme',
      state: 'active',
      ramp: ['supervised', 'sampling', 'autonomous'],
      knowledge: ['seo/*'],
      restarts: 0,
    });
    unit.relate(Agent, 'tenant', agent, tenant);
    unit.relate(Agent, 'skills', agent, skill, { level: 'supervised' });
    const source = unit.create(Source, sourceValues(scope, 'handbook.md'));
    const chunks = [0, 1, 2].map((position) => {
      const chunk = unit.create(Chunk, chunkValues(scope, `Passage ${position}`, position, unit.now));
      unit.relate(Chunk, 'source', chunk, source);
      return chunk;
    });
    const facts = [0, 1, 2, 3].map((at) =>
      unit.create(Knowledge, {
        scope,
        kind: 'fact',
        title: `Fact ${at}`,
        text: `What is known ${at}`,
        confidence: 0.9,
        importance: 0.5,
        language: 'en',
        recordedAt: unit.now,
      }),
    );
    const outcomes: string[] = [];
    const made = Array.from({ length: tasks }, (_, at) => {
      const task = unit.create(Task, taskValues(scope, at % 2 ? 'delivered' : 'queued'));
      unit.relate(Task, 'agent', task, agent);
      unit.relate(Task, 'skillVersion', task, version);
      unit.relate(Task, 'usedChunks', task, chunks[2]!);
      const outcome = unit.create(Outcome, {
        scope,
        summary: `Outcome ${at}`,
        output: JSON.stringify({ rank: at, words: ['a', 'b'] }),
        metrics: '{"relevance_score":0.9}',
        notes: ['no search volume'],
        state: 'delivered',
        costMicros: at,
      });
      unit.relate(Task, 'outcomes', task, outcome);
      unit.relate(Outcome, 'agent', outcome, agent);
      unit.relate(Outcome, 'skillVersion', outcome, version);
      unit.relate(Outcome, 'knowledge', outcome, facts);
      unit.relate(Outcome, 'chunks', outcome, chunks.slice(0, 2));
      unit.relate(Outcome, 'sources', outcome, source);
      outcomes.push(outcome);
      return task;
    });
    const evaluation = unit.create(Evaluation, {
      scope,
      criterion: 'relevance_score > 0.8',
      kind: 'expression',
      passed: true,
      value: 0.9,
      explanation: '0.9 is above 0.8',
    });
    unit.relate(Evaluation, 'outcome', evaluation, outcomes[0]!);
    const approval = unit.create(Approval, {
      scope,
      state: 'approved',
      risk: 'low',
      reason: 'good',
      decidedAt: unit.now,
    });
    unit.relate(Approval, 'outcome', approval, outcomes[0]!);
    unit.relate(Approval, 'task', approval, made[0]!);
    unit.relate(Approval, 'decidedBy', approval, person);
    const otherAgent = unit.create(Agent, {
      scope: 'tenant:globex',
      name: 'globex-agent',
      role: 'Agent of globex',
      state: 'active',
      ramp: [],
      knowledge: [],
      restarts: 0,
    });
    unit.relate(Agent, 'skills', otherAgent, skill, { level: 'autonomous' });
    const otherTask = unit.create(Task, taskValues('tenant:globex', 'queued'));
    unit.relate(Task, 'agent', otherTask, otherAgent);
    unit.relate(Task, 'skillVersion', otherTask, version);
    const knowledge = facts[0]!;
    return { tasks: made, agent, skill, outcomes, chunks, source, knowledge, approval, person, otherTask, otherAgent };
  });
}

const sourceValues = (scope: string, name: string) => ({
  scope,
  name,
  format: 'markdown' as const,
  contentHash: 'aa',
  bytes: 10,
  language: 'en',
  state: 'active' as const,
  revision: 1,
  chunkCount: 3,
});

const chunkValues = (scope: string, text: string, position: number, now: number) => ({
  scope,
  text,
  position,
  headings: ['Holidays'],
  startOffset: 0,
  endOffset: 9,
  language: 'en',
  contentHash: 'bb',
  sourceRevision: 1,
  recordedAt: now,
});

export interface TestCellOptions {
  readonly tasks?: number;
  readonly options?: ApiOptions;
  readonly services?: Partial<Services>;
  /** Wraps the store, to watch or to disturb it. */
  readonly wrapStore?: (store: GraphStore) => GraphStore;
  /** Asked instead of the test's own tokens, which it gets for those that it does not know. */
  readonly authenticator?: (store: GraphStore, local: Authenticator) => Authenticator;
}

export async function startTestCell(given: TestCellOptions = {}): Promise<TestCell> {
  const logged: string[] = [];
  const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
  const { store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger });
  const ids = await seed(store, given.tasks ?? 4);
  const bus = createMemoryEventBus({ logger: silentLogger });
  const feeder = startOutboxFeeder({
    store,
    kind: 'event',
    clock: systemClock,
    logger: silentLogger,
    async deliver(entries) {
      for (const entry of entries) {
        const type = entry.subjectType;
        await bus.publish({
          id: entry.id,
          subject: `graph.${type.charAt(0).toLowerCase()}${type.slice(1)}.changed.v1`,
          at: entry.createdAt,
          scope: entry.scope,
          data: { id: entry.subject, type, change: entry.change },
        });
      }
    },
  });
  await feeder.drain();
  const folder = await mkdtemp(join(tmpdir(), 'kaze-api-'));
  const limits = { maxBytes: given.options?.uploadMaxBytes ?? 100_000, ttlMs: 60_000, perOwner: 5 };
  const uploads = await createFolderUploads({ folder, clock: systemClock, ...limits });
  const principals = {
    admin: personPrincipal({ id: 'person-admin', name: 'Root', role: 'admin' }),
    acme: personPrincipal({ id: ids.person, name: 'Ada', role: 'operator', tenant: 'acme' }),
    viewer: personPrincipal({ id: 'person-viewer', name: 'Eve', role: 'viewer', tenant: 'acme' }),
    globex: personPrincipal({ id: 'person-globex', name: 'Gus', role: 'operator', tenant: 'globex' }),
  };
  const tokens = new Map(Object.entries(TOKENS).map(([name, token]) => [token as string, principals[name as 'acme']]));
  const state = { ready: { ready: true, reasons: [] as string[] } };
  const { services, calls } = servicesOver(store, uploads);
  const log = (fields: unknown, message?: string) => void logged.push(JSON.stringify([errorText(fields), message]));
  const logger = { debug() {}, info: log, warn: log, error: log, fatal: log, child: () => logger };
  const local: Authenticator = { authenticate: async (token) => tokens.get(token) };
  const api = createApi({
    store: given.wrapStore?.(store) ?? store,
    graph: schema,
    bus,
    services: { ...services, ...given.services },
    authenticator: given.authenticator?.(store, local) ?? local,
    readiness: { check: async () => state.ready },
    uploads,
    logger: logger as unknown as typeof silentLogger,
    options: { port: 0, tokenCacheMs: 0, shutdownMs: 2_000, ...given.options },
  });
  const { url } = await api.start();
  return {
    url,
    api,
    store,
    bus,
    ids,
    calls,
    logged,
    principals,
    revoke: (token) => void tokens.delete(token),
    get ready() {
      return state.ready;
    },
    set ready(value) {
      state.ready = value;
    },
    graphql: (query, options) => postGraphql(url, query, options),
    async close() {
      await api.close();
      await feeder.stop();
      await bus.close();
      await uploads.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function errorText(fields: unknown): unknown {
  const { err } = (fields ?? {}) as { err?: unknown };
  return err instanceof Error ? { ...(fields as object), err: err.stack } : fields;
}

export async function postGraphql(url: string, query: string, options: GraphqlOptions = {}): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(options.token === '' ? {} : { authorization: `Bearer ${options.token ?? TOKENS.acme}` }),
    },
    body: JSON.stringify({ query, variables: options.variables, operationName: options.operationName }),
  });
  const text = await response.text();
  const body = JSON.parse(text) as Pick<GraphqlAnswer, 'data' | 'errors'>;
  return { status: response.status, data: body.data, errors: body.errors, text };
}
