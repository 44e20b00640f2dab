/** What the words of Google's interface mean here, one table each. */
import type { FinishReason, GenerateContentResponseUsageMetadata } from '@google/genai';
import type { StopReason, Usage } from '../../../domain/response.ts';
import type { ModelErrorCode } from '../../../errors.ts';
import type { FailureRule } from '../translation/failures.ts';

type Reason = Exclude<`${FinishReason}`, 'FINISH_REASON_UNSPECIFIED'>;

const stops = {
  STOP: 'end',
  MAX_TOKENS: 'length',
  // It could go on from there in a call of its own.
  CONTINUATION: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  LANGUAGE: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
} as const satisfies Partial<Record<Reason, StopReason>>;

/** A reason that is in neither table counts as `end`. */
export const STOP_REASONS: Readonly<Record<string, StopReason>> = stops;

/** Reasons that are failures: what came with them is no answer. */
export const STOP_FAILURES: Readonly<Record<string, ModelErrorCode>> = {
  MALFORMED_FUNCTION_CALL: 'KAZE_MODEL_BAD_ANSWER',
  UNEXPECTED_TOOL_CALL: 'KAZE_MODEL_BAD_ANSWER',
  TOO_MANY_TOOL_CALLS: 'KAZE_MODEL_BAD_ANSWER',
  NO_IMAGE: 'KAZE_MODEL_PROVIDER_FAILED',
  IMAGE_OTHER: 'KAZE_MODEL_PROVIDER_FAILED',
  OTHER: 'KAZE_MODEL_PROVIDER_FAILED',
} satisfies Record<Exclude<Reason, keyof typeof stops>, ModelErrorCode>;

export const FAILURES: readonly FailureRule[] = [
  { type: 'API_KEY_INVALID', code: 'KAZE_MODEL_CREDENTIAL_REFUSED' },
  { type: 'UNAUTHENTICATED', code: 'KAZE_MODEL_CREDENTIAL_REFUSED' },
  { type: 'PERMISSION_DENIED', code: 'KAZE_MODEL_CREDENTIAL_REFUSED' },
  { type: 'RESOURCE_EXHAUSTED', says: /billing|prepayment credits/i, code: 'KAZE_MODEL_ACCOUNT_EXHAUSTED' },
  { type: 'RESOURCE_EXHAUSTED', code: 'KAZE_MODEL_RATE_LIMITED' },
  { type: 'UNAVAILABLE', code: 'KAZE_MODEL_OVERLOADED' },
  { type: 'DEADLINE_EXCEEDED', code: 'KAZE_MODEL_TIMEOUT' },
  { type: 'NOT_FOUND', code: 'KAZE_MODEL_UNKNOWN' },
  {
    type: 'INVALID_ARGUMENT',
    says: /token count .*exceeds|exceeds the maximum number of (input )?tokens/i,
    code: 'KAZE_MODEL_INPUT_TOO_LONG',
  },
  { type: 'FAILED_PRECONDITION', says: /billing/i, code: 'KAZE_MODEL_ACCOUNT_EXHAUSTED' },
  { type: 'FAILED_PRECONDITION', code: 'KAZE_MODEL_BAD_REQUEST' },
  { type: 'INVALID_ARGUMENT', code: 'KAZE_MODEL_BAD_REQUEST' },
  { type: 'INTERNAL', code: 'KAZE_MODEL_PROVIDER_FAILED' },
];

/** Google counts thoughts apart from the answer, and what tools put into the prompt apart from it. */
export function usageOf(wire: GenerateContentResponseUsageMetadata): Partial<Usage> {
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount = 0, toolUsePromptTokenCount = 0 } = wire;
  return {
    ...(promptTokenCount === undefined ? {} : { inputTokens: promptTokenCount + toolUsePromptTokenCount }),
    // Told only once there is output.
    ...(candidatesTokenCount === undefined && thoughtsTokenCount === 0
      ? {}
      : { outputTokens: (candidatesTokenCount ?? 0) + thoughtsTokenCount }),
    cachedTokens: wire.cachedContentTokenCount ?? 0,
    reasoningTokens: thoughtsTokenCount,
  };
}
