import { type Part, partsOf, type ToolCallPart } from '../../domain/messages.ts';
import {
  type Citation,
  type Completion,
  type Delta,
  NO_USAGE,
  type StopReason,
  type Usage,
} from '../../domain/response.ts';
import { extraContent } from '../extra-content.ts';
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
  const { message, usage, citations, value, text, metadata } = completion;
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
    ...stopOf(completion),
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

function toolUseOf({ id, name, signature }: Omit<ToolCallPart, 'type' | 'arguments'>, input: unknown): Frame {
  return { type: 'tool_use', id, name, input, ...extraContent(signature) };
}

function stopOf({ stopReason, stopSequence }: Completion): Frame {
  if (stopReason === 'end' && stopSequence !== undefined) {
    return { stop_reason: 'stop_sequence', stop_sequence: stopSequence };
  }
  return { stop_reason: STOP[stopReason], stop_sequence: null };
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
export function usageOf(usage: Usage): Frame {
  const {
    inputTokens,
    outputTokens,
    cachedTokens,
    cacheWriteTokens,
    cacheWriteHourTokens = 0,
    reasoningTokens,
  } = usage;
  return {
    input_tokens: Math.max(0, inputTokens - cachedTokens - cacheWriteTokens),
    output_tokens: outputTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: Math.max(0, cacheWriteTokens - cacheWriteHourTokens),
      ephemeral_1h_input_tokens: cacheWriteHourTokens,
    },
    output_tokens_details: { thinking_tokens: reasoningTokens },
  };
}

type Spoken = Exclude<Delta, { type: 'finish' | 'tool-call-start' | 'tool-call-json' | 'tool-call' }>;

/** The events of one answer: blocks follow one another, each whole before the next begins. */
export class MessagesFrames {
  private index = -1;
  private open: 'text' | 'thinking' | 'tool' | undefined;
  /** The call whose block is open. */
  private openCall = '';
  /** Calls that were told, or left out, from their beginning on. */
  private readonly started = new Set<string>();
  private calls = 0;
  private texts = 0;
  private begun = false;
  /** What was said while a call was open. */
  private held: Spoken[] = [];

  constructor(private readonly answer: MessagesAnswer) {}

  *of(delta: Delta): Generator<Frame> {
    if (!this.begun) {
      this.begun = true;
      yield this.start();
    }
    switch (delta.type) {
      case 'tool-call-start':
        this.started.add(delta.id);
        if (this.mayCall()) yield* this.startCall(delta);
        break;
      case 'tool-call-json':
        if (this.openCall === delta.id) yield this.delta({ type: 'input_json_delta', partial_json: delta.json });
        break;
      case 'tool-call':
        yield* this.wholeCall(delta.call);
        break;
      case 'finish':
        yield* this.finish(delta.completion);
        break;
      default:
        if (this.open === 'tool') this.held.push(delta);
        else yield* this.spoken(delta);
    }
  }

  private *spoken(delta: Spoken): Generator<Frame> {
    switch (delta.type) {
      case 'text':
        this.texts += 1;
        yield* this.into('text');
        yield this.delta({ type: 'text_delta', text: delta.text });
        break;
      case 'reasoning':
        yield* this.thought(delta);
        break;
      case 'citation':
        yield* this.into('text');
        yield this.delta({ type: 'citations_delta', citation: citationOf(delta.citation) });
    }
  }

  /** A mark closes its thought. */
  private *thought({ text, signature, redacted }: Extract<Delta, { type: 'reasoning' }>): Generator<Frame> {
    if (redacted) {
      yield* this.close();
      yield this.startBlock({ type: 'redacted_thinking', data: signature ? signatureText(signature) : '' });
      yield { type: 'content_block_stop', index: this.index };
      return;
    }
    if (text !== '' || signature) yield* this.into('thinking');
    if (text !== '') yield this.delta({ type: 'thinking_delta', thinking: text });
    if (!signature) return;
    yield this.delta({ type: 'signature_delta', signature: signatureText(signature) });
    yield* this.close();
  }

  private start(): Frame {
    const { id, model } = this.answer;
    const nothing = { content: [], stop_reason: null, stop_sequence: null, usage: usageOf(NO_USAGE) };
    return { type: 'message_start', message: { id, type: 'message', role: 'assistant', model, ...nothing } };
  }

  private *into(kind: 'text' | 'thinking'): Generator<Frame> {
    if (this.open === kind) return;
    yield* this.close();
    this.open = kind;
    yield this.startBlock(
      kind === 'text' ? { type: 'text', text: '', citations: null } : { type: 'thinking', thinking: '', signature: '' },
    );
  }

  private startBlock(block: Frame): Frame {
    this.index += 1;
    return { type: 'content_block_start', index: this.index, content_block: block };
  }

  private *close(): Generator<Frame> {
    if (this.open === undefined) return;
    this.open = undefined;
    this.openCall = '';
    yield { type: 'content_block_stop', index: this.index };
  }

  private delta(delta: Frame): Frame {
    return { type: 'content_block_delta', index: this.index, delta };
  }

  /** False for a second call where only one may be. */
  private mayCall(): boolean {
    this.calls += 1;
    return this.calls === 1 || this.answer.parallelCalls;
  }

  private *startCall(call: Omit<ToolCallPart, 'type' | 'arguments'>): Generator<Frame> {
    yield* this.close();
    this.open = 'tool';
    this.openCall = call.id;
    yield this.startBlock(toolUseOf(call, {}));
  }

  private *wholeCall(call: ToolCallPart): Generator<Frame> {
    if (!this.started.has(call.id)) {
      if (!this.mayCall()) return;
      yield* this.startCall(call);
      yield this.delta({ type: 'input_json_delta', partial_json: JSON.stringify(call.arguments) });
    }
    if (this.openCall === call.id) yield* this.close();
    for (const delta of this.held.splice(0)) yield* this.spoken(delta);
  }

  private *finish(completion: Completion): Generator<Frame> {
    const { value, text, usage } = completion;
    const whole = text === '' && value !== undefined ? JSON.stringify(value) : text;
    if (this.texts === 0 && whole !== '') {
      yield* this.into('text');
      yield this.delta({ type: 'text_delta', text: whole });
    }
    yield* this.close();
    yield { type: 'message_delta', delta: stopOf(completion), usage: usageOf(usage) };
    yield { type: 'message_stop' };
  }
}
