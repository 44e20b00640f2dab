import { isKazeError, type UsageRow } from '#platform';
import type { JournalOptions } from './options.ts';

/** A row that the ledger can never keep must not hold up all that come after it. */
export async function recordRows(
  { ledger, logger }: Pick<JournalOptions, 'ledger' | 'logger'>,
  rows: readonly UsageRow[],
): Promise<void> {
  try {
    await ledger.recordUsage(rows);
  } catch (error) {
    if (!isKazeError(error, 'KAZE_LEDGER_INPUT')) throw error;
    if (rows.length > 1) {
      for (const row of rows) await recordRows({ ledger, logger }, [row]);
      return;
    }
    logger.error({ attempt: rows[0]?.id, error: error.message }, 'gateway: the ledger cannot keep a usage row');
  }
}
