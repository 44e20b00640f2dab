/**
 * What a failure of either SQL engine means for the caller:
 * - `unavailable`: no connection, lost, restarting, overloaded or too slow; the same call may succeed later
 * - `access`: the server answers but refuses user, password, database or permission
 * - `full`: no space, or a quota is reached
 * - `other`: a defect of ours, or something nobody foresaw
 */
export type SqlFailure = 'unavailable' | 'access' | 'full' | 'other';

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** Texts of failures that `pg`, `pg-pool` and PGlite give without any code. */
const UNCODED =
  /connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|timeout expired|query read timeout|pglite is clos|pglite failed|driver has already been destroyed|cannot use a pool after/i;

/** Classifies by SQLSTATE (PostgreSQL's appendix A), by the network's code, and by text where there is no code. */
export function classifySqlFailure(error: unknown): SqlFailure {
  if (error instanceof AggregateError && error.errors.length > 0) return classifySqlFailure(error.errors[0]);
  const code = codeOf(error);
  if (code !== undefined) {
    if (NETWORK.has(code) || code.startsWith('08') || code.startsWith('57P') || code === '57014') return 'unavailable';
    if (code === '53100' || code === 'ENOSPC' || code === 'EDQUOT') return 'full';
    // 53xxx: too many connections, out of memory; 40xxx: deadlock and serialisation; 55P03: lock not available.
    if (code.startsWith('53') || code.startsWith('40') || code === '55P03' || code === '25006') return 'unavailable';
    if (code.startsWith('28') || code === '3D000' || code === '42501') return 'access';
    return 'other';
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return UNCODED.test(text) ||
    text.startsWith('ExitStatus') ||
    text.startsWith('RuntimeError') ||
    text.includes('Aborted(')
    ? 'unavailable'
    : 'other';
}

function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code !== '' ? code : undefined;
}
