import { type Message, type Part, partsOf } from './messages.ts';
import type { ModelInfo } from './model.ts';
import type { CompleteRequest } from './request.ts';

/**
 * Every image at the highest resolution that a vendor reads: 4,784 at Anthropic, 2,240 at Google, 2,500 pieces of up to
 * 2.46 tokens at OpenAI. Models of which more is known say so (`imageTokens`).
 */
export const IMAGE_TOKENS = 6_200;
/** What a vendor writes around a message (roles, marks of its beginning and end). */
const MESSAGE_TOKENS = 16;
/** What a vendor writes into the prompt to explain tools or a schema (Anthropic: up to 530). */
const INSTRUCTION_TOKENS = 600;

/**
 * Tokens that the input takes at most, whoever counts. A token of every vendor's vocabulary stands for at least one
 * byte of UTF-8, so the bytes of all text bound it from above; images and framing by fixed allowances.
 */
export function inputTokenBound(request: Pick<CompleteRequest, 'messages' | 'tools' | 'responseSchema'>): number {
  const { messages, tools = [], responseSchema } = request;
  const spoken = messages.reduce((sum, message) => sum + messageBound(message), 0);
  const offered = tools.reduce((sum, tool) => sum + bytesOf(JSON.stringify(tool)) + MESSAGE_TOKENS, 0);
  const schema = responseSchema ? bytesOf(JSON.stringify(responseSchema)) : 0;
  const explained = (tools.length > 0 ? INSTRUCTION_TOKENS : 0) + (responseSchema ? INSTRUCTION_TOKENS : 0);
  return spoken + offered + schema + explained + MESSAGE_TOKENS;
}

/** What the images of a request may take beyond that, whichever of these models reads them. */
export function imagesBeyond({ messages }: Pick<CompleteRequest, 'messages'>, models: readonly ModelInfo[]): number {
  const most = Math.max(IMAGE_TOKENS, ...models.map(({ imageTokens = 0 }) => imageTokens));
  if (most === IMAGE_TOKENS) return 0;
  const images = messages.flatMap((message) => partsOf(message).filter(({ type }) => type === 'image'));
  return images.length * (most - IMAGE_TOKENS);
}

function messageBound(message: Message): number {
  if (typeof message.content === 'string') return MESSAGE_TOKENS + bytesOf(message.content);
  return partsOf(message).reduce((sum, part) => sum + partBound(part), MESSAGE_TOKENS);
}

function partBound(part: Part): number {
  if (part.type === 'image') return IMAGE_TOKENS;
  if (part.type === 'text') return bytesOf(part.text);
  if (part.type === 'document') {
    return bytesOf(part.text) + bytesOf(part.title ?? '') + bytesOf(part.source ?? '') + 2 * MESSAGE_TOKENS;
  }
  if (part.type === 'reasoning') return bytesOf(part.text) + bytesOf(part.signature?.value ?? '');
  if (part.type === 'tool-call') return bytesOf(part.name) + bytesOf(JSON.stringify(part.arguments)) + MESSAGE_TOKENS;
  return bytesOf(part.name) + bytesOf(JSON.stringify(part.content)) + MESSAGE_TOKENS;
}

export function bytesOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
