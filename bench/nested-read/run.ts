/**
 * A nested read of 750 objects (50 tasks with agent, skills, outcomes, cited knowledge) in one run, round by round: the
 * bare engine with the compiled text, the store, the whole HTTP answer, and on Neo4j `@neo4j/graphql` under Apollo over
 * the same graph and indexes. Neo4j: KAZE_BENCH_NEO4J_URL (an empty graph, which is written to), else one started for the run.
 */
import { isDeepStrictEqual } from 'node:util';
import { type GraphEngine, openGraph, schema } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createNeo4jEngine } from '#graph-schema/adapters/graph-engine/neo4j';
import { systemClock as clock, silentLogger as logger } from '#platform';
import { compileRead } from '../../graph-schema/read/compile.ts';
import { TextBuilder } from '../../graph-schema/read/text.ts';
import { indexesOf } from '../../graph-schema/store/indexes.ts';
import { neo4j } from '../../test/support/servers/index.ts';
import { Load, type LoadOrder } from '../load/index.ts';
import { PeerUnavailable, startPeer } from '../peers/index.ts';
import { type Finding, publish, skip } from '../report.ts';
import { allTimes, callFor, interleave, type Round, timeRatio, type Work } from '../rounds.ts';
import { type Bare, bareGrafeo, bareNeo4j } from './bare.ts';
import { loadGraph } from './data.ts';
import { reader, startEdge, TOKEN } from './edge.ts';
import { countObjects, nestedQuery, nestedRead, peerQuery, plainTree } from './plan.ts';

const ROUNDS = 7;
const ROUND_MS = 1_000;
const WARM_UP_MS = 3_000;
const OBJECTS = 750;

const compiled = compileRead(nestedRead, new TextBuilder(schema, reader), { visibility: 'public', maxPage: 1_000 });

async function answerOf(order: Pick<LoadOrder, 'port' | 'path' | 'body' | 'token'>): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${order.port}${order.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${order.token}` },
    body: order.body,
  });
  const { data, errors } = (await response.json()) as { data?: { tasks: unknown }; errors?: unknown };
  if (!data || errors) throw new Error(`no answer to compare: ${JSON.stringify(errors)}`);
  return data.tasks;
}

/** Errors: an answer that is not the same 750 objects. */
function checkSame(answers: Readonly<Record<string, unknown>>): void {
  const [first, ...others] = Object.entries(answers).map(([name, answer]) => [name, plainTree(answer)] as const);
  const count = countObjects(first![1]);
  if (count !== OBJECTS) throw new Error(`${first![0]} gave ${count} objects, not ${OBJECTS}`);
  for (const [name, answer] of others) {
    if (!isDeepStrictEqual(answer, first![1]))
      throw new Error(`${name} and ${first![0]} gave different answers: does the graph hold more than the bench's?`);
  }
}

async function measure(name: string, engine: GraphEngine, bare: Bare, peerUrl?: string): Promise<void> {
  const load = new Load();
  const { store } = await openGraph({ engine, schema, clock, logger });
  await loadGraph(engine);
  const edge = await startEdge(store);
  const ours = { port: edge.port, path: '/graphql', token: TOKEN, body: JSON.stringify({ query: nestedQuery }) };
  const peer = peerUrl ? await startPeer('neo4j-graphql', [peerUrl]).catch(unavailable) : undefined;
  const theirs = peer && { port: peer.port, path: '/graphql', body: JSON.stringify({ query: peerQuery }) };

  checkSame({
    'the store': (await store.read(reader, nestedRead)).tasks,
    'our HTTP answer': await answerOf(ours),
    ...(theirs ? { '@neo4j/graphql': await answerOf(theirs) } : {}),
  });

  const over =
    (order: Omit<LoadOrder, 'connections' | 'forMs'>, forMs: number): Work =>
    async (connections) => {
      const { timesMs, wallMs, cpuMs } = await load.run({ ...order, connections, forMs });
      return { timesMs: [...timesMs].sort((a, b) => a - b), wallMs, clientCpuMs: cpuMs };
    };
  const casesFor = (forMs: number): Readonly<Record<string, Work>> => ({
    bare: (callers) => callFor(() => bare.read(compiled.text, compiled.parameters), callers, forMs),
    store: (callers) => callFor(() => store.read(reader, nestedRead), callers, forMs),
    http: over(ours, forMs),
    ...(theirs ? { peer: over(theirs, forMs) } : {}),
  });
  for (const run of Object.values(casesFor(WARM_UP_MS))) await run(4);

  const findings: Finding[] = [];
  for (const callers of [1, 16]) {
    const seen = await interleave(casesFor(ROUND_MS), { rounds: ROUNDS, callers });
    const row = (label: string, rounds: readonly Round[]) => ({ case: label, callers, ...allTimes(rounds) });
    findings.push(row(`bare: ${bare.what}`, seen.bare!), {
      ...row('GraphStore', seen.store!),
      ...{ value: timeRatio(seen.store!, seen.bare!, callers), of: 'time of the bare engine', bar: ['most', 1.35] },
    });
    findings.push({
      ...row('HTTP answer', seen.http!),
      ...{ value: timeRatio(seen.http!, seen.store!, callers), of: 'time of GraphStore', bar: ['most', 1.2] },
    });
    if (!seen.peer) continue;
    findings.push({
      ...row('@neo4j/graphql 7.6.3, Apollo', seen.peer),
      ...{
        value: timeRatio(seen.peer, seen.http!, callers),
        of: 'its time by that of our HTTP answer',
        bar: ['least', 2],
      },
    });
  }
  publish({ title: `Nested read on ${name}`, findings });

  await peer?.close();
  load.close();
  await edge.close();
  await bare.close();
  await store.close();
}

function unavailable(error: unknown): undefined {
  if (!(error instanceof PeerUnavailable)) throw error;
  skip('Nested read against @neo4j/graphql', error.message);
}

/** Neo4j as an operator runs it: both compilers of the virtual machine, and memory for the whole graph. */
const SERVER = {
  javaArguments: ['-XX:TieredStopAtLevel=4', '-Xmx1g'],
  settings: { 'server.memory.pagecache.size': '256m' },
};

await measure('Grafeo', await createGrafeoEngine({ memory: true, logger, clock }), await bareGrafeo(indexesOf(schema)));

const given = process.env.KAZE_BENCH_NEO4J_URL;
try {
  const server = given ? undefined : await neo4j.start(SERVER);
  const url = given ?? server!.url;
  try {
    await measure('Neo4j', await createNeo4jEngine({ settings: { url }, logger, clock }), await bareNeo4j(url), url);
  } finally {
    await server?.stop();
  }
} catch (error) {
  if ((error as Error).name !== 'ServerUnavailable') throw error;
  skip('Nested read on Neo4j, and against @neo4j/graphql', (error as Error).message);
}
