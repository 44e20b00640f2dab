import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CellProcess, QueryRefused, until } from '../../support/cell/cell-process.ts';
import { removeFolder } from '../../support/cell/remove-folder.ts';
import { Acknowledged, expectAllDoneOnce, keepBusy, readTasks, submit } from './busy-cell.ts';
import { RUNAWAY, RUNAWAY_SETTINGS, RUNAWAY_TASKS } from './runaway.ts';

const READ_LIMIT_MS = 1_500;
const FREE_WITHIN_MS = 5_000;
const SMALL = '{ agents(first: 5) { nodes { id } } }';

describe('the embedded graph under a running cell', { timeout: 600_000 }, () => {
  let folder: string;
  let cell: CellProcess;
  const acknowledged = new Acknowledged();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaze-engine-'));
    const settings = { ...RUNAWAY_SETTINGS, KAZE_API_READ_TIMEOUT_MS: String(READ_LIMIT_MS) };
    cell = new CellProcess(join(folder, 'data'), settings);
    await cell.start();
  }, 180_000);

  afterAll(async () => {
    await cell?.kill();
    await removeFolder(folder);
  });

  it('loses and repeats nothing when its process is killed under load, and is back by itself', async () => {
    const over = new AbortController();
    const forgive = (error: unknown): never => {
      throw error;
    };
    const busy = keepBusy(cell, { acknowledged, over: over.signal, forgive });
    const reading = (async () => {
      while (!over.signal.aborted) await cell.query(SMALL);
    })();
    for (let kill = 1; kill <= 3; kill++) {
      const before = acknowledged.tasks.size;
      const engine = await engineOf(cell);
      process.kill(engine, 'SIGKILL');
      // Writes go on without any error for their callers: they were retried on the reopened graph.
      await until(
        async () => acknowledged.tasks.size,
        (size) => size >= before + 5,
      );
      await until(
        () => cell.get('/readyz'),
        ({ status }) => status === 200,
        10_000,
      );
      expect(await engineOf(cell)).not.toBe(engine);
    }
    await until(
      async () => acknowledged.decided.size,
      (size) => size > 0,
    );
    over.abort();
    await Promise.all([busy, reading]);
    await expectAllDoneOnce(cell, acknowledged, 240_000);
  });

  it('ends a query that overruns its time, answers it on time, and is free again for everybody else', async () => {
    while (acknowledged.tasks.size < RUNAWAY_TASKS) acknowledged.tasks.add(await submit(cell, 'more'));
    const engine = await engineOf(cell);
    const began = performance.now();
    const runaway = refused(cell.query(RUNAWAY));
    const others = Promise.all([
      ...[1, 2, 3].map(() => cell.query(SMALL)),
      submit(cell, 'beside a runaway').then((id) => acknowledged.tasks.add(id)),
    ]);
    expect(await runaway).toMatch(/^KAZE_(GRAPH|API)_TIMEOUT$/);
    const answeredMs = performance.now() - began;
    expect(answeredMs).toBeLessThan(READ_LIMIT_MS + 1_500);
    expect(answeredMs).toBeGreaterThan(READ_LIMIT_MS - 100);
    await others;
    await until(
      async () => (await engineOf(cell).catch(() => engine)) !== engine && (await cell.get('/readyz')).status === 200,
      (free) => free,
      FREE_WITHIN_MS,
    );
    await cell.query(SMALL);
    expect(performance.now() - began - answeredMs).toBeLessThan(FREE_WITHIN_MS);
    expect(await readTasks(cell, acknowledged.tasks)).toHaveLength(acknowledged.tasks.size);
  });

  it('refuses a second cell on its folder, by name, and goes on', async () => {
    const second = await cell.kaze('start', '--port', '0', '--json');
    expect(second.code).toBe(1);
    const { error } = JSON.parse(second.stdout || second.stderr) as { error: { code: string; message: string } };
    expect(error.code).toBe('KAZE_GRAPH_LOCKED');
    expect(error.message).toContain(String(cell.pid));
    // Neither address nor anything else of the first one was touched.
    expect(cell.address()?.pid).toBe(cell.pid);
    expect((await cell.get('/readyz')).status).toBe(200);
    acknowledged.tasks.add(await submit(cell, 'after a second start'));
    await expectAllDoneOnce(cell, acknowledged, 240_000);
  });
});

async function refused(call: Promise<unknown>): Promise<string | undefined> {
  const error = await call.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return error instanceof QueryRefused ? error.code : `not refused: ${error}`;
}

/** The process that holds the graph: a child of the cell. */
async function engineOf(cell: CellProcess): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  for (const line of stdout.split('\n')) {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(parent) === cell.pid && /grafeo[\\/]child\.mjs/.test(args)) return Number(pid);
  }
  throw new Error('the cell has no process that holds its graph');
}
