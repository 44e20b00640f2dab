// Appends to the ledger in the given folder or at the given address until it is killed, or `count` times, and prints
// the length of the chain after each acknowledged append.
import { join } from 'node:path';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { openPostgresDatabase } from '#platform/adapters/database/postgres';
import { createPgliteLedger } from '#platform/adapters/ledger/pglite';
import { createPostgresLedger } from '#platform/adapters/ledger/postgres';
import { entry, usage } from './rows.ts';

const [place = '', prefix = '', count = 'Infinity'] = process.argv.slice(2);
const onServer = place.startsWith('postgres:');
const database = onServer
  ? openPostgresDatabase({ url: place })
  : await openPgliteDatabase({ folder: join(place, 'ledger') });
const ledger = await (onServer ? createPostgresLedger({ database }) : createPgliteLedger({ database }));
for (let i = 0; i < Number(count); i += 1) {
  await ledger.recordUsage([usage(`${prefix}-${i}`)]);
  const [record] = await ledger.appendAudit([entry(`${prefix}-${i}`)]);
  console.log(record!.sequence);
}
await database.close();
