/** The servers that the bench of the gateway measures, each a process of its own, and the load on them. */
import type { ChildProcess } from 'node:child_process';
import { postgres, type RunningServer } from '../../test/support/servers/index.ts';
import { forkBench, Load, messageOf } from '../load/index.ts';
import { PeerUnavailable } from '../peers/index.ts';
import { skip } from '../report.ts';
import { median, type Round, type Work } from '../rounds.ts';
import { type Measured, startMeasured } from './measured.ts';
import { startPortkey } from './portkey.ts';

export const CONNECTIONS = 16;
export const ROUNDS = 7;
export const ROUND_MS = 1_500;
/** Until the compiler of the virtual machine has seen enough: the gateway takes a third less time a call after so many. */
const WARM_UP_CALLS = 40_000;
const WARM_UP_MS = 20_000;

export type Dialect = 'openai' | 'anthropic';
export type Kind = 'plain' | 'paced';
type Headers = Readonly<Record<string, string>>;

export interface Target {
  /** As the tables call it. */
  readonly name: string;
  readonly port: number;
  readonly token: string;
  readonly headers?: Readonly<Record<Dialect, Headers>>;
  readonly server?: Measured;
}

/** A round with processor time of the server, and the times until the first byte of each answer. */
export interface GatewayRound extends Round {
  readonly firstTimesMs: readonly number[];
}

export interface WorkOptions {
  readonly kind?: Kind;
  /** Default OpenAI's. */
  readonly dialect?: Dialect;
  readonly forMs?: number;
  /** Ends earlier when so many were answered. */
  readonly requests?: number;
}

/** Where each dialect is spoken, and what says so. */
export const WIRES: Readonly<Record<Dialect, { path: string; model: string; headers: Headers }>> = {
  openai: { path: '/v1/chat/completions', model: 'openai/gpt-5.4-mini', headers: {} },
  anthropic: {
    ...{ path: '/v1/messages', model: 'anthropic/claude-haiku-4-5' },
    headers: { 'anthropic-version': '2023-06-01' },
  },
};

export interface Field {
  readonly upstream: ChildProcess;
  /** Of the model server. */
  readonly address: string;
  readonly ledger: RunningServer;
  readonly load: Load;
  readonly targets: Readonly<Record<string, Target>> & { readonly direct: Target; readonly kaze: Target };
  /** Resident memory before the first call. */
  readonly startedMiB: Readonly<Record<string, number>>;
  work(target: Target, options?: WorkOptions): Work;
  /** The same for every server that is there. */
  cases(options?: WorkOptions): Record<string, Work>;
  close(): Promise<void>;
}

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);

export function bodyOf(kind: Kind, dialect: Dialect = 'openai'): string {
  // In the words of the request, which every gateway passes on.
  const messages = [{ role: 'user', content: `Is invoice 4711 of 14 May paid? (${kind})` }];
  const more = kind === 'paced' ? { stream: true } : {};
  return JSON.stringify({ model: WIRES[dialect].model, messages, max_tokens: 100, ...more });
}

/** Starts `kaze gateway` with everything on; `args` as `kaze.ts` takes them. */
export function startKaze(address: string, args: readonly string[] = [], nodeFlags: readonly string[] = []) {
  return startMeasured(new URL('./kaze.ts', import.meta.url), [address, ...args], nodeFlags);
}

export function kazeTarget(server: Measured, tenant = 'acme'): Target {
  return { name: 'kaze gateway, everything on', port: server.port, token: server.secrets![tenant]!, server };
}

export async function openField(): Promise<Field> {
  const upstream = forkBench(new URL('./upstream.ts', import.meta.url));
  const { port } = await messageOf<{ port: number }>(upstream);
  const address = `http://127.0.0.1:${port}`;
  const load = new Load();
  const ledger = await postgres.start({ settings: { fsync: 'on' } });
  const proxy = await startMeasured(new URL('./bare-proxy.ts', import.meta.url), [address]);
  const kaze = await startKaze(address, [`postgres=${ledger.url}`, 'tenants=leaver']);
  const portkey = await startPortkey(address).catch((error: unknown) => {
    if (!(error instanceof PeerUnavailable)) throw error;
    skip('Portkey', error.message);
    return undefined;
  });
  const targets: Field['targets'] = {
    direct: { name: 'direct', port, token: 'sk-bench' },
    proxy: { name: 'bare node:http proxy', port: proxy.port, token: 'sk-bench', server: proxy },
    ...(portkey ? { portkey: { name: 'Portkey 1.15.2', ...portkey, server: portkey.measured } } : {}),
    kaze: kazeTarget(kaze),
  };
  const startedMiB: Record<string, number> = {};
  for (const [name, { server }] of Object.entries(targets)) {
    if (server) startedMiB[name] = (await server.taken()).rssMiB;
  }

  const work = (target: Target, options: WorkOptions = {}): Work => {
    const { kind = 'plain', dialect = 'openai', forMs = ROUND_MS, requests } = options;
    const { path, headers: own } = WIRES[dialect];
    const headers = { ...own, ...target.headers?.[dialect] };
    const order = { port: target.port, path, token: target.token, headers, body: bodyOf(kind, dialect) };
    return async (connections): Promise<GatewayRound> => {
      const before = await target.server?.taken();
      const { timesMs, firstTimesMs, wallMs, cpuMs } = await load.run({ ...order, connections, forMs, requests });
      const after = await target.server?.taken();
      return {
        ...{ timesMs: ascending(timesMs), firstTimesMs: ascending(firstTimesMs), wallMs, clientCpuMs: cpuMs },
        ...(before && after ? { serverCpuMs: after.cpuMs - before.cpuMs } : {}),
      };
    };
  };
  return {
    ...{ upstream, address, ledger, load, targets, startedMiB, work },
    cases: (options) =>
      Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, work(target, options)])),
    async close() {
      await kaze.close();
      await portkey?.measured.close();
      await proxy.close();
      load.close();
      upstream.disconnect();
      await ledger.stop();
    },
  };
}

/** Before the first figure: every server that is asked, whole and streamed. */
export async function warmUp({ targets, work }: Field, dialects: readonly Dialect[]): Promise<void> {
  for (const target of Object.values(targets)) {
    for (const dialect of dialects) {
      // Streams first: what the compiler assumed of whole answers would else be undone by them just before the figures.
      await work(target, { dialect, kind: 'paced', forMs: 2_000 })(CONNECTIONS);
      await work(target, { dialect, forMs: WARM_UP_MS, requests: WARM_UP_CALLS })(CONNECTIONS);
    }
  }
}

export const cpuPerCall = (rounds: readonly Round[]) =>
  median(rounds.map(({ serverCpuMs = Number.NaN, timesMs }) => serverCpuMs / timesMs.length));

export const cpuNote = (rounds: readonly Round[]) => {
  const ms = cpuPerCall(rounds);
  return Number.isNaN(ms) ? '' : `CPU ms a call ${ms.toFixed(3)}`;
};
