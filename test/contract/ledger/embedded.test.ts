import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { createPgliteLedger } from '#platform/adapters/ledger/pglite';
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
