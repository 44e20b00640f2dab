import type Anthropic from '@anthropic-ai/sdk';
import type { ReplyEvent } from '../translation/reply.ts';
import { STOP_REASONS, usageOf } from './tables.ts';

/** A whole message, as the events it would have been streamed as. */
export function* eventsOfMessage(message: Anthropic.Message): Generator<ReplyEvent> {
  for (const [key, block] of message.content.entries()) {
    if (block.type === 'text') {
      yield { type: 'text', text: block.text };
      const cites = (block.citations ?? []).flatMap(citeOf);
      yield* cites;
      yield* marks(block.text, cites);
    } else if (block.type === 'tool_use') {
      yield { type: 'tool-start', key, id: block.id, name: block.name };
      yield { type: 'tool-value', key, value: block.input };
      yield { type: 'tool-end', key };
    } else yield* thoughtOf(block);
  }
  yield { type: 'usage', usage: usageOf(message.usage) };
  if (message.stop_reason) yield stopOf(message.stop_reason, message.stop_sequence);
}

/** A stream ends with `message_stop`; without it nothing says that the answer is whole, whatever came before. */
export async function* eventsOfStream(
  stream: AsyncIterable<Anthropic.RawMessageStreamEvent>,
): AsyncGenerator<ReplyEvent> {
  let reason: string | null = null;
  let sequence: string | null = null;
  let block = { text: '', cites: [] as Cite[] };
  for await (const event of stream) {
    switch (event.type) {
      case 'message_start':
        yield { type: 'usage', usage: usageOf(event.message.usage) };
        break;
      case 'content_block_start':
        block = { text: '', cites: [] };
        yield* started(event);
        break;
      case 'content_block_delta':
        if (event.delta.type === 'text_delta') block.text += event.delta.text;
        if (event.delta.type === 'citations_delta') block.cites.push(...citeOf(event.delta.citation));
        yield* added(event);
        break;
      case 'content_block_stop':
        yield* marks(block.text, block.cites);
        yield { type: 'tool-end', key: event.index };
        break;
      case 'message_delta':
        reason = event.delta.stop_reason;
        sequence = event.delta.stop_sequence;
        yield { type: 'usage', usage: usageOf(event.usage) };
        break;
      case 'message_stop':
        if (reason !== null) yield stopOf(reason, sequence);
    }
  }
}

function stopOf(reason: string, sequence: string | null): ReplyEvent {
  return { type: 'stop', reason: STOP_REASONS[reason] ?? 'end', ...(sequence ? { sequence } : {}) };
}

function* started({ index, content_block: block }: Anthropic.RawContentBlockStartEvent): Generator<ReplyEvent> {
  if (block.type === 'tool_use') yield { type: 'tool-start', key: index, id: block.id, name: block.name };
  else if (block.type === 'text' && block.text !== '') yield { type: 'text', text: block.text };
  else if (block.type === 'redacted_thinking') yield* thoughtOf(block);
}

function* added({ index, delta }: Anthropic.RawContentBlockDeltaEvent): Generator<ReplyEvent> {
  switch (delta.type) {
    case 'text_delta':
      yield { type: 'text', text: delta.text };
      break;
    case 'input_json_delta':
      yield { type: 'tool-json', key: index, json: delta.partial_json };
      break;
    case 'thinking_delta':
      yield { type: 'reasoning', text: delta.thinking };
      break;
    case 'signature_delta':
      yield { type: 'reasoning', text: '', signature: delta.signature };
      break;
    case 'citations_delta':
      yield* citeOf(delta.citation);
  }
}

type Cite = Extract<ReplyEvent, { type: 'cite' }>;

function thoughtOf(block: Anthropic.ContentBlock): ReplyEvent[] {
  if (block.type === 'thinking') return [{ type: 'reasoning', text: block.thinking, signature: block.signature }];
  if (block.type !== 'redacted_thinking') return [];
  return [{ type: 'reasoning', text: '', signature: block.data, redacted: true }];
}

function citeOf(citation: Anthropic.TextCitation): Cite[] {
  if (citation.type !== 'char_location') return [];
  const { document_index: document, start_char_index: start, end_char_index: end } = citation;
  return [{ type: 'cite', document, start, end }];
}

/** Anthropic cites beside the text; here the text carries the number as well, as from every other model. */
function* marks(text: string, cites: readonly Cite[]): Generator<ReplyEvent> {
  const numbers = [...new Set(cites.map(({ document }) => document + 1))];
  const missing = numbers.filter((number) => !text.includes(`[${number}]`));
  if (missing.length > 0) yield { type: 'text', text: ` ${missing.map((number) => `[${number}]`).join('')}` };
}
