import type OpenAI from 'openai';
import type { ReplyEvent } from '../translation/reply.ts';
import { STOP_REASONS, usageOf } from './tables.ts';

export function* eventsOfCompletion(completion: OpenAI.Chat.ChatCompletion): Generator<ReplyEvent> {
  const [choice] = completion.choices;
  if (completion.usage) yield { type: 'usage', usage: usageOf(completion.usage) };
  if (!choice) return;
  const { message, finish_reason } = choice;
  yield* thoughts(message);
  if (message.content) yield { type: 'text', text: message.content };
  if (message.refusal) yield { type: 'text', text: message.refusal };
  for (const [key, call] of (message.tool_calls ?? []).entries()) {
    if (call.type !== 'function') continue;
    yield { type: 'tool-start', key, id: call.id, name: call.function.name };
    yield { type: 'tool-json', key, json: call.function.arguments };
    yield { type: 'tool-end', key };
  }
  yield stopOf(finish_reason, message.refusal);
}

/** The reason to stop comes before the usage; what ends without a reason is broken off. */
export async function* eventsOfChunks(
  chunks: AsyncIterable<OpenAI.Chat.ChatCompletionChunk>,
): AsyncGenerator<ReplyEvent> {
  const open = new Set<number>();
  let refusal = '';
  for await (const chunk of chunks) {
    const [choice] = chunk.choices ?? [];
    if (choice) {
      const { delta, finish_reason } = choice;
      yield* thoughts(delta);
      if (delta.content) yield { type: 'text', text: delta.content };
      if (delta.refusal) {
        refusal += delta.refusal;
        yield { type: 'text', text: delta.refusal };
      }
      for (const { index: key, id, function: called } of delta.tool_calls ?? []) {
        if (!open.has(key)) {
          // The next call begins only when the one before it is whole.
          for (const before of open) yield { type: 'tool-end', key: before };
          open.add(key);
          yield { type: 'tool-start', key, id: id || `call_${key}`, name: called?.name ?? '' };
        }
        if (called?.arguments) yield { type: 'tool-json', key, json: called.arguments };
      }
      if (finish_reason) {
        for (const key of open) yield { type: 'tool-end', key };
        yield stopOf(finish_reason, refusal);
      }
    }
    if (chunk.usage) yield { type: 'usage', usage: usageOf(chunk.usage) };
  }
}

function stopOf(reason: string, refusal: string | null): ReplyEvent {
  return { type: 'stop', reason: refusal ? 'content-filter' : (STOP_REASONS[reason] ?? 'end') };
}

/** OpenAI keeps thoughts to itself here; DeepSeek and vLLM give them, under two names. */
function* thoughts(message: object): Generator<ReplyEvent> {
  const { reasoning_content, reasoning } = message as { reasoning_content?: unknown; reasoning?: unknown };
  const text = typeof reasoning_content === 'string' ? reasoning_content : reasoning;
  if (typeof text === 'string' && text !== '') yield { type: 'reasoning', text };
}
