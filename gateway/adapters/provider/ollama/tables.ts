/** What Ollama's words mean here, one table each. */
import type { ChatResponse } from 'ollama';
import type { StopReason, Usage } from '../../../domain/response.ts';
import type { FailureRule } from '../translation/failures.ts';

/** A reason that is not listed counts as `end`; calls of tools have none of their own. */
export const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: 'end',
  length: 'length',
  load: 'end',
  unload: 'end',
};

/** Ollama gives its errors no names: status and wording are all there is. */
export const FAILURES: readonly FailureRule[] = [
  { says: /exceeds? the (available )?context|input length exceeds|context length/i, code: 'KAZE_MODEL_INPUT_TOO_LONG' },
  { says: /model .*not found|try pulling it/i, code: 'KAZE_MODEL_UNKNOWN' },
  { says: /server busy|too many (pending )?requests|maximum pending requests/i, code: 'KAZE_MODEL_OVERLOADED' },
  { says: /does not support (tools|thinking|chat|images|embed)/i, code: 'KAZE_MODEL_BAD_REQUEST' },
];

export function usageOf(wire: Partial<Pick<ChatResponse, 'prompt_eval_count' | 'eval_count'>>): Partial<Usage> {
  return {
    // Left out where the whole prompt was still in memory.
    ...(wire.prompt_eval_count === undefined ? {} : { inputTokens: wire.prompt_eval_count }),
    ...(wire.eval_count === undefined ? {} : { outputTokens: wire.eval_count }),
  };
}
