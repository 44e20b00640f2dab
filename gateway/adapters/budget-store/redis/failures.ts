import { isKazeError } from '#platform';
import { budgetError } from '../../../domain/budget/errors.ts';

/** What ioredis says when the server is away, slow, starting or full of old replicas: the same call may work later. */
const AWAY =
  /ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|timed out|Connection is closed|max retries|Stream isn't writeable|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|MISCONF|NOAUTH|WRONGPASS|NOPERM/i;

/** The one translation of a failure of Redis into ours. */
export function toBudgetError(error: unknown, operation: string): Error {
  if (isKazeError(error)) return error;
  const message = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  if (AWAY.test(message)) {
    return budgetError('KAZE_BUDGET_UNAVAILABLE', `the store of the budgets did not answer (${operation})`, {
      fields: { operation },
      cause: error,
    });
  }
  return budgetError('KAZE_BUDGET_FAILED', `the store of the budgets failed (${operation})`, {
    fields: { operation },
    cause: error,
  });
}
