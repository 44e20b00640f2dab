/** What the words of OpenAI's interface mean here, one table each; Azure and compatible servers use the same ones. */
import type { ChatCompletion } from 'openai/resources/chat/completions';
import type { CompletionUsage } from 'openai/resources/completions';
import type { StopReason, Usage } from '../../../domain/response.ts';
import type { FailureRule } from '../translation/failures.ts';

/** A reason that is not listed counts as `end`. */
export const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: 'end',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
} satisfies Record<ChatCompletion.Choice['finish_reason'], StopReason>;

export const FAILURES: readonly FailureRule[] = [
  { type: 'insufficient_quota', code: 'KAZE_MODEL_ACCOUNT_EXHAUSTED' },
  { type: 'billing_hard_limit_reached', code: 'KAZE_MODEL_ACCOUNT_EXHAUSTED' },
  { type: 'rate_limit_exceeded', code: 'KAZE_MODEL_RATE_LIMITED' },
  { type: 'context_length_exceeded', code: 'KAZE_MODEL_INPUT_TOO_LONG' },
  { type: 'string_above_max_length', code: 'KAZE_MODEL_INPUT_TOO_LONG' },
  { type: 'content_filter', code: 'KAZE_MODEL_CONTENT_FILTERED' },
  { type: 'content_policy_violation', code: 'KAZE_MODEL_CONTENT_FILTERED' },
  // Azure, below the code `content_filter`.
  { type: 'ResponsibleAIPolicyViolation', code: 'KAZE_MODEL_CONTENT_FILTERED' },
  { type: 'invalid_api_key', code: 'KAZE_MODEL_CREDENTIAL_REFUSED' },
  { type: 'model_not_found', code: 'KAZE_MODEL_UNKNOWN' },
  // Azure.
  { type: 'DeploymentNotFound', code: 'KAZE_MODEL_UNKNOWN' },
  { type: 'server_overloaded', code: 'KAZE_MODEL_OVERLOADED' },
  // Servers of one's own (vLLM, llama.cpp) give no code for it.
  {
    status: 400,
    says: /maximum context length|context (window|size)|too many tokens/i,
    code: 'KAZE_MODEL_INPUT_TOO_LONG',
  },
  { type: 'server_error', code: 'KAZE_MODEL_PROVIDER_FAILED' },
];

export function usageOf(wire: CompletionUsage): Usage {
  const { prompt_tokens_details: input, completion_tokens_details: output } = wire;
  return {
    inputTokens: wire.prompt_tokens,
    outputTokens: wire.completion_tokens,
    cachedTokens: input?.cached_tokens ?? 0,
    cacheWriteTokens: input?.cache_write_tokens ?? 0,
    reasoningTokens: output?.reasoning_tokens ?? 0,
  };
}
