/**
 * What a task holds while its model call is in flight, in a process of its own that can be told to collect its garbage.
 * Each task is another agent's, since an agent does one at a time. Told `hold`, it queues them all; told `measure`, it
 * says what it holds beyond what it held before; told `end`, it waits until all are done.
 *
 *     waiting.ts UPSTREAM TASKS [postgres=URL]
 */
import { agentId } from '#agents';
import { Agent, systemPrincipal } from '#graph-schema';
import { MODEL, openBenchCell, QUESTION } from './cell.ts';

const [upstream, count, store] = process.argv.slice(2);
const tasks = Number(count);
const postgres = store?.startsWith('postgres=') ? store.slice('postgres='.length) : undefined;
const WARM_UP_TASKS = 60;
let word = '';

const { cell, runtime, settled, close } = await openBenchCell({
  ...{ upstream: upstream!, postgres, concurrency: tasks },
  async behave({ model }) {
    const messages = [{ role: 'user', content: `${QUESTION} ${word}` }] as const;
    const { text } = await model({
      messages,
      modelHint: { model: `openai/${MODEL}` },
      limits: { maxOutputTokens: 100 },
    });
    return { outputs: { result: text } };
  },
});
const client = await cell.client();
const names = Array.from({ length: tasks }, (_, at) => `free-${at}`);

/** As many agents as tasks, each as the client's own. */
async function hire(): Promise<void> {
  await cell.raw.transact(systemPrincipal('loader'), { why: 'bench' }, async (unit) => {
    const from = (await unit.get(Agent, client.agentIds.free))!;
    const skills = await unit.related(Agent, 'skills', from.id);
    const { scope, role, state, ramp, knowledge, restarts } = from;
    for (const name of names) {
      const id = agentId(client.tenant, name);
      unit.create(Agent, { id, scope, name, role, state, ramp, knowledge, restarts });
      unit.relate(Agent, 'skills', id, skills, { level: 'autonomous' });
    }
  });
}

interface Held {
  readonly heap: number;
  readonly resident: number;
}

function held(): Held {
  for (let times = 0; times < 3; times++) (globalThis as { gc?: () => void }).gc!();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}

async function submit(agents: readonly string[]): Promise<void> {
  for (const agent of agents) await client.submit({ agent });
  runtime.wake();
}

await hire();
await submit(names.slice(0, WARM_UP_TASKS));
await settled();
let before: Held;

const ORDERS: Record<string, () => Promise<object>> = {
  async hold() {
    before = held();
    word = 'held';
    await submit(names);
    return { queued: tasks };
  },
  async measure() {
    const now = held();
    const each = (kind: keyof Held) => (now[kind] - before[kind]) / 1_024 / tasks;
    return { running: runtime.running, heapKiB: each('heap'), residentKiB: each('resident') };
  },
  async end() {
    await settled();
    return { done: true };
  },
};
process.on('message', (order: string) => {
  ORDERS[order]!().then(
    (told) => process.send?.(told),
    (error: unknown) => process.send?.({ failure: error instanceof Error ? error.stack : String(error) }),
  );
});
process.once('disconnect', () => {
  void close().finally(() => process.exit(0));
});
process.send?.({ ready: true });
