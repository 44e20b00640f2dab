/** 1,000 tasks, each with a call of a model in flight: what they hold in the process of the runtime. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { forkBench, messageOf } from '../load/index.ts';
import { type Finding, publish } from '../report.ts';

const TASKS = 1_000;
const LIMIT_KIB = 100;
const DEADLINE_MS = 300_000;

interface Told {
  readonly running: number;
  readonly heapKiB: number;
  readonly residentKiB: number;
}

async function ask<T>(child: ChildProcess, word: string): Promise<T> {
  child.send(word);
  const told = await messageOf<T | { readonly failure: string }>(child);
  if (told !== null && typeof told === 'object' && 'failure' in told) throw new Error(told.failure);
  return told as T;
}

/** @param ledger its address; without one the ledger is embedded */
export async function measureHeld(upstream: ChildProcess, address: string, ledger: string): Promise<void> {
  const args = [address, String(TASKS), `postgres=${ledger}`];
  const child = forkBench(new URL('waiting.ts', import.meta.url), args, ['--expose-gc']);
  await messageOf(child);
  await ask(child, 'hold');
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const { held } = await ask<{ held: number }>(upstream, 'count');
    if (held === TASKS) break;
    if (performance.now() > deadline) throw new Error(`only ${held} of ${TASKS} calls were in flight`);
    await wait(100);
  }
  const { running, heapKiB, residentKiB } = await ask<Told>(child, 'measure');
  if (running !== TASKS) throw new Error(`${running} of ${TASKS} tasks ran`);
  await ask(upstream, 'release');
  await ask(child, 'end');
  const finding: Finding = {
    ...{ case: 'task with a call in flight', callers: TASKS, p50Ms: 0, p95Ms: 0, perSecond: 0 },
    ...{ value: residentKiB, of: 'KiB resident a task', bar: ['most', LIMIT_KIB] },
    notes: `${heapKiB.toFixed(1)} KiB of heap and buffers`,
  };
  publish({
    title: 'Agents: memory of the Node process while tasks wait for a model, after collection',
    findings: [finding],
  });
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
