import type { JudgedFilter, Ledger } from '#platform';
import { type ChoiceReport, choiceReports } from '../../domain/choice/report.ts';

/** Which models were chosen for what, and how it turned out. Errors: those of the ledger. */
export async function readChoiceReports(
  ledger: Pick<Ledger, 'sumUsage' | 'judgedUse'>,
  filter: Omit<JudgedFilter, 'latest'>,
): Promise<readonly ChoiceReport[]> {
  const [sums, uses] = await Promise.all([
    ledger.sumUsage(filter, ['taskType', 'provider', 'model']),
    ledger.judgedUse(filter),
  ]);
  return choiceReports(sums, uses);
}
