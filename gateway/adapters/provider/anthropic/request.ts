import type Anthropic from '@anthropic-ai/sdk';
import {
  type CacheControl,
  type DocumentPart,
  type ImagePart,
  type Message,
  type Part,
  partsOf,
  type TextPart,
} from '../../../domain/messages.ts';
import type { CompleteRequest } from '../../../domain/request.ts';
import type { ProviderCall } from '../../../ports/provider.ts';
import { CITE_BY_NUMBER, passageText } from '../translation/passages.ts';
import { stopsFor } from '../translation/sampling.ts';

type Request = Anthropic.MessageCreateParamsNonStreaming;
type Block = Anthropic.ContentBlockParam;

/** As many as a call may name. */
export const MOST_STOPS = 16;

/** A call in Anthropic's words. Documents are given as such, with its own citations, save where a schema forbids them. */
export function requestOf(call: ProviderCall): Request {
  const { model, maxOutputTokens, messages, tools = [], responseSchema } = call;
  // Sequences of nothing but white space are refused.
  const stops = stopsFor(call, MOST_STOPS)?.filter((one) => one.trim() !== '') ?? [];
  const documents = new Documents(call);
  const system = messages.flatMap((message) => (message.role === 'system' ? partsOf(message) : []));
  const effort = effortOf(call);
  const format = responseSchema ? { type: 'json_schema' as const, schema: { ...responseSchema.schema } } : undefined;
  return {
    model: model.name,
    max_tokens: maxOutputTokens,
    messages: conversation(messages, documents),
    ...(system.length > 0 ? { system: system.flatMap((part) => (part.type === 'text' ? [textBlock(part)] : [])) } : {}),
    ...(tools.length > 0 ? { tools: tools.map(toolOf), tool_choice: toolChoiceOf(call.toolChoice) } : {}),
    ...(format || effort ? { output_config: { ...(format ? { format } : {}), ...(effort ? { effort } : {}) } } : {}),
    ...(stops.length > 0 ? { stop_sequences: stops } : {}),
    ...thinkingOf(call),
  };
}

/** Tools' results stand in a message of the user, all those of one turn in the same one. */
function conversation(messages: readonly Message[], documents: Documents): Anthropic.MessageParam[] {
  const turns: Array<{ role: 'user' | 'assistant'; content: Block[] }> = [];
  for (const message of messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = partsOf(message).flatMap((part) => blockOf(part, documents));
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  }
  return turns;
}

/** Which of the request's documents comes next: they are numbered through all messages. */
class Documents {
  private next = 1;
  private readonly native: boolean;

  constructor(call: ProviderCall) {
    this.native = call.responseSchema === undefined;
  }

  blocks(part: DocumentPart): Block[] {
    const number = this.next;
    this.next += 1;
    if (!this.native) {
      const lead = number === 1 ? [{ type: 'text' as const, text: CITE_BY_NUMBER }] : [];
      const { cacheControl } = part;
      return [...lead, textBlock({ text: passageText(part, number), ...(cacheControl ? { cacheControl } : {}) })];
    }
    return [
      {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: part.text },
        citations: { enabled: true },
        ...(part.title ? { title: part.title } : {}),
        ...(part.source ? { context: part.source } : {}),
        ...cached(part.cacheControl),
      },
    ];
  }
}

function blockOf(part: Part, documents: Documents): Block[] {
  switch (part.type) {
    case 'text':
      // Empty text is refused.
      return part.text === '' ? [] : [textBlock(part)];
    case 'image':
      return [imageBlock(part)];
    case 'document':
      return documents.blocks(part);
    case 'tool-call':
      return [{ type: 'tool_use', id: part.id, name: part.name, input: part.arguments, ...cached(part.cacheControl) }];
    case 'tool-result':
      return [
        {
          type: 'tool_result',
          tool_use_id: part.callId,
          content: typeof part.content === 'string' ? part.content : JSON.stringify(part.content),
          ...(part.isError ? { is_error: true } : {}),
          ...cached(part.cacheControl),
        },
      ];
    case 'reasoning':
      // Only thoughts that Anthropic signed come back to it.
      if (part.signature?.provider !== 'anthropic') return [];
      return part.redacted
        ? [{ type: 'redacted_thinking', data: part.signature.value }]
        : [{ type: 'thinking', thinking: part.text, signature: part.signature.value }];
  }
}

function textBlock(part: Pick<TextPart, 'text' | 'cacheControl'>): Anthropic.TextBlockParam {
  return { type: 'text', text: part.text, ...cached(part.cacheControl) };
}

function imageBlock({ source, mediaType, cacheControl }: ImagePart): Anthropic.ImageBlockParam {
  type MediaType = Anthropic.Base64ImageSource['media_type'];
  return {
    type: 'image',
    source:
      'url' in source
        ? { type: 'url', url: source.url }
        : { type: 'base64', media_type: mediaType as MediaType, data: source.data },
    ...cached(cacheControl),
  };
}

/** Five minutes, or an hour for whatever is to be kept longer. */
function cached(control: CacheControl | undefined): { cache_control?: Anthropic.CacheControlEphemeral } {
  if (!control) return {};
  return { cache_control: { type: 'ephemeral', ttl: (control.ttlSeconds ?? 0) > 300 ? '1h' : '5m' } };
}

function toolOf(tool: NonNullable<CompleteRequest['tools']>[number]): Anthropic.Tool {
  const { name, description, parameters, cacheControl } = tool;
  return { name, description, input_schema: { ...parameters, type: 'object' }, ...cached(cacheControl) };
}

function toolChoiceOf(choice: CompleteRequest['toolChoice'] = 'auto'): Anthropic.ToolChoice {
  if (typeof choice === 'object') return { type: 'tool', name: choice.tool };
  if (choice === 'required') return { type: 'any' };
  return choice === 'none' ? { type: 'none' } : { type: 'auto' };
}

/** Models before the fifth generation think by a budget of tokens, and take no effort. */
const BY_BUDGET = /^claude-(haiku|sonnet|opus)-4-5/;
const BUDGETS = { low: 2_048, medium: 8_192, high: 24_576 } as const;

function effortOf({ reasoning, model }: ProviderCall): 'low' | 'medium' | 'high' | undefined {
  if (reasoning === undefined || BY_BUDGET.test(model.name)) return undefined;
  return reasoning === 'none' ? 'low' : reasoning;
}

function thinkingOf({ reasoning, model, maxOutputTokens }: ProviderCall): Pick<Request, 'thinking'> {
  // Some models always think: `none` then asks for the least effort only.
  if (reasoning === undefined || reasoning === 'none' || !model.capabilities.reasoning) return {};
  if (!BY_BUDGET.test(model.name)) return { thinking: { type: 'adaptive', display: 'summarized' } };
  const budget = Math.min(BUDGETS[reasoning], maxOutputTokens - 1_024);
  // The least that is taken; below it there is no room to think within the output allowed.
  return budget < 1_024 ? {} : { thinking: { type: 'enabled', budget_tokens: budget } };
}
