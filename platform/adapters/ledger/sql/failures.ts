import { KazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';
import { classifySqlFailure, type SqlFailure } from '../../database/failures.ts';

const CODES = {
  unavailable: 'KAZE_LEDGER_UNAVAILABLE',
  access: 'KAZE_LEDGER_ACCESS',
  full: 'KAZE_LEDGER_FULL',
  other: 'KAZE_LEDGER_FAILED',
} as const satisfies Record<SqlFailure, string>;

const SENTENCES: Record<SqlFailure, string> = {
  unavailable: 'the ledger database does not answer',
  access: 'the ledger database refuses this user or database',
  full: 'the disk under the ledger database is full',
  other: 'the ledger database gave an unexpected error',
};

/** A failure of either engine as an error of ours. The native text stays in the cause: it may hold row contents. */
export function toLedgerError(error: unknown, operation: string): KazeError {
  if (error instanceof KazeError) return error;
  const failure = classifySqlFailure(error);
  const sqlState = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
  return platformErrors(CODES[failure], `${SENTENCES[failure]} (${operation})`, {
    cause: error,
    fields: { operation, sqlState },
  });
}
