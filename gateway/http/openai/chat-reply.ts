import type { ToolCallPart } from '../../domain/messages.ts';
import { partsOf } from '../../domain/messages.ts';
import type { Completion, Delta, StopReason, Usage } from '../../domain/response.ts';
import { extraContent } from '../extra-content.ts';
import { detailsOf } from './reasoning.ts';

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
  const details = detailsOf(message);
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
          ...(details.length > 0 ? { reasoning_details: details } : {}),
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
  /** The place of each call, by its id. */
  private readonly places = new Map<string, number>();
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
      case 'tool-call-start': {
        const index = this.newPlace(delta.id);
        if (index === undefined) break;
        const begun = { id: delta.id, type: 'function', function: { name: delta.name, arguments: '' } };
        yield this.chunk({ tool_calls: [{ index, ...begun }] });
        break;
      }
      case 'tool-call-json': {
        const index = this.places.get(delta.id);
        if (index !== undefined) yield this.chunk({ tool_calls: [{ index, function: { arguments: delta.json } }] });
        break;
      }
      case 'tool-call':
        yield* this.wholeCall(delta.call);
        break;
      case 'finish':
        yield* this.finish(delta.completion);
    }
  }

  /** Undefined for a second call where only one may be. */
  private newPlace(id: string): number | undefined {
    const index = this.places.size;
    if (index > 0 && !this.answer.parallelCalls) return undefined;
    this.places.set(id, index);
    return index;
  }

  private *wholeCall(call: ToolCallPart): Generator<Frame> {
    const known = this.places.get(call.id);
    if (known === undefined) {
      const index = this.newPlace(call.id);
      if (index !== undefined) yield this.chunk({ tool_calls: [{ index, ...toolCallOf(call) }] });
      return;
    }
    // Its pieces are out already.
    if (call.signature) yield this.chunk({ tool_calls: [{ index: known, ...extraContent(call.signature) }] });
  }

  private *finish(completion: Completion): Generator<Frame> {
    const content = contentOf(completion);
    const details = detailsOf(completion.message);
    // A model that gives its answer in one piece at the end.
    if (this.texts === 0 && content !== '') yield this.chunk({ content });
    // All at once: clients put what they do not know in place of what came before it.
    if (details.length > 0) yield this.chunk({ reasoning_details: details });
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

function toolCallOf(call: ToolCallPart): Frame {
  const { id, name, arguments: args } = call;
  return { id, type: 'function', function: { name, arguments: JSON.stringify(args) }, ...extraContent(call.signature) };
}

export function usageOf(usage: Usage): Frame {
  const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: cacheWriteTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}
