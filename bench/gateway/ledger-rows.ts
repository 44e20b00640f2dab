import { silentLogger, type UsageRow } from '#platform';
import { openPostgresDatabase } from '#platform/adapters/database/postgres';
import { createPostgresLedger } from '#platform/adapters/ledger/postgres';

const FED_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 200;

/** The usage rows of a tenant, once the journal has fed as many as are expected, or 15 s later; at most 1,000. */
export async function rowsOf(url: string, tenant: string, expected: number): Promise<readonly UsageRow[]> {
  const database = openPostgresDatabase({ url, schema: 'kaze', logger: silentLogger });
  const ledger = await createPostgresLedger({ database });
  try {
    const end = performance.now() + FED_WITHIN_MS;
    for (;;) {
      const rows = await ledger.usageRows({ tenant }, { limit: 1_000 });
      if (rows.length >= expected || performance.now() > end) return rows;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  } finally {
    await ledger.close();
    await database.close();
  }
}
