import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { openPostgresDatabase } from '#platform/adapters/database/postgres';
import { createPostgresLedger } from '#platform/adapters/ledger/postgres';
import { freshDatabase } from '../../support/servers/databases.ts';
import { postgres } from '../../support/servers/index.ts';
import { entry, usage } from './rows.ts';
import { type LedgerPlace, ledgerContract } from './suite.ts';

async function newPlace(): Promise<LedgerPlace> {
  const { url, drop } = await freshDatabase(inject('servers').postgres);
  return {
    async open() {
      const database = openPostgresDatabase({ url });
      try {
        return { database, ledger: await createPostgresLedger({ database }) };
      } catch (error) {
        await database.close();
        throw error;
      }
    },
    dispose: drop,
  };
}

ledgerContract('PostgreSQL', newPlace);

test('keeps one chain when three processes start and append at once', { timeout: 120_000 }, async () => {
  const { url, drop } = await freshDatabase(inject('servers').postgres);
  const script = join(import.meta.dirname, 'writer.ts');
  const run = async (prefix: string) => {
    const args = ['--import', '@oxc-node/core/register', script, url, prefix, '100'];
    const [code] = await once(spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit');
    return code;
  };
  expect(await Promise.all(['p1', 'p2', 'p3'].map(run))).toEqual([0, 0, 0]);
  const database = openPostgresDatabase({ url });
  const ledger = await createPostgresLedger({ database });
  expect(await ledger.verifyAudit()).toMatchObject({ ok: true, checked: 300 });
  await database.close();
  await drop();
});

test('answers with a code while the server is away, and goes on by itself when it is back', {
  timeout: 120_000,
}, async () => {
  const server = await postgres.start();
  const database = openPostgresDatabase({ url: server.url, connectTimeoutMs: 1_000 });
  const ledger = await createPostgresLedger({ database });
  try {
    await ledger.appendAudit([entry('before')]);
    await server.kill();
    const started = Date.now();
    await expect(ledger.appendAudit([entry('away')])).rejects.toMatchObject({
      code: 'KAZE_LEDGER_UNAVAILABLE',
      retryable: true,
    });
    expect(Date.now() - started).toBeLessThan(6_000);
    expect(await ledger.healthy()).toBe(false);
    await server.restart();
    await expect.poll(() => ledger.healthy(), { timeout: 60_000 }).toBe(true);
    await ledger.appendAudit([entry('away'), entry('after')]);
    expect(await ledger.verifyAudit()).toMatchObject({ ok: true, checked: 3 });
  } finally {
    await database.close();
    await server.stop();
  }
});

test('a restart of the server under a busy ledger costs no acknowledged row and doubles none', {
  timeout: 120_000,
}, async () => {
  const server = await postgres.start();
  const database = openPostgresDatabase({ url: server.url, connectTimeoutMs: 1_000 });
  const ledger = await createPostgresLedger({ database });
  try {
    const acknowledged = new Set<string>();
    let going = true;
    const writers = [0, 1, 2, 3].map(async (writer) => {
      for (let i = 0; going; i += 1) {
        const id = `w${writer}-${i}`;
        await ledger.recordUsage([usage(id)]).then(
          () => acknowledged.add(id),
          (error) => expect(error.code).toBe('KAZE_LEDGER_UNAVAILABLE'),
        );
      }
    });
    await expect.poll(() => acknowledged.size).toBeGreaterThan(50);
    await server.restart();
    const atRestart = acknowledged.size;
    await expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(atRestart + 50);
    going = false;
    await Promise.all(writers);
    const [sum] = await ledger.sumUsage({}, []);
    expect(sum!.calls).toBeGreaterThanOrEqual(acknowledged.size);
    const stored = new Set<string>();
    for (let after: string | undefined; ; ) {
      const page = await ledger.usageRows({}, { limit: 1_000, after });
      for (const row of page) stored.add(row.id);
      if (page.length < 1_000) break;
      after = page.at(-1)!.id;
    }
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
  } finally {
    await database.close();
    await server.stop();
  }
});

test('says what is refused when the database or the user is wrong, without the password', async () => {
  const url = new URL(inject('servers').postgres);
  url.pathname = '/no_such_database';
  url.password = 'hunter2hunter2';
  const database = openPostgresDatabase({ url: url.href });
  const error = await createPostgresLedger({ database }).catch((reason: unknown) => reason);
  await database.close();
  expect(error).toMatchObject({ code: 'KAZE_LEDGER_ACCESS', retryable: false });
  expect(JSON.stringify(error)).not.toContain('hunter2');
});

test('gives up on a server that was never there once the start has waited its time', async () => {
  const database = openPostgresDatabase({ url: 'postgres://kaze@127.0.0.1:1/kaze' });
  const start = createPostgresLedger({ database, startTimeoutMs: 1_000 });
  await expect(start).rejects.toMatchObject({ code: 'KAZE_LEDGER_UNAVAILABLE' });
  await database.close();
});
