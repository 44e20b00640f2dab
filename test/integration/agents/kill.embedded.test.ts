import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Outcome, openGraph, schema, systemPrincipal, Task } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const TASKS = 12;
const KILLS = 4;

let folder: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-kill-'));
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const log = async () => (await readFile(join(folder, 'log'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

function start(tasks?: number): ChildProcess {
  const args = ['--import', '@oxc-node/core/register', WORKER, join(folder, 'graph'), join(folder, 'log')];
  return spawn(process.execPath, [...args, ...(tasks ? [String(tasks)] : [])], { stdio: 'ignore' });
}

async function kill(process: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => process.once('exit', resolve));
  process.kill('SIGKILL');
  await gone;
}

it('loses no acknowledged task and does none twice when the process is killed again and again', {
  timeout: 180_000,
}, async () => {
  child = start(TASKS);
  const acknowledged = async () => (await log()).filter((line) => line.startsWith('acknowledged'));
  await expect.poll(async () => (await acknowledged()).length, { timeout: 60_000, interval: 20 }).toBe(TASKS);
  for (let round = 0; round < KILLS; round += 1) {
    const before = (await log()).length;
    // In the middle of steps: some lines after it began to work.
    await expect
      .poll(async () => (await log()).length, { timeout: 60_000, interval: 5 })
      .toBeGreaterThan(before + 4 + round);
    await kill(child);
    child = start();
  }
  await expect.poll(async () => (await log()).at(-1), { timeout: 90_000, interval: 50 }).toBe('settled');
  await kill(child);

  const engine = await createGrafeoEngine({ folder: join(folder, 'graph'), logger: silentLogger, clock: systemClock });
  const { store } = await openGraph({ engine, schema, clock: systemClock, logger: silentLogger });
  const principal = systemPrincipal('runtime');
  const ids = (await acknowledged()).map((line) => line.split(' ')[1]!);
  const tasks = await store.list(principal, Task, { limit: 1_000 });
  expect(tasks.map(({ id }) => id).sort()).toEqual([...ids].sort());
  const outcomes = await store.list(principal, Outcome, { limit: 1_000 });
  for (const id of ids) {
    const lines = (await log()).filter((line) => line.startsWith(id) && line.includes('attempt'));
    for (const name of ['one', 'two', 'three', 'four']) {
      const begun = lines.filter((line) => line.includes(` ${name} `));
      // A step that was killed between its work and its record is begun again; a recorded one never.
      const later = ['one', 'two', 'three', 'four'].slice(['one', 'two', 'three', 'four'].indexOf(name) + 1);
      const firstLater = lines.findIndex((line) => later.some((other) => line.includes(` ${other} `)));
      const lastBegun = lines.lastIndexOf(begun.at(-1)!);
      expect(begun.length).toBeGreaterThanOrEqual(1);
      if (firstLater >= 0) expect(lastBegun, `${name} was done again after it was kept`).toBeLessThan(firstLater);
    }
  }
  expect(tasks.filter(({ state }) => state !== 'delivered' && state !== 'awaiting_approval')).toEqual([]);
  expect(outcomes).toHaveLength(TASKS);
  await store.close();
});
