import type {
  AssistantMessage,
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
  argumentsAt,
  badField,
  dataOf,
  type Fields,
  given,
  httpsAt,
  imageTypeAt,
  imageTypeOf,
  listAt,
  nameAt,
  objectAt,
  textAt,
  unsupported,
} from '../fields.ts';
import { thoughtsAt } from './reasoning.ts';

/** The conversation in our words. Results of tools that follow one another are one turn. */
export function messagesOf(value: unknown): Message[] {
  const names = new Map<string, string>();
  const messages: Message[] = [];
  for (const [index, one] of listAt(value, 'messages').entries()) {
    const at = `messages[${index}]`;
    const message = objectAt(one, at);
    switch (message.role) {
      case 'system':
      case 'developer':
        messages.push({ role: 'system', content: textsAt(message.content, `${at}.content`) });
        break;
      case 'user':
        messages.push({ role: 'user', content: userContentAt(message.content, `${at}.content`) });
        break;
      case 'assistant':
        messages.push(assistantAt(message, at, names));
        break;
      case 'tool': {
        const result = resultAt(message, at, names);
        const last = messages.at(-1);
        if (last?.role === 'tool') messages[messages.length - 1] = { ...last, content: [...last.content, result] };
        else messages.push({ role: 'tool', content: [result] });
        break;
      }
      default:
        badField(`${at}.role`, 'must be system, developer, user, assistant or tool');
    }
  }
  if (messages.length === 0) badField('messages', 'needs at least one message');
  return messages;
}

function textsAt(value: unknown, param: string): string | TextPart[] {
  if (typeof value === 'string') return value;
  return listAt(value, param).map((one, index) => {
    const part = objectAt(one, `${param}[${index}]`);
    if (part.type !== 'text') badField(`${param}[${index}].type`, 'must be text here');
    return { type: 'text', text: textAt(part.text, `${param}[${index}].text`), ...cacheOf(part, `${param}[${index}]`) };
  });
}

type UserPart = TextPart | ImagePart | DocumentPart;

function userContentAt(value: unknown, param: string): string | UserPart[] {
  if (typeof value === 'string') return value;
  return listAt(value, param).map((one, index) => userPartAt(one, `${param}[${index}]`));
}

function userPartAt(value: unknown, at: string): UserPart {
  const part = objectAt(value, at);
  switch (part.type) {
    case 'text':
      return { type: 'text', text: textAt(part.text, `${at}.text`), ...cacheOf(part, at) };
    case 'image_url':
      return imageAt(objectAt(part.image_url, `${at}.image_url`), `${at}.image_url`);
    case 'file':
      return fileAt(objectAt(part.file, `${at}.file`), `${at}.file`);
    default:
      return unsupported(`${at}.type`, 'only text, image_url and file are taken');
  }
}

const DETAILS: readonly unknown[] = ['low', 'high', 'auto', 'original', undefined, null];

function imageAt({ url: value, detail: wanted }: Fields, at: string): ImagePart {
  const param = `${at}.url`;
  const url = textAt(value, param);
  if (!DETAILS.includes(wanted)) badField(`${at}.detail`, 'must be low, high, auto or original');
  const detail = wanted === 'low' ? wanted : undefined;
  const inline = dataOf(url);
  if (inline) {
    return { type: 'image', mediaType: imageTypeAt(inline.mediaType, param), source: { data: inline.data }, detail };
  }
  return { type: 'image', mediaType: imageTypeOf(httpsAt(url, param)), source: { url }, detail };
}

/** Text that comes as a file is a document: models answer from it and cite it. */
function fileAt({ file_data: data, filename }: Fields, param: string): DocumentPart {
  const inline = dataOf(textAt(data, `${param}.file_data`));
  if (!inline?.mediaType.startsWith('text/')) {
    return unsupported(`${param}.file_data`, 'only text files are taken, as data:text/…;base64,…');
  }
  const title = given(filename, `${param}.filename`, nameAt);
  const text = Buffer.from(inline.data, 'base64').toString('utf8');
  return { type: 'document', id: title ?? param, text, ...(title ? { title } : {}) };
}

function assistantAt(message: Fields, at: string, names: Map<string, string>): AssistantMessage {
  const calls = given(message.tool_calls, `${at}.tool_calls`, listAt) ?? [];
  const parts: Array<TextPart | ToolCallPart | ReasoningPart> = thoughtsAt(
    message.reasoning_details,
    `${at}.reasoning_details`,
  );
  const text = given(message.content, `${at}.content`, spokenAt) ?? given(message.refusal, `${at}.refusal`, textAt);
  if (text !== undefined && text !== '') parts.push({ type: 'text', text });
  for (const [index, one] of calls.entries()) {
    const call = callAt(one, `${at}.tool_calls[${index}]`);
    names.set(call.id, call.name);
    parts.push(call);
  }
  if (text === undefined && calls.length === 0) badField(`${at}.content`, 'must be set where there are no tool_calls');
  return { role: 'assistant', content: parts };
}

function spokenAt(value: unknown, param: string): string {
  if (typeof value === 'string') return value;
  const texts = listAt(value, param).map((one, index) => {
    const part = objectAt(one, `${param}[${index}]`);
    return part.type === 'refusal'
      ? textAt(part.refusal, `${param}[${index}].refusal`)
      : textAt(part.text, `${param}[${index}].text`);
  });
  return texts.join('\n');
}

function callAt(value: unknown, at: string): ToolCallPart {
  const call = objectAt(value, at);
  if (call.type !== undefined && call.type !== 'function') unsupported(`${at}.type`, 'only function is taken');
  const { name, arguments: args } = objectAt(call.function, `${at}.function`);
  return {
    type: 'tool-call',
    id: nameAt(call.id, `${at}.id`),
    name: nameAt(name, `${at}.function.name`),
    arguments: argumentsAt(args, `${at}.function.arguments`),
    ...markOf(call.extra_content),
  };
}

function resultAt(message: Fields, at: string, names: ReadonlyMap<string, string>): ToolResultPart {
  const callId = nameAt(message.tool_call_id, `${at}.tool_call_id`);
  const name = names.get(callId);
  if (name === undefined) badField(`${at}.tool_call_id`, 'answers no tool call of the messages before it');
  const content = textsAt(message.content, `${at}.content`);
  const text = typeof content === 'string' ? content : content.map((part) => part.text).join('\n');
  return { type: 'tool-result', callId, name: name!, content: text };
}
