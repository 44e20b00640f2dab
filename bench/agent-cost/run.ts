/** What a durable task of an agent costs the Node process, beside the bare loop that makes the same two calls. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { postgres } from '../../test/support/servers/index.ts';
import { forkBench, messageOf } from '../load/index.ts';
import { type Finding, publish } from '../report.ts';
import { median } from '../rounds.ts';
import { measureHeld } from './held.ts';

const ROUNDS = 5;
const TASKS = 60;
const WARM_UP_TASKS = 200;

interface Told {
  readonly cpuMs: number;
  readonly wallMs: number;
}

const at = (name: string) => new URL(name, import.meta.url);
const upstream = forkBench(at('../gateway/upstream.ts'));
const { port } = await messageOf<{ port: number }>(upstream);
const address = `http://127.0.0.1:${port}`;
const ledger = await postgres.start({ settings: { fsync: 'on' } });

async function runnerOf(...args: string[]): Promise<ChildProcess> {
  const child = forkBench(at('tasks.ts'), args);
  await messageOf(child);
  return child;
}

const CASES = {
  bare: await runnerOf('bare', address),
  postgres: await runnerOf('kaze', address, `postgres=${ledger.url}`),
  embedded: await runnerOf('kaze', address),
};
type Case = keyof typeof CASES;
const NAMES: Record<Case, string> = {
  bare: 'bare loop on fetch',
  postgres: 'task of an agent, ledger on PostgreSQL',
  embedded: 'task of an agent, ledger on PGlite',
};

async function run(name: Case, tasks: number): Promise<Told> {
  CASES[name].send(tasks);
  const told = await messageOf<Told | { readonly failure: string }>(CASES[name]);
  if ('failure' in told) throw new Error(`${NAMES[name]}: ${told.failure}`);
  return { cpuMs: told.cpuMs / tasks, wallMs: told.wallMs / tasks };
}

const names = Object.keys(CASES) as Case[];
for (const name of names) await run(name, WARM_UP_TASKS);
const seen: Record<Case, Told[]> = { bare: [], postgres: [], embedded: [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const name of round % 2 === 0 ? names : [...names].reverse()) seen[name].push(await run(name, TASKS));
}
publish({
  title: 'Agents: a task of two calls of a model and one tool, durable; times are CPU of the Node process a task',
  findings: names.map((name): Finding => {
    const cpu = seen[name].map(({ cpuMs }) => cpuMs).sort((a, b) => a - b);
    const wallMs = median(seen[name].map((one) => one.wallMs));
    const shown = { case: NAMES[name], callers: 1, p50Ms: median(cpu), p95Ms: cpu.at(-1)!, perSecond: 1_000 / wallMs };
    if (name === 'bare') return shown;
    const value = median(seen[name].map(({ cpuMs }, index) => cpuMs / seen.bare[index]!.cpuMs));
    return { ...shown, value, of: 'CPU of the bare loop', bar: ['most', 6] };
  }),
});
for (const child of Object.values(CASES)) {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
await measureHeld(upstream, address, ledger.url);
upstream.disconnect();
await ledger.stop();
