import { type Part, partsOf, type ToolCallPart } from '../../domain/messages.ts';
import type { Citation, Completion, Delta, StopReason, Usage } from '../../domain/response.ts';
import { signatureText } from './signature.ts';

type Frame = Readonly<Record<string, unknown>>;

const STOP: Readonly<Record<StopReason, string>> = {
  end: 'end_turn',
  'unknown-answer': 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  'content-filter': 'refusal',
};

export interface MessagesAnswer {
  /** Of the reply: `msg_…`. */
  readonly id: string;
  /** As the caller named it. */
  readonly model: string;
  readonly parallelCalls: boolean;
}

export function messagesReply(completion: Completion, { id, parallelCalls }: MessagesAnswer): Frame {
  const { message, stopReason, usage, citations, value, text, metadata } = completion;
  let calls = 0;
  const parts = partsOf(message).filter((part) => part.type !== 'tool-call' || parallelCalls || calls++ === 0);
  const content = parts.flatMap(blockOf);
  // A value that no text holds.
  if (text === '' && value !== undefined)
    content.unshift({ type: 'text', text: JSON.stringify(value), citations: null });
  const last = content.findLastIndex((block) => block.type === 'text');
  if (last >= 0 && citations.length > 0) {
    content[last] = { ...content[last], citations: citations.map(citationOf) };
  }
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: `${metadata.provider}/${metadata.model}`,
    content,
    stop_reason: STOP[stopReason],
    stop_sequence: null,
    usage: usageOf(usage),
  };
}

function blockOf(part: Part): Frame[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ type: 'text', text: part.text, citations: null }];
    case 'tool-call':
      return [toolUseOf(part, part.arguments)];
    case 'reasoning': {
      const mark = part.signature ? signatureText(part.signature) : '';
      return part.redacted
        ? [{ type: 'redacted_thinking', data: mark }]
        : [{ type: 'thinking', thinking: part.text, signature: mark }];
    }
    default:
      return [];
  }
}

function toolUseOf({ id, name }: ToolCallPart, input: unknown): Frame {
  return { type: 'tool_use', id, name, input };
}

function citationOf({ number, title, quote, start, end }: Citation): Frame {
  return {
    type: 'char_location',
    cited_text: quote,
    document_index: number - 1,
    document_title: title,
    start_char_index: start,
    end_char_index: end,
    file_id: null,
  };
}

/** Anthropic counts what came from its cache, and what went into it, beside the input and not in it. */
export function usageOf({ inputTokens, outputTokens, cachedTokens, cacheWriteTokens }: Usage): Frame {
  return {
    input_tokens: Math.max(0, inputTokens - cachedTokens - cacheWriteTokens),
    output_tokens: outputTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
  };
}

/** The events of one answer. Blocks follow one another; a thought's mark comes at the end, where it is known. */
export class MessagesFrames {
  private index = -1;
  private open: 'text' | 'thinking' | undefined;
  private calls = 0;
  private texts = 0;
  private begun = false;
  private readonly thoughts: number[] = [];

  constructor(private readonly answer: MessagesAnswer) {}

  *of(delta: Delta): Generator<Frame> {
    if (!this.begun) {
      this.begun = true;
      yield this.start();
    }
    switch (delta.type) {
      case 'text':
        this.texts += 1;
        yield* this.into('text');
        yield this.delta({ type: 'text_delta', text: delta.text });
        break;
      case 'reasoning':
        if (delta.text === '') break;
        yield* this.into('thinking');
        yield this.delta({ type: 'thinking_delta', thinking: delta.text });
        break;
      case 'citation':
        yield* this.into('text');
        yield this.delta({ type: 'citations_delta', citation: citationOf(delta.citation) });
        break;
      case 'tool-call':
        if (this.calls++ === 0 || this.answer.parallelCalls) yield* this.toolUse(delta.call);
        break;
      case 'finish':
        yield* this.finish(delta.completion);
    }
  }

  private start(): Frame {
    const { id, model } = this.answer;
    const usage = { input_tokens: 0, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    const nothing = { content: [], stop_reason: null, stop_sequence: null, usage };
    return { type: 'message_start', message: { id, type: 'message', role: 'assistant', model, ...nothing } };
  }

  private *into(kind: 'text' | 'thinking'): Generator<Frame> {
    if (this.open === kind) return;
    yield* this.close();
    this.index += 1;
    this.open = kind;
    if (kind === 'thinking') this.thoughts.push(this.index);
    const block =
      kind === 'text' ? { type: 'text', text: '', citations: null } : { type: 'thinking', thinking: '', signature: '' };
    yield { type: 'content_block_start', index: this.index, content_block: block };
  }

  private *close(): Generator<Frame> {
    if (this.open === undefined) return;
    this.open = undefined;
    yield { type: 'content_block_stop', index: this.index };
  }

  private delta(delta: Frame): Frame {
    return { type: 'content_block_delta', index: this.index, delta };
  }

  private *toolUse(call: ToolCallPart): Generator<Frame> {
    yield* this.close();
    this.index += 1;
    yield { type: 'content_block_start', index: this.index, content_block: toolUseOf(call, {}) };
    yield this.delta({ type: 'input_json_delta', partial_json: JSON.stringify(call.arguments) });
    yield { type: 'content_block_stop', index: this.index };
  }

  private *finish({ message, value, text, stopReason, usage }: Completion): Generator<Frame> {
    const whole = text === '' && value !== undefined ? JSON.stringify(value) : text;
    if (this.texts === 0 && whole !== '') {
      yield* this.into('text');
      yield this.delta({ type: 'text_delta', text: whole });
    }
    yield* this.close();
    yield* this.marks(partsOf(message));
    yield {
      type: 'message_delta',
      delta: { stop_reason: STOP[stopReason], stop_sequence: null },
      usage: usageOf(usage),
    };
    yield { type: 'message_stop' };
  }

  /** Marks of thoughts that were streamed; thoughts that are nothing but their mark follow as blocks of their own. */
  private *marks(parts: readonly Part[]): Generator<Frame> {
    const thoughts = parts.flatMap((part) => (part.type === 'reasoning' ? [part] : []));
    const spoken = thoughts.filter(({ text }) => text !== '');
    // Thoughts that follow one another were streamed as one block: the last one's mark is that of the turn.
    for (const [place, index] of this.thoughts.entries()) {
      const part = place === this.thoughts.length - 1 ? spoken.at(-1) : spoken[place];
      if (!part?.signature) continue;
      const delta = { type: 'signature_delta', signature: signatureText(part.signature) };
      yield { type: 'content_block_delta', index, delta };
    }
    for (const part of thoughts) {
      if (part.text !== '' || !part.signature) continue;
      const mark = signatureText(part.signature);
      const block = part.redacted
        ? { type: 'redacted_thinking', data: mark }
        : { type: 'thinking', thinking: '', signature: mark };
      this.index += 1;
      yield { type: 'content_block_start', index: this.index, content_block: block };
      yield { type: 'content_block_stop', index: this.index };
    }
  }
}
