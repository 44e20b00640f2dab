import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { makeVirtualKey } from '#gateway';
import { createMemoryVirtualKeys } from '#gateway/adapters/virtual-keys/memory';
import { createSqlVirtualKeys } from '#gateway/adapters/virtual-keys/sql';
import { migrate } from '#platform/adapters/database';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { virtualKeysContract } from './suite.ts';

async function newDatabase() {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-keys-'));
  const database = await openPgliteDatabase({ folder: join(folder, 'ledger') });
  const dispose = async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { database, dispose };
}

virtualKeysContract('PGlite', async () => {
  const { database, dispose } = await newDatabase();
  return { open: () => createSqlVirtualKeys({ database, migrate }), dispose };
});

virtualKeysContract('memory', async () => {
  const keys = createMemoryVirtualKeys();
  return { open: async () => keys, dispose: async () => {} };
});

it('keeps nothing in the database that a key could be made from, and refuses newer tables', async () => {
  const { database, dispose } = await newDatabase();
  try {
    const keys = await createSqlVirtualKeys({ database, migrate });
    const { secret, key, hash } = makeVirtualKey({ name: 'a', tenant: 'acme' }, Date.now());
    await keys.add(key, hash);
    const { rows } = await sql`select * from ${sql.id(database.schema, 'virtual_keys')}`.execute(database.kysely);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(secret.slice(8));
    expect(JSON.stringify(rows)).toContain(hash);
    const migrations = sql.id(database.schema, 'migrations');
    await sql`update ${migrations} set version = 99 where component = 'virtual-keys'`.execute(database.kysely);
    await expect(createSqlVirtualKeys({ database, migrate })).rejects.toMatchObject({
      code: 'KAZE_GATEWAY_KEYS_NEWER',
    });
  } finally {
    await dispose();
  }
});
