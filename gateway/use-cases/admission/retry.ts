import type { KazeError } from '#platform';
import type { GatewayPolicy } from '../../domain/flow/policy.ts';
import type { ModelErrorCode } from '../../errors.ts';

/**
 * What a failure asks for: `again`: the same model may do better; `key`: another key may; `model`: another model may;
 * `stop`: it would fail everywhere.
 */
export type Remedy = 'again' | 'key' | 'model' | 'stop';

const REMEDIES: Partial<Record<ModelErrorCode, Remedy>> = {
  KAZE_MODEL_OVERLOADED: 'again',
  KAZE_MODEL_UNREACHABLE: 'again',
  KAZE_MODEL_PROVIDER_FAILED: 'again',
  KAZE_MODEL_STREAM_BROKEN: 'again',
  KAZE_MODEL_BAD_ANSWER: 'again',
  KAZE_MODEL_TIMEOUT: 'again',
  KAZE_MODEL_CONNECT_TIMEOUT: 'again',
  KAZE_MODEL_FIRST_TOKEN_TIMEOUT: 'again',
  KAZE_MODEL_IDLE_TIMEOUT: 'again',
  KAZE_MODEL_RATE_LIMITED: 'key',
  KAZE_MODEL_CREDENTIAL_REFUSED: 'key',
  KAZE_MODEL_ACCOUNT_EXHAUSTED: 'key',
  KAZE_MODEL_CREDENTIAL_MISSING: 'model',
  KAZE_MODEL_UNKNOWN: 'model',
};

export function remedyFor(error: KazeError): Remedy {
  return REMEDIES[error.code as ModelErrorCode] ?? 'stop';
}

/** How long a key rests after a refusal, where the provider did not say. */
export const KEY_REST_MS: Partial<Record<string, number>> = {
  KAZE_MODEL_CREDENTIAL_REFUSED: 60_000,
  KAZE_MODEL_ACCOUNT_EXHAUSTED: 300_000,
};

export function retryAfterOf(error: KazeError): number | undefined {
  const { retryAfterMs } = error.fields;
  return typeof retryAfterMs === 'number' ? retryAfterMs : undefined;
}

/**
 * Full jitter (M. Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015), never before the provider
 * said. Undefined when it said longer than the policy waits.
 */
export function pauseMs(
  retries: GatewayPolicy['retries'],
  failure: { readonly number: number; readonly retryAfterMs: number | undefined },
  random: () => number,
): number | undefined {
  const { number, retryAfterMs = 0 } = failure;
  if (retryAfterMs > retries.maxBackoffMs) return undefined;
  const most = Math.min(retries.maxBackoffMs, retries.backoffMs * 2 ** (number - 1));
  return Math.max(retryAfterMs, random() * most);
}
