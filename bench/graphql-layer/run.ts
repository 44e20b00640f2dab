/**
 * What the GraphQL layer costs without a database: our HTTP edge over a store that has its answer ready, against a plain
 * JSON server that returns the same bytes, at 64 connections, round by round, the load from a third process. Processor
 * time of server and client is counted apart: on few cores all three share them.
 */
import { once } from 'node:events';
import { forkBench, Load, type LoadOrder, messageOf } from '../load/index.ts';
import { TOKEN } from '../nested-read/edge.ts';
import { nestedQuery } from '../nested-read/plan.ts';
import { publish } from '../report.ts';
import { allTimes, interleave, median, type Round, timeRatio, type Work } from '../rounds.ts';

const CONNECTIONS = 64;
const ROUNDS = 9;
const ROUND_MS = 1_000;
const WARM_UP_MS = 2_000;
/** Until the compiler of the virtual machine has seen enough, however busy the machine is. */
const WARM_UP_CALLS = 3_000;
const SERVER = new URL('./server.ts', import.meta.url);
const body = JSON.stringify({ query: nestedQuery });

async function startServer(args: readonly string[]) {
  const child = forkBench(SERVER, args);
  const { port } = await messageOf<{ port: number }>(child);
  return {
    port,
    async cpuMs() {
      child.send('cpu');
      return (await messageOf<{ cpuMs: number }>(child)).cpuMs;
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

async function answerOf(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body,
  });
  return (await response.text()).trim();
}

const kaze = await startServer(['kaze']);
const answer = await answerOf(kaze.port);
const plain = await startServer(['plain', answer]);
if ((await answerOf(plain.port)) !== answer) throw new Error('the two servers gave different bytes');

const load = new Load();
const over =
  (server: Awaited<ReturnType<typeof startServer>>, forMs: number): Work =>
  async (connections) => {
    const order: LoadOrder = { port: server.port, path: '/graphql', token: TOKEN, body, connections, forMs };
    const before = await server.cpuMs();
    const { timesMs, wallMs, cpuMs } = await load.run(order);
    const serverCpuMs = (await server.cpuMs()) - before;
    return { timesMs: [...timesMs].sort((a, b) => a - b), wallMs, serverCpuMs, clientCpuMs: cpuMs };
  };
const casesFor = (forMs: number) => ({ plain: over(plain, forMs), kaze: over(kaze, forMs) });
for (const run of Object.values(casesFor(WARM_UP_MS))) {
  for (let calls = 0; calls < WARM_UP_CALLS; ) calls += (await run(CONNECTIONS)).timesMs.length;
}
const seen = await interleave(casesFor(ROUND_MS), { rounds: ROUNDS, callers: CONNECTIONS });

const cpuPerCall = (rounds: readonly Round[], part: 'serverCpuMs' | 'clientCpuMs') =>
  median(rounds.map((round) => round[part]! / round.timesMs.length));
const notes = (rounds: readonly Round[]) =>
  `CPU ms a request: server ${cpuPerCall(rounds, 'serverCpuMs').toFixed(3)}, client ${cpuPerCall(rounds, 'clientCpuMs').toFixed(3)}`;
const serverShare = cpuPerCall(seen.plain, 'serverCpuMs') / cpuPerCall(seen.kaze, 'serverCpuMs');
publish({
  title: `GraphQL layer without a database (${(answer.length / 1_024).toFixed(0)} KiB, 750 objects)`,
  findings: [
    { case: 'plain JSON server (fastify)', callers: CONNECTIONS, ...allTimes(seen.plain), notes: notes(seen.plain) },
    {
      ...{ case: 'our HTTP edge', callers: CONNECTIONS, ...allTimes(seen.kaze) },
      ...{ value: 1 / timeRatio(seen.kaze, seen.plain, CONNECTIONS), of: 'of its throughput', bar: ['least', 0.4] },
      notes: `${notes(seen.kaze)}; by server CPU alone the share is ${serverShare.toFixed(2)}`,
    },
  ],
});
load.close();
await kaze.close();
await plain.close();
