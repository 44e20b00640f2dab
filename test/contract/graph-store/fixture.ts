import { randomBytes } from 'node:crypto';
import {
  Agent,
  type GraphStore,
  type Knowledge,
  type NewNode,
  Outcome,
  personPrincipal,
  systemPrincipal,
  Task,
  tenantScope,
} from '#graph-schema';
import { KazeError, newId } from '#platform';

export const task: NewNode<typeof Task> = {
  skill: 'keyword-research',
  state: 'queued',
  inputs: '{}',
  attempt: 0,
  maxAttempts: 3,
  steps: 0,
  maxSteps: 10,
  timeoutMs: 1_000,
  costMicros: 0,
  cancelRequested: false,
};
export const outcome: NewNode<typeof Outcome> = {
  summary: 'done',
  output: '{}',
  metrics: '{}',
  notes: [],
  state: 'delivered',
  costMicros: 0,
};
export const fact: NewNode<typeof Knowledge> = {
  kind: 'fact',
  title: 'Opening hours',
  text: 'Nine to five.',
  confidence: 0.9,
  importance: 0.5,
  language: 'en',
  recordedAt: 1_000,
};
export const agent: NewNode<typeof Agent> = {
  name: 'seo-strategist',
  role: 'Strategist',
  state: 'active',
  ramp: ['supervised'],
  knowledge: [],
  restarts: 0,
};

export const why = { why: 'a test' };
export const runtime = systemPrincipal('runtime');
export const ingestion = systemPrincipal('ingestion');
export const loader = systemPrincipal('loader');

const suffix = randomBytes(4).toString('hex');
/** Two clients of one cell; the second's name begins with the first's. */
export const own = `acme-${suffix}`;
export const foreign = `acme-${suffix}-bakery`;
export const scope = tenantScope(own);
export const foreignScope = tenantScope(foreign);
export const operator = personPrincipal({ id: newId(), name: 'Ada', role: 'operator', tenant: own });
export const stranger = personPrincipal({ id: newId(), name: 'Bob', role: 'operator', tenant: foreign });

/** The store that `suite.ts` opened, once it did. */
export type StoreOf = () => GraphStore;

export const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof KazeError ? error.code : String(error)),
  );

/** Three tasks of one agent with two outcomes each. */
export async function work(store: GraphStore, where = scope) {
  return store.transact(runtime, why, async (unit) => {
    const agentId = unit.create(Agent, { ...agent, name: `a-${newId().slice(-12)}`, scope: where });
    const tasks = [1, 2, 3].map((attempt) => {
      const id = unit.create(Task, { ...task, attempt, scope: where });
      unit.relate(Task, 'agent', id, agentId);
      for (const summary of ['first', 'second']) {
        unit.relate(Task, 'outcomes', id, unit.create(Outcome, { ...outcome, summary, scope: where }));
      }
      return id;
    });
    return { agentId, tasks };
  });
}
