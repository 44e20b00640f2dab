import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CellProcess, until } from '../../support/cell/cell-process.ts';
import { removeFolder } from '../../support/cell/remove-folder.ts';
import { Acknowledged, expectAllDoneOnce, keepBusy, readTasks } from './busy-cell.ts';

/** A call that the kill cuts off was not acknowledged: whether it happened is open, and both are right. */
function forgiveCut(error: unknown): void {
  if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
}

export interface KillRounds {
  readonly rounds: number;
  /** The least and the most time that the cell works between two kills. */
  readonly workMs: readonly [number, number];
  readonly settings: () => Promise<Record<string, string>>;
}

/** How many tasks were worked off: one agent does them in their order, an interrupted one first. */
async function endedTasks(cell: CellProcess, { tasks }: Acknowledged): Promise<number> {
  const found = await readTasks(cell, tasks);
  return found.filter(({ state }) => state === 'awaiting_approval' || state === 'delivered').length;
}

/** Kills a busy cell again and again; the moment of each kill is drawn from a fixed sequence. */
export function killRounds({ rounds, workMs: [least, most], settings }: KillRounds): void {
  let folder: string;
  let cell: CellProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaze-kill-'));
    cell = new CellProcess(join(folder, 'data'), await settings());
    await cell.start();
  }, 300_000);

  afterAll(async () => {
    await cell?.kill();
    await removeFolder(folder);
  });

  it(`loses nothing acknowledged and delivers nothing twice over ${rounds} kills of a busy cell`, async () => {
    const acknowledged = new Acknowledged();
    for (let round = 1; round <= rounds; round++) {
      const gone = new AbortController();
      // A task is given up after ten interruptions without getting further, as it would be on a slow machine here.
      const endedBefore = round % 5 === 0 ? await endedTasks(cell, acknowledged) : undefined;
      const busy = keepBusy(cell, { acknowledged, over: gone.signal, forgive: forgiveCut });
      await new Promise((resolve) => setTimeout(resolve, least + ((round * 7_919) % (most - least))));
      // However slow the machine is, some work must have come as far as to a decision.
      if (round === rounds)
        await until(
          async () => acknowledged.decided.size,
          (size) => size > 0,
          240_000,
        );
      if (endedBefore !== undefined)
        await until(
          () => endedTasks(cell, acknowledged),
          (count) => count > endedBefore,
          240_000,
        );
      await cell.kill();
      gone.abort();
      await busy;
      await cell.start();
      const found = await readTasks(cell, acknowledged.tasks);
      expect(found, `after kill ${round}`).toHaveLength(acknowledged.tasks.size);
    }
    expect(acknowledged.tasks.size).toBeGreaterThan(rounds);
    await expectAllDoneOnce(cell, acknowledged, 480_000);
  }, 1_800_000);
}
