/**
 * What the gateway costs, each figure beside its neighbours of the same run: straight to the model server, a proxy that
 * does nothing, and Portkey's gateway. `--requests N` is the length of the run whose memory is watched.
 */
import { postgres, redis } from '../../test/support/servers/index.ts';
import { forkBench, Load, messageOf } from '../load/index.ts';
import { quantile } from '../measure.ts';
import { PeerUnavailable } from '../peers/index.ts';
import { type Finding, publish, skip } from '../report.ts';
import { allTimes, interleave, median, type Round, roundP50, roundPerSecond, type Work } from '../rounds.ts';
import { crowdOfOneKey } from './crowd.ts';
import { type Measured, startMeasured } from './measured.ts';
import { startPortkey } from './portkey.ts';

const CONNECTIONS = 16;
const ROUNDS = 7;
const ROUND_MS = 1_500;
/** Until the compiler of the virtual machine has seen enough. */
const WARM_UP_CALLS = 6_000;
const WARM_UP_MS = 20_000;
const LONG_RUN_CALLS = 30_000;

const args = process.argv.slice(2);
const longRun = Number(args[args.indexOf('--requests') + 1]) || LONG_RUN_CALLS;
const at = (name: string) => new URL(name, import.meta.url);

const upstream = forkBench(at('upstream.ts'));
const { port: upstreamPort } = await messageOf<{ port: number }>(upstream);
const address = `http://127.0.0.1:${upstreamPort}`;
const load = new Load();
const ledger = await postgres.start({ settings: { fsync: 'on' } });

interface Target {
  readonly port: number;
  readonly token: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly server?: Measured;
}

/** A round with processor time of the server, and the times until the first byte of each answer. */
interface GatewayRound extends Round {
  readonly firstTimesMs: readonly number[];
}

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);

function bodyOf(kind: 'plain' | 'paced'): string {
  // In the words of the request, which every gateway passes on.
  const messages = [{ role: 'user', content: `Is invoice 4711 of 14 May paid? (${kind})` }];
  const more = kind === 'paced' ? { stream: true } : {};
  return JSON.stringify({ model: 'openai/gpt-5.4-mini', messages, max_tokens: 100, ...more });
}

function worker(target: Target, kind: 'plain' | 'paced', forMs: number, requests?: number): Work {
  return async (connections): Promise<GatewayRound> => {
    const { port, token, headers, server } = target;
    const before = await server?.taken();
    const body = bodyOf(kind);
    const order = { port, path: '/v1/chat/completions', token, headers, body, connections, forMs, requests };
    const { timesMs, firstTimesMs, wallMs, cpuMs } = await load.run(order);
    const after = await server?.taken();
    return {
      ...{ timesMs: ascending(timesMs), firstTimesMs: ascending(firstTimesMs), wallMs, clientCpuMs: cpuMs },
      ...(before && after ? { serverCpuMs: after.cpuMs - before.cpuMs } : {}),
    };
  };
}

const proxy = await startMeasured(at('bare-proxy.ts'), [address]);
const kaze = await startMeasured(at('kaze.ts'), [address, `postgres=${ledger.url}`]);
const startedMiB = (await kaze.taken()).rssMiB;
const portkey = await startPortkey(address).catch((error: unknown) => {
  if (!(error instanceof PeerUnavailable)) throw error;
  skip('Portkey', error.message);
  return undefined;
});
const targets: Record<string, Target> = {
  direct: { port: upstreamPort, token: 'sk-bench' },
  proxy: { port: proxy.port, token: 'sk-bench', server: proxy },
  ...(portkey ? { portkey: { ...portkey, server: portkey.measured } } : {}),
  kaze: { port: kaze.port, token: kaze.secret!, server: kaze },
};
const NAMES: Record<string, string> = {
  direct: 'direct',
  proxy: 'bare node:http proxy',
  portkey: 'Portkey 1.15.2',
  kaze: 'kaze gateway, everything on',
};

const casesOf = (kind: 'plain' | 'paced') =>
  Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, worker(target, kind, ROUND_MS)]));
for (const target of Object.values(targets)) {
  await worker(target, 'plain', WARM_UP_MS, WARM_UP_CALLS)(CONNECTIONS);
  await worker(target, 'paced', 2_000)(CONNECTIONS);
}

const cpuPerCall = (rounds: readonly Round[]) =>
  median(rounds.map(({ serverCpuMs = Number.NaN, timesMs }) => serverCpuMs / timesMs.length));
const firsts = (rounds: readonly Round[]) =>
  ascending((rounds as readonly GatewayRound[]).flatMap(({ firstTimesMs }) => [...firstTimesMs]));
/** The median over rounds of what one case took more than the other in the same round. */
const added = (ours: readonly Round[], theirs: readonly Round[], of: (round: GatewayRound) => number) =>
  median(ours.map((round, index) => of(round as GatewayRound) - of(theirs[index] as GatewayRound)));
const cpuNote = (rounds: readonly Round[], name: string) =>
  name === 'direct' ? '' : `CPU ms a call ${cpuPerCall(rounds).toFixed(3)}`;

