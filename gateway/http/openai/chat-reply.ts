import type { ToolCallPart } from '../../domain/messages.ts';
import { partsOf } from '../../domain/messages.ts';
import type { Completion, Delta, StopReason, Usage } from '../../domain/response.ts';

type Frame = Readonly<Record<string, unknown>>;

const FINISH: Readonly<Record<StopReason, string>> = {
  end: 'stop',
  'unknown-answer': 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  'content-filter': 'content_filter',
};

export interface ChatAnswer {
  /** Of the reply: `chatcmpl-…`. */
  readonly id: string;
  /** As the caller named it, until a provider said which one answers. */
  readonly model: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly parallelCalls: boolean;
  readonly includeUsage: boolean;
}

export function chatReply(completion: Completion, { id, now, parallelCalls }: ChatAnswer): Frame {
  const { message, stopReason, usage, metadata } = completion;
  const calls = callsOf(completion, parallelCalls);
  const thoughts = partsOf(message).flatMap((part) => (part.type === 'reasoning' && part.text ? [part.text] : []));
  const content = contentOf(completion);
  return {
    id,
    object: 'chat.completion',
    created: Math.floor(now / 1_000),
    model: `${metadata.provider}/${metadata.model}`,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: content === '' && calls.length > 0 ? null : content,
          refusal: null,
          ...(thoughts.length > 0 ? { reasoning_content: thoughts.join('\n') } : {}),
          ...(calls.length > 0 ? { tool_calls: calls.map(toolCallOf) } : {}),
        },
        logprobs: null,
        finish_reason: FINISH[stopReason],
      },
    ],
    usage: usageOf(usage),
  };
}

/** The chunks of one answer. */
export class ChatFrames {
  private texts = 0;
  private calls = 0;
  private begun = false;

  constructor(private readonly answer: ChatAnswer) {}

  *of(delta: Delta): Generator<Frame> {
    if (!this.begun) {
      this.begun = true;
      yield this.chunk({ role: 'assistant', content: '' });
    }
    switch (delta.type) {
      case 'text':
        this.texts += 1;
        yield this.chunk({ content: delta.text });
        break;
      case 'reasoning':
        if (delta.text !== '') yield this.chunk({ reasoning_content: delta.text });
        break;
      case 'tool-call': {
        if (this.calls > 0 && !this.answer.parallelCalls) break;
        const index = this.calls;
        this.calls += 1;
        yield this.chunk({ tool_calls: [{ index, ...toolCallOf(delta.call) }] });
        break;
      }
      case 'finish':
        yield* this.finish(delta.completion);
    }
  }

  private *finish(completion: Completion): Generator<Frame> {
    const content = contentOf(completion);
    // A model that gives its answer in one piece at the end.
    if (this.texts === 0 && content !== '') yield this.chunk({ content });
    yield this.chunk({}, FINISH[completion.stopReason]);
    if (this.answer.includeUsage) yield { ...this.frame(), choices: [], usage: usageOf(completion.usage) };
  }

  private chunk(delta: Frame, finishReason: string | null = null): Frame {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
    // With include_usage every chunk has the field, and the last one its value.
    return { ...this.frame(), choices, ...(this.answer.includeUsage ? { usage: null } : {}) };
  }

  private frame(): Frame {
    const { id, model, now } = this.answer;
    return { id, object: 'chat.completion.chunk', created: Math.floor(now / 1_000), model };
  }
}

function contentOf({ text, value }: Completion): string {
  return text === '' && value !== undefined ? JSON.stringify(value) : text;
}

function callsOf({ toolCalls }: Completion, parallelCalls: boolean): readonly ToolCallPart[] {
  return parallelCalls ? toolCalls : toolCalls.slice(0, 1);
}

function toolCallOf({ id, name, arguments: args, signature }: ToolCallPart): Frame {
  const extra = signature ? { extra_content: { [signature.provider]: { thought_signature: signature.value } } } : {};
  return { id, type: 'function', function: { name, arguments: JSON.stringify(args) }, ...extra };
}

export function usageOf({ inputTokens, outputTokens, cachedTokens, reasoningTokens }: Usage): Frame {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}
