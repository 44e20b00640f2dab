import type OpenAI from 'openai';
import type { JsonSchema } from '../../../domain/json.ts';
import {
  type AssistantMessage,
  type ImagePart,
  type Message,
  partsOf,
  textOf,
  type UserMessage,
} from '../../../domain/messages.ts';
import type { CompleteRequest, ResponseSchema } from '../../../domain/request.ts';
import type { ProviderCall } from '../../../ports/provider.ts';
import { NumberedDocuments } from '../translation/numbered.ts';
import { said, samplingOf, stopsFor } from '../translation/sampling.ts';

type Chat = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;
type ChatMessage = OpenAI.Chat.ChatCompletionMessageParam;
/** More are refused. */
export const MOST_STOPS = 4;

type Content = OpenAI.Chat.ChatCompletionContentPart;

/** How servers that speak OpenAI's interface differ from OpenAI. */
export interface Dialect {
  /** What the limit of the output is called: servers of one's own know only the old name. */
  readonly outputLimit: 'max_completion_tokens' | 'max_tokens';
  /** OpenAI's newer models would else read images of any size whole, and no bound would hold for them. */
  readonly imageDetail?: 'high';
}

/** What asks for an answer in events, the last of which tells what was used. */
export const IN_EVENTS = { stream: true, stream_options: { include_usage: true } } as const;

export function requestOf(call: ProviderCall, dialect: Dialect): Chat {
  return said(fieldsOf(call, dialect)) as Chat;
}

/** The same with what is left out as undefined, which JSON knows no word for; with `stream` for an answer in events. */
export function fieldsOf(call: ProviderCall, dialect: Dialect, stream = false) {
  const { model, maxOutputTokens, tools = [], responseSchema } = call;
  const documents = new NumberedDocuments();
  const { temperature, topP, frequencyPenalty, presencePenalty, seed } = samplingOf(call);
  // The limit has one of its two names.
  const limit = (name: Dialect['outputLimit']) => (dialect.outputLimit === name ? maxOutputTokens : undefined);
  return {
    model: model.name,
    messages: call.messages.flatMap((message) => messagesOf(message, documents, dialect)),
    max_completion_tokens: limit('max_completion_tokens'),
    max_tokens: limit('max_tokens'),
    temperature,
    top_p: topP,
    seed,
    stop: stopsFor(call, MOST_STOPS),
    reasoning_effort: effortOf(call),
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    tools: tools.length > 0 ? tools.map(toolOf) : undefined,
    tool_choice: tools.length > 0 ? toolChoiceOf(call.toolChoice) : undefined,
    response_format: responseSchema && formatOf(responseSchema),
    stream: stream ? IN_EVENTS.stream : undefined,
    stream_options: stream ? IN_EVENTS.stream_options : undefined,
  };
}

/** Of some models this interface takes tools only from those who ask for no thoughts. */
function effortOf({ model: { capabilities }, reasoning, tools = [] }: ProviderCall) {
  if (!capabilities.reasoning) return undefined;
  const { effortWithTools = 'any' } = capabilities;
  if (tools.length === 0 || effortWithTools === 'any') return reasoning;
  return effortWithTools === 'none' ? 'none' : undefined;
}

function messagesOf(message: Message, documents: NumberedDocuments, dialect: Dialect): ChatMessage[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: textOf(message) }];
    case 'user':
      return [{ role: 'user', content: userContent(message, documents, dialect) }];
    case 'assistant':
      return [assistantOf(message)];
    case 'tool':
      return message.content.map(({ callId, content }) => ({
        role: 'tool',
        tool_call_id: callId,
        content: typeof content === 'string' ? content : JSON.stringify(content),
      }));
  }
}

function userContent(message: UserMessage, documents: NumberedDocuments, { imageDetail }: Dialect): string | Content[] {
  if (typeof message.content === 'string') return message.content;
  const parts = message.content.map((part): Content => {
    if (part.type === 'image')
      return {
        type: 'image_url',
        image_url: said({ url: addressOf(part), detail: part.detail ?? imageDetail }) as { url: string },
      };
    return { type: 'text', text: part.type === 'document' ? documents.text(part) : part.text };
  });
  // Many compatible servers take text only as a string.
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === parts.length ? texts.join('\n\n') : parts;
}

export function addressOf({ source, mediaType }: ImagePart): string {
  return 'url' in source ? source.url : `data:${mediaType};base64,${source.data}`;
}

/** OpenAI wants no thoughts back on this interface. */
function assistantOf(message: AssistantMessage): ChatMessage {
  const calls = partsOf(message).flatMap((part) => (part.type === 'tool-call' ? [part] : []));
  const text = textOf(message);
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(calls.length > 0
      ? {
          tool_calls: calls.map(({ id, name, arguments: args }) => ({
            ...{ id, type: 'function' as const },
            function: { name, arguments: JSON.stringify(args) },
          })),
        }
      : {}),
  };
}

function toolOf(tool: NonNullable<CompleteRequest['tools']>[number]): OpenAI.Chat.ChatCompletionTool {
  const { name, description, parameters } = tool;
  return { type: 'function', function: { name, description, parameters: { ...parameters } } };
}

function toolChoiceOf(choice: CompleteRequest['toolChoice'] = 'auto'): OpenAI.Chat.ChatCompletionToolChoiceOption {
  return typeof choice === 'object' ? { type: 'function', function: { name: choice.tool } } : choice;
}

function formatOf({ name, schema }: ResponseSchema): OpenAI.ResponseFormatJSONSchema {
  const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64);
  return { type: 'json_schema', json_schema: { name: plain, schema: { ...schema }, strict: isStrict(schema) } };
}

/** Held to the letter only where OpenAI's rules for it hold: every property required, none beside them. */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  const { type, properties, required, additionalProperties } = schema as JsonSchema;
  if (type === 'object' || properties !== undefined) {
    const names = Object.keys((properties as object | undefined) ?? {});
    const needed: readonly unknown[] = Array.isArray(required) ? required : [];
    if (additionalProperties !== false || !names.every((name) => needed.includes(name))) return false;
  }
  return Object.values(schema).every(isStrict);
}
