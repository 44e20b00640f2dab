import { isKazeError, type KazeError, type Logger } from '#platform';
import { httpError } from './errors.ts';

/** Whose clients are answered: each parses errors of its own shape. */
export type Dialect = 'openai' | 'anthropic';

export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  429: 'rate_limit_error',
};
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};
/** Codes of ours about which a field of the request is named where nobody else names one. */
const PARAMS: Readonly<Record<string, string>> = {
  KAZE_MODEL_UNKNOWN: 'model',
  KAZE_MODEL_NONE_SUITABLE: 'model',
  KAZE_MODEL_INPUT_TOO_LONG: 'messages',
};
const MIN_WAIT_MS = 1_000;

/** What is not ours, or a defect, becomes one sentence with a reference; the log gets where, never what was said. */
export function publicError(error: unknown, requestId: string, logger: Logger): KazeError {
  if (isKazeError(error) && error.kind !== 'internal') return error;
  const { name, stack } = error instanceof Error ? error : new Error('thrown');
  const where = (stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const code = isKazeError(error) ? error.code : undefined;
  logger.error({ requestId, name, code, where }, 'gateway: a request met a defect');
  return httpError('KAZE_GATEWAY_INTERNAL', `an error of the gateway itself; its reference is ${requestId}`);
}

export function errorReply(error: KazeError, dialect: Dialect, requestId: string): ErrorReply {
  const { status, retryable } = error;
  const headers: Record<string, string> = { 'x-should-retry': String(retryable) };
  const waitMs = waitOf(error);
  if (waitMs !== undefined) {
    headers['retry-after'] = String(Math.ceil(waitMs / 1_000));
    headers['retry-after-ms'] = String(Math.ceil(waitMs));
  }
  // The rest of what was being sent is not waited for; and a gateway that ends keeps no connection.
  if (status === 408 || error.code === 'KAZE_GATEWAY_STOPPING') headers.connection = 'close';
  if (status === 401) headers['www-authenticate'] = 'Bearer realm="kaze"';
  return { status, headers, body: errorBody(error, dialect, requestId) };
}

/** The same within a stream that has begun. */
export function errorBody(error: KazeError, dialect: Dialect, requestId: string): Record<string, unknown> {
  const { status, code, message, fields } = error;
  const server = status >= 500;
  if (dialect === 'anthropic') {
    const type = ANTHROPIC_TYPES[status] ?? (server ? 'api_error' : 'invalid_request_error');
    return { type: 'error', error: { type, message, code }, request_id: requestId };
  }
  const type = OPENAI_TYPES[status] ?? (server ? 'server_error' : 'invalid_request_error');
  const param = typeof fields.param === 'string' ? fields.param : (PARAMS[code] ?? null);
  return { error: { message, type, param, code } };
}

function waitOf({ status, retryable, fields }: KazeError): number | undefined {
  const { retryAfterMs } = fields;
  if (typeof retryAfterMs === 'number' && retryAfterMs >= 0) return retryAfterMs;
  return status === 429 || (status === 503 && retryable) ? MIN_WAIT_MS : undefined;
}
