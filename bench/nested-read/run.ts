/**
 * A nested read of 750 objects (50 tasks with agent, skills, outcomes, cited knowledge) in one run, round by round: the
 * bare engine with the compiled text, the store, the whole HTTP answer, and on Neo4j `@neo4j/graphql` under Apollo over
 * the same graph and indexes. Neo4j: KAZE_BENCH_NEO4J_URL (an empty graph, which is written to), else one started for the run.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type GraphEngine, openGraph, type ReadPlan, schema } from '#graph-schema';
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
import { allTimes, callFor, interleave, median, type Round, timeRatio, type Work } from '../rounds.ts';
import { type Bare, bareGrafeo, bareNeo4j } from './bare.ts';
import { loadGraph } from './data.ts';
import { reader, startEdge, TOKEN } from './edge.ts';
import {
  countObjects,
  nestedQuery,
  nestedRead,
  onePeerQuery,
  oneQuery,
  oneRead,
  peerQuery,
  plainTree,
} from './plan.ts';

const ROUNDS = 7;
const ROUND_MS = 1_000;
const WARM_UP_MS = 3_000;
/**
 * Before that so many reads of one task, in each way: the path of a request runs once a call, unlike the loops over its
 * rows, and at 1,000 calls it still costs twice what it costs at 5,000, when the compiler has seen it often enough.
 */
const WARM_UP_CALLS = 6_000;
const OBJECTS = 750;

/** A read as each of the ways takes it. */
function read(plan: ReadPlan, query: string, peer: string) {
  const options = { visibility: 'public', maxPage: 1_000 } as const;
  const { text, parameters } = compileRead(plan, new TextBuilder(schema, reader), options);
  return { plan, text, parameters, body: JSON.stringify({ query }), peerBody: JSON.stringify({ query: peer }) };
}
const whole = read(nestedRead, nestedQuery, peerQuery);
const one = read(oneRead, oneQuery, onePeerQuery);

/** Processor milliseconds of a process, to 10 ms, where the system tells. */
function cpuMsOf(pid: number | undefined): number {
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ').slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  } catch {
    return Number.NaN;
  }
}

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

interface Measured {
  readonly name: string;
  readonly engine: GraphEngine;
  readonly bare: Bare;
  /** Of the engine's process, where it is on this machine. */
  readonly enginePid?: number | undefined;
  readonly peerUrl?: string;
}

async function measure({ name, engine, bare, enginePid, peerUrl }: Measured): Promise<void> {
  const load = new Load();
  const { store } = await openGraph({ engine, schema, clock, logger });
  await loadGraph(engine);
  const edge = await startEdge(store);
  const ours = { port: edge.port, path: '/graphql', token: TOKEN, body: whole.body };
  const peer = peerUrl ? await startPeer('neo4j-graphql', [peerUrl]).catch(unavailable) : undefined;
  const theirs = peer && { port: peer.port, path: '/graphql', body: whole.peerBody };

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
  const counted =
    (work: Work): Work =>
    async (callers) => {
      const [before, engineBefore] = [process.cpuUsage(), cpuMsOf(enginePid)];
      const round = await work(callers);
      const { user, system } = process.cpuUsage(before);
      return { ...round, serverCpuMs: (user + system) / 1_000, engineCpuMs: cpuMsOf(enginePid) - engineBefore };
    };
  const casesFor = (
    forMs: number,
    { plan, text, parameters, body, peerBody } = whole,
  ): Readonly<Record<string, Work>> => ({
    bare: counted((callers) => callFor(() => bare.read(text, parameters), callers, forMs)),
    store: counted((callers) => callFor(() => store.read(reader, plan), callers, forMs)),
    http: counted(over({ ...ours, body }, forMs)),
    ...(theirs ? { peer: over({ ...theirs, body: peerBody }, forMs) } : {}),
  });
  for (const run of Object.values(casesFor(WARM_UP_MS, one))) {
    for (let calls = 0; calls < WARM_UP_CALLS; ) calls += (await run(4)).timesMs.length;
  }
  for (const run of Object.values(casesFor(WARM_UP_MS))) await run(4);

  const findings: Finding[] = [];
  for (const callers of [1, 16]) {
    const seen = await interleave(casesFor(ROUND_MS), { rounds: ROUNDS, callers });
    const row = (label: string, rounds: readonly Round[]) => ({
      ...{ case: label, callers, ...allTimes(rounds), notes: cpuNotes(rounds) },
    });
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

/** Processor time of a call: of this process, which is client or server, of the engine's, and of the load generator's. */
function cpuNotes(rounds: readonly Round[]): string {
  const perCall = (part: 'serverCpuMs' | 'engineCpuMs' | 'clientCpuMs') =>
    median(rounds.map((round) => (round[part] ?? Number.NaN) / round.timesMs.length));
  const parts = [
    ['here', perCall('serverCpuMs')],
    ['engine', perCall('engineCpuMs')],
    ['load generator', perCall('clientCpuMs')],
  ] as const;
  const told = parts.filter(([, ms]) => Number.isFinite(ms)).map(([what, ms]) => `${what} ${ms.toFixed(2)}`);
  return told.length > 0 ? `CPU ms a call: ${told.join(', ')}` : '';
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

const grafeo = await createGrafeoEngine({ memory: true, logger, clock });
await measure({
  ...{ name: 'Grafeo', engine: grafeo, bare: await bareGrafeo(indexesOf(schema)) },
  enginePid: grafeo.pid,
});

const given = process.env.KAZE_BENCH_NEO4J_URL;
try {
  const server = given ? undefined : await neo4j.start(SERVER);
  const url = given ?? server!.url;
  try {
    const engine = await createNeo4jEngine({ settings: { url }, logger, clock });
    await measure({ name: 'Neo4j', engine, bare: await bareNeo4j(url), enginePid: server?.pid, peerUrl: url });
  } finally {
    await server?.stop();
  }
} catch (error) {
  if ((error as Error).name !== 'ServerUnavailable') throw error;
  skip('Nested read on Neo4j, and against @neo4j/graphql', (error as Error).message);
}
