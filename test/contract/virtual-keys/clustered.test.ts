import { inject } from 'vitest';
import { createSqlVirtualKeys } from '#gateway/adapters/virtual-keys/sql';
import { migrate } from '#platform/adapters/database';
import { openPostgresDatabase } from '#platform/adapters/database/postgres';
import { freshDatabase } from '../../support/servers/databases.ts';
import { virtualKeysContract } from './suite.ts';

virtualKeysContract('PostgreSQL', async () => {
  const { url, drop } = await freshDatabase(inject('servers').postgres);
  const opened: Array<{ close(): Promise<void> }> = [];
  return {
    open: () => {
      const database = openPostgresDatabase({ url });
      opened.push(database);
      return createSqlVirtualKeys({ database, migrate });
    },
    dispose: async () => {
      for (const database of opened) await database.close();
      await drop();
    },
  };
});
