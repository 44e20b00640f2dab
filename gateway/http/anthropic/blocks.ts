import type { Json } from '../../domain/json.ts';
import type {
  DocumentPart,
  ImagePart,
  Message,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../domain/messages.ts';
import { cacheOf } from '../cache-control.ts';
import { markOf } from '../extra-content.ts';
import {
  badField,
  booleanAt,
  type Fields,
  given,
  httpsAt,
  imageTypeAt,
  imageTypeOf,
  jsonObjectAt,
  listAt,
  nameAt,
  objectAt,
  textAt,
  unsupported,
} from '../fields.ts';
import { signatureFrom } from './signature.ts';

type UserPart = TextPart | ImagePart | DocumentPart;
type AssistantPart = TextPart | ToolCallPart | ReasoningPart;

/** The conversation in our words: results of tools, which Anthropic has in the user's turn, are a turn of their own. */
export function turnsOf(value: unknown): Message[] {
  const names = new Map<string, string>();
  const turns = listAt(value, 'messages').flatMap((one, index): Message[] => {
    const at = `messages[${index}]`;
    const { role, content } = objectAt(one, at);
    if (role === 'assistant') return [assistantAt(content, `${at}.content`, names)];
    if (role === 'user') return userAt(content, `${at}.content`, names);
    return badField(`${at}.role`, 'must be user or assistant; the system prompt is the field system');
  });
  if (turns.length === 0) badField('messages', 'needs at least one message');
  return turns;
}

function userAt(value: unknown, param: string, names: ReadonlyMap<string, string>): Message[] {
  if (typeof value === 'string') return [{ role: 'user', content: value }];
  const results: ToolResultPart[] = [];
  const parts: UserPart[] = [];
  for (const [index, one] of listAt(value, param).entries()) {
    const at = `${param}[${index}]`;
    const block = objectAt(one, at);
    if (block.type === 'tool_result') results.push(resultAt(block, at, names));
    else parts.push(userPartAt(block, at));
  }
  return [
    ...(results.length > 0 ? [{ role: 'tool' as const, content: results }] : []),
    ...(parts.length > 0 || results.length === 0 ? [{ role: 'user' as const, content: parts }] : []),
  ];
}

function userPartAt(block: Fields, at: string): UserPart {
  switch (block.type) {
    case 'text':
      return textPartAt(block, at);
    case 'image':
      return imageAt(block, at);
    case 'document':
      return documentAt(block, at);
    default:
      return unsupported(`${at}.type`, 'only text, image, document and tool_result are taken');
  }
}

function textPartAt(block: Fields, at: string): TextPart {
  return { type: 'text', text: textAt(block.text, `${at}.text`), ...cacheOf(block, at) };
}

function imageAt(block: Fields, at: string): ImagePart {
  const source = objectAt(block.source, `${at}.source`);
  if (source.type === 'base64') {
    const mediaType = imageTypeAt(textAt(source.media_type, `${at}.source.media_type`), `${at}.source.media_type`);
    return {
      type: 'image',
      mediaType,
      source: { data: textAt(source.data, `${at}.source.data`) },
      ...cacheOf(block, at),
    };
  }
  if (source.type !== 'url') unsupported(`${at}.source.type`, 'only base64 and url are taken');
  const url = httpsAt(textAt(source.url, `${at}.source.url`), `${at}.source.url`);
  return { type: 'image', mediaType: imageTypeOf(url), source: { url }, ...cacheOf(block, at) };
}

function documentAt(block: Fields, at: string): DocumentPart {
  const { type, data } = objectAt(block.source, `${at}.source`);
  if (type !== 'text') unsupported(`${at}.source.type`, 'only documents of plain text are taken');
  const title = given(block.title, `${at}.title`, textAt);
  const source = given(block.context, `${at}.context`, textAt);
  return {
    type: 'document',
    id: at,
    text: textAt(data, `${at}.source.data`),
    ...(title ? { title } : {}),
    ...(source ? { source } : {}),
    ...cacheOf(block, at),
  };
}

function resultAt(block: Fields, at: string, names: ReadonlyMap<string, string>): ToolResultPart {
  const callId = nameAt(block.tool_use_id, `${at}.tool_use_id`);
  const name = names.get(callId) ?? badField(`${at}.tool_use_id`, 'answers no tool_use of the messages before it');
  const isError = given(block.is_error, `${at}.is_error`, booleanAt);
  const content = given(block.content, `${at}.content`, resultTextAt) ?? '';
  return { type: 'tool-result', callId, name, content, ...(isError ? { isError } : {}), ...cacheOf(block, at) };
}

function resultTextAt(value: unknown, param: string): Json {
  if (typeof value === 'string') return value;
  const texts = listAt(value, param).map((one, index) => {
    const at = `${param}[${index}]`;
    const block = objectAt(one, at);
    if (block.type !== 'text') unsupported(`${at}.type`, 'only text is taken as the result of a tool');
    return textAt(block.text, `${at}.text`);
  });
  return texts.join('\n');
}

function assistantAt(value: unknown, param: string, names: Map<string, string>): Message {
  if (typeof value === 'string') return { role: 'assistant', content: value };
  const content = listAt(value, param).map((one, index): AssistantPart => {
    const at = `${param}[${index}]`;
    const block = objectAt(one, at);
    switch (block.type) {
      case 'text':
        return textPartAt(block, at);
      case 'tool_use': {
        const id = nameAt(block.id, `${at}.id`);
        const name = nameAt(block.name, `${at}.name`);
        names.set(id, name);
        const input = jsonObjectAt(block.input, `${at}.input`);
        return { type: 'tool-call', id, name, arguments: input, ...markOf(block.extra_content), ...cacheOf(block, at) };
      }
      case 'thinking': {
        const signature = given(block.signature, `${at}.signature`, textAt);
        const text = textAt(block.thinking, `${at}.thinking`);
        return { type: 'reasoning', text, ...(signature ? { signature: signatureFrom(signature) } : {}) };
      }
      case 'redacted_thinking': {
        const signature = signatureFrom(textAt(block.data, `${at}.data`));
        return { type: 'reasoning', text: '', signature, redacted: true };
      }
      default:
        return unsupported(`${at}.type`, 'only text, tool_use, thinking and redacted_thinking are taken');
    }
  });
  return { role: 'assistant', content };
}
