/**
 * A nested read of 700 objects three ways in one run, round by round: the bare engine with the compiled text, the store,
 * and the whole HTTP answer (asked by another process). On Grafeo, and on Neo4j where KAZE_BENCH_NEO4J_URL names one
 * whose graph may be written to.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApi, createFolderUploads, type Services } from '#api';
import { type GraphEngine, openGraph, personPrincipal, schema } from '#graph-schema';
import { systemClock as clock, silentLogger as logger } from '#platform';
import { createMemoryEventBus } from '#platform/adapters/event-bus/memory';
import { compileRead } from '../../graph-schema/read/compile.ts';
import { TextBuilder } from '../../graph-schema/read/text.ts';
import { p50, p95, perSecond, type Sample, table } from '../measure.ts';
import { loadGraph } from './data.ts';
import type { HttpOrder } from './http-client.ts';
import { nestedQuery, nestedRead } from './plan.ts';

const ROUNDS = 3;
const ROUND_MS = 3_000;
const TOKEN = 'the-token-of-the-bench';
const reader = personPrincipal({ id: 'bench', name: 'Bench', role: 'viewer', tenant: 'bench' });

type Run = (callers: number) => Promise<number[]>;

async function inProcess(work: () => Promise<unknown>, callers: number): Promise<number[]> {
  const timesMs: number[] = [];
  const end = performance.now() + ROUND_MS;
  const caller = async () => {
    while (performance.now() < end) {
      const began = performance.now();
      await work();
      timesMs.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return timesMs;
}

async function measure(name: string, engine: GraphEngine): Promise<void> {
  const { store } = await openGraph({ engine, schema, clock, logger });
  await loadGraph(engine);
  const compiled = compileRead(nestedRead, new TextBuilder(schema, reader), { visibility: 'public', maxPage: 1_000 });
  const folder = await mkdtemp(join(tmpdir(), 'kaze-bench-'));
  const uploads = await createFolderUploads({ folder, clock, maxBytes: 1, ttlMs: 1_000, perOwner: 1 });
  const api = createApi({
    ...{ store, graph: schema, bus: createMemoryEventBus(), uploads, logger, clock },
    // The query is made of generated reads alone: no verb is called.
    services: {} as Services,
    authenticator: { authenticate: async (token) => (token === TOKEN ? reader : undefined) },
    readiness: { check: async () => ({ ready: true, reasons: [] }) },
    options: { port: 0, ratePerSecond: 0, rateBurst: 1_000_000 },
  });
  const { url } = await api.start();
  const client = fork(fileURLToPath(new URL('./http-client.ts', import.meta.url)), {
    execArgv: ['--import', '@oxc-node/core/register'],
  });
  const http: Run = async (callers) => {
    const body = JSON.stringify({ query: nestedQuery });
    const order: HttpOrder = { url: `${url}/graphql`, token: TOKEN, body, callers, forMs: ROUND_MS };
    client.send(order);
    const [answer] = (await once(client, 'message')) as [{ timesMs?: number[]; error?: string }];
    if (!answer.timesMs) throw new Error(answer.error);
    return answer.timesMs;
  };
  const cases: Readonly<Record<string, Run>> = {
    'bare engine': (callers) => inProcess(() => engine.read(compiled.text, compiled.parameters), callers),
    store: (callers) => inProcess(() => store.read(reader, nestedRead), callers),
    'HTTP answer': http,
  };
  for (const run of Object.values(cases)) await run(1);
  const rows: Array<Array<string | number>> = [];
  for (const callers of [1, 16]) {
    const samples = new Map<string, { times: number[]; wallMs: number }>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [label, run] of Object.entries(cases)) {
        const began = performance.now();
        const times = await run(callers);
        const sample = samples.get(label) ?? { times: [], wallMs: 0 };
        samples.set(label, { times: [...sample.times, ...times], wallMs: sample.wallMs + performance.now() - began });
      }
    }
    const shaped = [...samples].map(
      ([label, { times, wallMs }]): Sample => ({ name: label, callers, timesMs: times.sort((a, b) => a - b), wallMs }),
    );
    for (const [index, sample] of shaped.entries()) {
      const before = shaped[index - 1];
      const ratio = before ? (callers === 1 ? p50(sample) / p50(before) : perSecond(before) / perSecond(sample)) : 1;
      rows.push([sample.name, callers, p50(sample), p95(sample), perSecond(sample), ratio]);
    }
  }
  console.log(
    `\n## Nested read on ${name}\n\n${table(['case', 'callers', 'p50 ms', 'p95 ms', 'per s', 'time x the row above'], rows)}`,
  );
  client.disconnect();
  await api.close();
  await uploads.close();
  await store.close();
  await rm(folder, { recursive: true });
}

const { createGrafeoEngine } = await import('#graph-schema/adapters/graph-engine/grafeo');
await measure('Grafeo (child process, in memory)', await createGrafeoEngine({ memory: true, logger, clock }));
const url = process.env.KAZE_BENCH_NEO4J_URL;
if (url) {
  const { createNeo4jEngine } = await import('#graph-schema/adapters/graph-engine/neo4j');
  await measure('Neo4j', await createNeo4jEngine({ settings: { url }, logger, clock }));
} else {
  console.log('Neo4j: skipped, KAZE_BENCH_NEO4J_URL names none (npm run test:servers starts one)');
}
