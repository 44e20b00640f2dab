import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { createPgliteLedger } from '#platform/adapters/ledger/pglite';
import { usage } from './rows.ts';
import { type LedgerPlace, ledgerContract } from './suite.ts';

async function newPlace(): Promise<LedgerPlace & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-ledger-'));
  return {
    folder,
    async open() {
      const database = await openPgliteDatabase({ folder: join(folder, 'ledger') });
      try {
        return { database, ledger: await createPgliteLedger({ database }) };
      } catch (error) {
        await database.close();
        throw error;
      }
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

ledgerContract('PGlite', newPlace);

test('loses nothing acknowledged when its process is killed in the middle of writing, round after round', {
  timeout: 180_000,
}, async () => {
  const place = await newPlace();
  let acknowledged = 0;
  try {
    for (let round = 0; round < 3; round += 1) {
      const script = join(import.meta.dirname, 'writer.ts');
      const args = ['--import', '@oxc-node/core/register', script, place.folder, `r${round}`];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'exit');
      onTestFinished(() => void child.kill('SIGKILL'));
      let lines = 0;
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged = Number(line);
        lines += 1;
        if (lines === 40 + round) child.kill('SIGKILL');
      }
      await ended;
      const { ledger, database } = await place.open();
      const result = await ledger.verifyAudit();
      const [sum] = await ledger.sumUsage({}, []);
      await database.close();
      expect(result.ok).toBe(true);
      expect(result.checked).toBeGreaterThanOrEqual(acknowledged);
      expect(sum!.calls).toBeGreaterThanOrEqual(acknowledged);
    }
    expect(acknowledged).toBeGreaterThanOrEqual(40 + 41 + 42);
  } finally {
    await place.dispose();
  }
});

test('refuses writing with a code before the disk is full, goes on reading, and writes again once there is room', {
  timeout: 60_000,
}, async () => {
  const place = await newPlace();
  const folder = join(place.folder, 'ledger');
  const { ledger: filling, database: first } = await place.open();
  await filling.recordUsage([usage('before')]);
  await first.close();
  const { bavail, bsize } = await statfs(place.folder);
  const ballast = join(place.folder, 'ballast');
  const mebibyte = 1024 * 1024;
  // A reserve that only just holds, and a file that breaks it: other work on this disk may move it by some MiB.
  const database = await openPgliteDatabase({ folder, reserveBytes: bavail * bsize - 128 * mebibyte });
  try {
    const ledger = await createPgliteLedger({ database });
    await writeFile(ballast, Buffer.alloc(mebibyte));
    await ledger.recordUsage([usage('room')]);
    const handle = await open(ballast, 'w');
    for (let i = 0; i < 256; i += 1) await handle.write(Buffer.alloc(mebibyte, 1));
    await handle.close();
    const full = { code: 'KAZE_LEDGER_FULL', retryable: true };
    await expect.poll(() => ledger.recordUsage([usage('full')]).catch((error: unknown) => error)).toMatchObject(full);
    // Other work on the disk may have let a row in before the one that was refused.
    expect((await ledger.usageRows({})).map((row) => row.id)).toEqual(expect.arrayContaining(['before', 'room']));
    expect(await ledger.healthy()).toBe(true);
    await rm(ballast);
    await expect
      .poll(() =>
        ledger.recordUsage([usage('after')]).then(
          () => 'written',
          () => 'refused',
        ),
      )
      .toBe('written');
    expect((await ledger.usageRows({})).map((row) => row.id).sort()).toContain('after');
  } finally {
    await database.close();
    await place.dispose();
  }
});