const plain = await interleave(casesOf('plain'), { rounds: ROUNDS, callers: CONNECTIONS });
const shares = Object.keys(targets).map((name): Finding => {
  const rounds = plain[name]!;
  const share = median(rounds.map((round, index) => roundPerSecond(round) / roundPerSecond(plain.direct![index]!)));
  const bar = name === 'kaze' ? ({ bar: ['least', 0.15] } as const) : {};
  const ratio = name === 'direct' ? {} : { value: share, of: 'of direct' };
  return {
    case: NAMES[name]!,
    callers: CONNECTIONS,
    ...allTimes(rounds),
    ...ratio,
    ...bar,
    notes: cpuNote(rounds, name),
  };
});
shares.push({
  ...{ case: 'kaze gateway, processor', callers: CONNECTIONS, ...allTimes(plain.kaze!) },
  ...{ value: cpuPerCall(plain.kaze!), of: 'CPU ms a call', bar: ['most', 0.5] as const },
});
publish({ title: 'Gateway: throughput of plain calls, ledger on PostgreSQL, budgets in process', findings: shares });

const single = await interleave(casesOf('plain'), { rounds: ROUNDS, callers: 1 });
publish({
  title: 'Gateway: latency added to a plain call',
  findings: Object.keys(targets).map((name): Finding => {
    const value = added(single[name]!, single.direct!, roundP50);
    const bar = name === 'kaze' ? ({ bar: ['most', 1] } as const) : {};
    const ratio = name === 'direct' ? {} : { value, of: 'ms added p50', ...bar };
    return {
      case: NAMES[name]!,
      callers: 1,
      ...allTimes(single[name]!),
      ...ratio,
      notes: cpuNote(single[name]!, name),
    };
  }),
});

const paced = await interleave(casesOf('paced'), { rounds: ROUNDS, callers: CONNECTIONS });
publish({
  title: 'Gateway: first token of a stream (20 ms after the request, then one every 5 ms); times are until it',
  findings: Object.keys(targets).flatMap((name): Finding[] => {
    const rounds = paced[name]!;
    const times = firsts(rounds);
    const { perSecond } = allTimes(rounds);
    const shown = {
      case: NAMES[name]!,
      callers: CONNECTIONS,
      p50Ms: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
      perSecond,
    };
    if (name === 'direct') return [shown];
    const p50 = added(rounds, paced.direct!, ({ firstTimesMs }) => quantile(firstTimesMs, 0.5));
    const p95 = added(rounds, paced.direct!, ({ firstTimesMs }) => quantile(firstTimesMs, 0.95));
    const ours = name === 'kaze';
    return [
      {
        ...shown,
        value: p50,
        of: 'ms added p50',
        ...(ours ? { bar: ['most', 2] as const } : {}),
        notes: cpuNote(rounds, name),
      },
      { ...shown, value: p95, of: 'ms added p95', ...(ours ? { bar: ['most', 5] as const } : {}) },
    ];
  }),
});

publish({ title: 'Gateway: 1,000 calls at once on one key', findings: [await crowdOfOneKey(upstream, kaze)] });

/** Memory after the start, after half of the long run and at its end. */
async function memoryOf(name: string, server: Measured, afterStartMiB: number, bars: boolean): Promise<Finding[]> {
  const target: Target = { port: server.port, token: server.secret!, server };
  const half = () => worker(target, 'plain', 3_600_000, Math.ceil(longRun / 2))(CONNECTIONS);
  const first = await half();
  const halfMiB = (await server.taken()).rssMiB;
  const rounds = [first, await half()];
  const endMiB = (await server.taken()).rssMiB;
  const shown = { callers: CONNECTIONS, ...allTimes(rounds) };
  const notes = `${afterStartMiB.toFixed(0)} MiB after the start, ${halfMiB.toFixed(0)} at half; CPU ms a call ${cpuPerCall(rounds).toFixed(3)}`;
  return [
    {
      ...{ case: name, ...shown, value: endMiB, of: `MiB after ${longRun} calls`, notes },
      ...(bars ? { bar: ['most', 120] as const } : {}),
    },
    {
      case: name,
      ...shown,
      value: endMiB / halfMiB,
      of: 'of the memory at half',
      ...(bars ? { bar: ['most', 1.1] as const } : {}),
    },
  ];
}

const memory = await memoryOf(NAMES.kaze!, kaze, startedMiB, true);
await kaze.close();
await portkey?.measured.close();
const SMALL_HEAP = ['--max-semi-space-size=4', '--max-old-space-size=96'];
const variants: ReadonlyArray<readonly [string, readonly string[], readonly string[]]> = [
  [`the same, node ${SMALL_HEAP.join(' ')}`, [`postgres=${ledger.url}`], SMALL_HEAP],
  ['with the embedded ledger', [], []],
];
for (const [name, stores, flags] of variants) {
  const server = await startMeasured(at('kaze.ts'), [address, ...stores], flags);
  memory.push(...(await memoryOf(name, server, (await server.taken()).rssMiB, false)).slice(0, 1));
  await server.close();
}
const shared = await redis.start();
const withRedis = await startMeasured(at('kaze.ts'), [address, `postgres=${ledger.url}`, `redis=${shared.url}`]);
memory.push(
  ...(await memoryOf('with budgets and limits on Redis', withRedis, (await withRedis.taken()).rssMiB, false)).slice(
    0,
    1,
  ),
);
publish({ title: 'Gateway: memory of the process', findings: memory });
await withRedis.close();
await shared.stop();
await proxy.close();
load.close();
upstream.disconnect();
await ledger.stop();
