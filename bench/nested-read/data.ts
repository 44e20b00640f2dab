import type { EngineTransaction, GraphEngine } from '#graph-schema';

/** What the bench needs of an engine; the bare ones have no more. */
export interface Loadable extends Pick<GraphEngine, 'read'> {
  transaction<T>(work: (transaction: Pick<EngineTransaction, 'run'>) => Promise<T>): Promise<T>;
}

/** Sizes of the graph that the nested read is measured on. */
export const SIZES = { tasks: 10_000, agents: 50, skills: 200, outcomes: 20_000, knowledge: 5_000 };
export const SCOPE = 'tenant:bench';

type Row = Record<string, string | number | boolean | readonly string[]>;
const BATCH = 2_500;

/** A graph like a busy cell's: tasks of agents with skills, two outcomes each, which cite knowledge. */
export async function loadGraph(engine: Loadable): Promise<void> {
  const [row] = await engine.read('MATCH (n:Task) WHERE n.scope = $scope RETURN count(n) AS total', { scope: SCOPE });
  if (row?.total === SIZES.tasks) return;
  const common = (label: string, index: number): Row => ({
    id: `bench-${label}-${String(index).padStart(6, '0')}`,
    scope: SCOPE,
    createdAt: 1_700_000_000_000 + ((index * 7_919) % 1_000_003),
    createdBy: 'bench',
    updatedAt: 1_700_000_000_000,
    version: 1,
  });
  await nodes(engine, 'Skill', SIZES.skills, (i) => ({
    ...common('skill', i),
    name: `skill-${i}`,
    description: 'x',
    status: 'implemented',
  }));
  await nodes(engine, 'Agent', SIZES.agents, (i) => ({
    ...{ ...common('agent', i), name: `agent-${i}`, role: 'Works', state: 'active', restarts: 0 },
    ...{ ramp: ['supervised'], knowledge: [] },
  }));
  await nodes(engine, 'Knowledge', SIZES.knowledge, (i) => ({
    ...{ ...common('knowledge', i), kind: 'fact', title: `Fact ${i}`, text: `What is known about ${i}.` },
    ...{ confidence: 0.9, importance: 0.5, language: 'en', recordedAt: 1 },
  }));
  await nodes(engine, 'Task', SIZES.tasks, (i) => ({
    ...{ ...common('task', i), skill: `skill-${i % SIZES.skills}`, state: 'delivered', inputs: '{}', attempt: 1 },
    ...{ maxAttempts: 3, steps: 4, maxSteps: 50, timeoutMs: 60_000, costMicros: 10, cancelRequested: false },
  }));
  await nodes(engine, 'Outcome', SIZES.outcomes, (i) => ({
    ...{ ...common('outcome', i), summary: `Outcome ${i}`, output: '{}', metrics: '{}', notes: [] },
    ...{ state: 'delivered', costMicros: 5 },
  }));
  const id = (label: string, index: number) => `bench-${label}-${String(index).padStart(6, '0')}`;
  const many = (count: number, make: (index: number) => [string, string][]) =>
    Array.from({ length: count }, (_, i) => make(i)).flat();
  await join(
    engine,
    'HAS_SKILL',
    many(SIZES.agents, (i) => [0, 1, 2, 3, 4].map((s) => [id('agent', i), id('skill', (i * 4 + s) % SIZES.skills)])),
  );
  await join(
    engine,
    'ASSIGNED_TO',
    many(SIZES.tasks, (i) => [[id('task', i), id('agent', i % SIZES.agents)]]),
  );
  await join(
    engine,
    'PRODUCED',
    many(SIZES.outcomes, (i) => [[id('task', i % SIZES.tasks), id('outcome', i)]]),
  );
  await join(
    engine,
    'CITES',
    many(SIZES.outcomes, (i) =>
      [0, 1, 2].map((k) => [id('outcome', i), id('knowledge', (i * 13 + k * 977) % SIZES.knowledge)]),
    ),
  );
}

async function nodes(engine: Loadable, label: string, count: number, make: (index: number) => Row): Promise<void> {
  for (let at = 0; at < count; at += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - at) }, (_, index) => make(at + index));
    await engine.transaction((transaction) =>
      transaction.run(`UNWIND $rows AS row CREATE (n:Node:${label}) SET n += row`, { rows }),
    );
  }
}

async function join(engine: Loadable, type: string, pairs: [string, string][]): Promise<void> {
  for (let at = 0; at < pairs.length; at += BATCH) {
    const rows = pairs.slice(at, at + BATCH).map(([from, to]) => ({ from, to }));
    const text = `UNWIND $rows AS row MATCH (a:Node) WHERE a.id = row.from MATCH (b:Node) WHERE b.id = row.to CREATE (a)-[:${type}]->(b)`;
    await engine.transaction((transaction) => transaction.run(text, { rows }));
  }
}
