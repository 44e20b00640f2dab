// Begins and ends attempts in the journal of the given folder until it is killed, and prints the id of each one begun
// and ended. The ledger is a file with a line per row; it takes nothing in the mode `away`.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { platformErrors, silentLogger, systemClock, type UsageRow } from '#platform';
import { openJournal } from '../../../../gateway/use-cases/journal/journal.ts';
import { usage } from '../../../contract/ledger/rows.ts';

const [folder = '', prefix = '', mode = ''] = process.argv.slice(2);
const ledger = {
  async recordUsage(rows: readonly UsageRow[]) {
    if (mode === 'away') throw platformErrors('KAZE_LEDGER_UNAVAILABLE', 'away');
    await appendFile(join(folder, 'ledger'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  },
};
const sizes = { segmentBytes: 20_000, batchRows: 7, batchDelayMs: 5 };
const journal = await openJournal({
  folder: join(folder, 'journal'),
  ledger,
  clock: systemClock,
  logger: silentLogger,
  ...sizes,
});
for (let i = 0; ; i += 1) {
  const id = `${prefix}-${i}`;
  await journal.begin(usage(id, { outcome: 'lost', costMicros: 1_000, reservedMicros: 1_000 }));
  process.stdout.write(`begun ${id}\n`);
  if (i % 10 !== 3) {
    await journal.end(usage(id, { costMicros: 7 }));
    process.stdout.write(`ended ${id}\n`);
  }
}
