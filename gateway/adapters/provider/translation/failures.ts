import { isKazeError, type KazeError } from '#platform';
import type { ModelInfo } from '../../../domain/model.ts';
import { type ModelErrorCode, modelError } from '../../../errors.ts';
import { factsOf, type UpstreamFacts, UpstreamFailure } from './upstream.ts';

/** One line of a vendor's table. Every field that is given must hold; the first line that does decides. */
export interface FailureRule {
  readonly status?: number;
  /** The vendor's own name for it. */
  readonly type?: string;
  readonly says?: RegExp;
  readonly code: ModelErrorCode;
}

/** What statuses mean where a vendor's own table says nothing. */
const BY_STATUS: Readonly<Record<number, ModelErrorCode>> = {
  400: 'KAZE_MODEL_BAD_REQUEST',
  401: 'KAZE_MODEL_CREDENTIAL_REFUSED',
  402: 'KAZE_MODEL_ACCOUNT_EXHAUSTED',
  403: 'KAZE_MODEL_CREDENTIAL_REFUSED',
  404: 'KAZE_MODEL_UNKNOWN',
  405: 'KAZE_MODEL_BAD_REQUEST',
  408: 'KAZE_MODEL_TIMEOUT',
  409: 'KAZE_MODEL_OVERLOADED',
  413: 'KAZE_MODEL_INPUT_TOO_LONG',
  415: 'KAZE_MODEL_BAD_REQUEST',
  422: 'KAZE_MODEL_BAD_REQUEST',
  429: 'KAZE_MODEL_RATE_LIMITED',
  503: 'KAZE_MODEL_OVERLOADED',
  504: 'KAZE_MODEL_TIMEOUT',
  529: 'KAZE_MODEL_OVERLOADED',
};

/** Node's and undici's names for a connection that did not come about or broke. */
const NETWORK = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CLOSED', 'UND_ERR_DESTROYED', 'CERT_HAS_EXPIRED'],
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]);
const CONNECT = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);
const TIMEOUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** What the message says of each; the vendor's own words stay out of it. */
const SENTENCES: Partial<Record<ModelErrorCode, string>> = {
  KAZE_MODEL_BAD_REQUEST: 'refused the request as not well formed',
  KAZE_MODEL_CREDENTIAL_REFUSED: 'refused the key',
  KAZE_MODEL_ACCOUNT_EXHAUSTED: 'has no credit left for the account of this key',
  KAZE_MODEL_UNKNOWN: 'does not have the model, or not for this key',
  KAZE_MODEL_TIMEOUT: 'did not answer in time',
  KAZE_MODEL_CONNECT_TIMEOUT: 'could not be reached in time',
  KAZE_MODEL_INPUT_TOO_LONG: 'finds the input longer than the model takes',
  KAZE_MODEL_RATE_LIMITED: 'takes no more calls with this key for now',
  KAZE_MODEL_OVERLOADED: 'is overloaded',
  KAZE_MODEL_UNREACHABLE: 'could not be reached',
  KAZE_MODEL_CONTENT_FILTERED: 'refused the request by its rules on content',
  KAZE_MODEL_STREAM_BROKEN: 'broke off its stream before the answer was whole',
  KAZE_MODEL_BAD_ANSWER: 'answered what its interface does not allow',
  KAZE_MODEL_PROVIDER_FAILED: 'failed',
};

export interface FailureContext {
  readonly provider: string;
  readonly model: ModelInfo;
  readonly keyId: string | undefined;
  /** The vendor's table. */
  readonly rules: readonly FailureRule[];
}

/** Our error for whatever an SDK threw. Carries neither the vendor's words nor its error as a cause. */
export function failureOf(error: unknown, context: FailureContext): KazeError {
  if (isKazeError(error)) return error;
  const facts = upstreamFacts(error);
  if (facts) return coded(codeOf(facts, context.rules), context, facts);
  const network = networkReason(error);
  if (network) return coded(network.code, context, { reason: network.reason });
  if (error instanceof SyntaxError) return coded('KAZE_MODEL_BAD_ANSWER', context, { reason: 'not-json' });
  return coded('KAZE_MODEL_PROVIDER_FAILED', context, { reason: errorName(error) });
}

export function coded(
  code: ModelErrorCode,
  { provider, model, keyId }: Pick<FailureContext, 'provider' | 'model' | 'keyId'>,
  about: Partial<UpstreamFacts> & { readonly reason?: string; readonly tool?: string } = {},
): KazeError {
  const { status, types = [], retryAfterMs, tool } = about;
  const reason = about.reason ?? types[0];
  const told = [status ? `status ${status}` : '', reason ?? ''].filter((one) => one !== '').join(', ');
  return modelError(
    code,
    `${provider} ${SENTENCES[code] ?? 'failed'}, called for ${model.name}${told ? ` (${told})` : ''}`,
    {
      fields: {
        ...{ provider, model: model.name, key: keyId, status: status ?? undefined, reason, tool },
        retryAfterMs: retryAfterMs ?? undefined,
      },
    },
  );
}

export function codeOf(facts: UpstreamFacts, rules: readonly FailureRule[]): ModelErrorCode {
  const rule = rules.find(
    ({ status, type, says }) =>
      (status === undefined || status === facts.status) &&
      (type === undefined || facts.types.includes(type)) &&
      (says === undefined || says.test(facts.says)),
  );
  if (rule) return rule.code;
  if (facts.types.includes('connect-late')) return 'KAZE_MODEL_CONNECT_TIMEOUT';
  return BY_STATUS[facts.status ?? 0] ?? 'KAZE_MODEL_PROVIDER_FAILED';
}

/** Facts of our own fetch, or of an error that came as an event of a stream (the SDKs wrap both). */
function upstreamFacts(error: unknown): UpstreamFacts | undefined {
  for (const one of chain(error)) {
    if (one instanceof UpstreamFailure) return one.facts;
    const body = (one as { error?: unknown }).error;
    if (typeof body === 'object' && body !== null) return factsOf(statusOf(one), { error: body, ...body });
    // Google's SDK: the body stands in the message, after some words.
    if (one.name === 'ApiError') return factsOf(statusOf(one), one.message.slice(one.message.indexOf('{')));
  }
  return undefined;
}

function statusOf(error: object): number | null {
  const { status } = error as { status?: unknown };
  return typeof status === 'number' ? status : null;
}

function networkReason(error: unknown): { code: ModelErrorCode; reason: string } | undefined {
  for (const one of chain(error)) {
    const { code } = one as { code?: unknown };
    if (typeof code === 'string' && NETWORK.has(code)) return { code: 'KAZE_MODEL_UNREACHABLE', reason: code };
    if (typeof code === 'string' && CONNECT.has(code)) return { code: 'KAZE_MODEL_CONNECT_TIMEOUT', reason: code };
    if (typeof code === 'string' && TIMEOUT.has(code)) return { code: 'KAZE_MODEL_TIMEOUT', reason: code };
    if (/Timeout/.test(one.constructor.name)) return { code: 'KAZE_MODEL_TIMEOUT', reason: one.constructor.name };
  }
  const fetchFailed = chain(error).some(
    (one) => one instanceof TypeError && /fetch failed|terminated/.test(one.message),
  );
  return fetchFailed ? { code: 'KAZE_MODEL_UNREACHABLE', reason: 'connection' } : undefined;
}

function chain(error: unknown): Error[] {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && found.length < 6; at = at.cause) found.push(at);
  return found;
}

function errorName(error: unknown): string | undefined {
  return error instanceof Error && /^\w{1,40}$/.test(error.constructor.name) ? error.constructor.name : undefined;
}
