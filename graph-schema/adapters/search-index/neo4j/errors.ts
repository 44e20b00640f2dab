import { isKazeError, type KazeError } from '#platform';
import { graphError } from '../../../errors.ts';

/** Whatever the server or the driver says: to the caller the index does not answer; the code tells operators why. */
export function searchFailure(error: unknown): KazeError {
  if (isKazeError(error)) return error;
  const native = (error as { code?: unknown }).code;
  const reason = typeof native === 'string' ? native : 'unknown';
  return graphError('KAZE_SEARCH_UNAVAILABLE', `the search index on Neo4j failed (${reason})`, {
    cause: error,
    fields: { reason },
  });
}
