/** What Anthropic's words mean here, one table each. */
import type Anthropic from '@anthropic-ai/sdk';
import type { StopReason, Usage } from '../../../domain/response.ts';
import type { FailureRule } from '../translation/failures.ts';

/** A reason that is not listed counts as `end`. */
export const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  end_turn: 'end',
  stop_sequence: 'end',
  pause_turn: 'end',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content-filter',
} satisfies Record<Anthropic.StopReason, StopReason>;

export const FAILURES: readonly FailureRule[] = [
  { type: 'rate_limit_error', code: 'KAZE_MODEL_RATE_LIMITED' },
  { type: 'overloaded_error', code: 'KAZE_MODEL_OVERLOADED' },
  { type: 'authentication_error', code: 'KAZE_MODEL_CREDENTIAL_REFUSED' },
  { type: 'permission_error', code: 'KAZE_MODEL_CREDENTIAL_REFUSED' },
  { type: 'billing_error', code: 'KAZE_MODEL_ACCOUNT_EXHAUSTED' },
  { type: 'not_found_error', code: 'KAZE_MODEL_UNKNOWN' },
  { type: 'timeout_error', code: 'KAZE_MODEL_TIMEOUT' },
  { type: 'request_too_large', code: 'KAZE_MODEL_INPUT_TOO_LONG' },
  {
    type: 'invalid_request_error',
    says: /prompt is too long|exceeds? the maximum.*tokens|context (window|limit)/i,
    code: 'KAZE_MODEL_INPUT_TOO_LONG',
  },
  { type: 'invalid_request_error', says: /credit balance is too low/i, code: 'KAZE_MODEL_ACCOUNT_EXHAUSTED' },
  { type: 'invalid_request_error', says: /content filter(ing)? policy/i, code: 'KAZE_MODEL_CONTENT_FILTERED' },
  { type: 'invalid_request_error', code: 'KAZE_MODEL_BAD_REQUEST' },
  { type: 'api_error', code: 'KAZE_MODEL_PROVIDER_FAILED' },
];

type WireUsage = Pick<Anthropic.Usage, 'output_tokens'> &
  Partial<
    Pick<Anthropic.MessageDeltaUsage, 'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens'>
  > & {
    readonly cache_creation?: Anthropic.Usage['cache_creation'];
    readonly output_tokens_details?: Anthropic.Usage['output_tokens_details'];
  };

/** Anthropic counts cached input apart from the rest; here it is part of the whole. */
export function usageOf(wire: WireUsage): Partial<Usage> {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = wire;
  const hour = wire.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  const thought = wire.output_tokens_details?.thinking_tokens;
  const cached = cache_read_input_tokens ?? 0;
  const written = cache_creation_input_tokens ?? 0;
  // In mid-stream only the output is told again.
  const input =
    typeof input_tokens === 'number'
      ? { inputTokens: input_tokens + cached + written, cachedTokens: cached, cacheWriteTokens: written }
      : {};
  return {
    ...input,
    outputTokens: output_tokens,
    ...(hour > 0 ? { cacheWriteHourTokens: hour } : {}),
    ...(typeof thought === 'number' ? { reasoningTokens: thought } : {}),
  };
}
