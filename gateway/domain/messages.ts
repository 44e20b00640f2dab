import type { Json, JsonObject } from './json.ts';

/** Asks a provider that can to keep everything up to this part for the next call. Others ignore it. */
export interface CacheControl {
  readonly type: 'ephemeral';
  /** Seconds; a provider rounds to what it offers. */
  readonly ttlSeconds?: number;
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  readonly cacheControl?: CacheControl;
  /** What a provider put on words of its own; handed back to it unchanged. */
  readonly signature?: ProviderSignature;
}

/** A mark that only the provider which made it can read: it wants it back with the next turn of the conversation. */
export interface ProviderSignature {
  readonly provider: string;
  readonly value: string;
}

export interface ImagePart {
  readonly type: 'image';
  /** `image/png`, `image/jpeg`, `image/webp` or `image/gif`. */
  readonly mediaType: string;
  /** Base64 without a prefix, or an `https:` address that the provider fetches. */
  readonly source: { readonly data: string } | { readonly url: string };
  /** It may be read small, which costs less. Left out for vendors without it. */
  readonly detail?: 'low';
  readonly cacheControl?: CacheControl;
}

/**
 * A passage to answer from. Answers cite it by its place: the first document part of a request is [1], whatever
 * message it stands in.
 */
export interface DocumentPart {
  readonly type: 'document';
  /** The caller's own id, given back in citations: a chunk's id. */
  readonly id: string;
  readonly text: string;
  readonly title?: string;
  /** Where it comes from, for people: a file name, a web address. */
  readonly source?: string;
  readonly cacheControl?: CacheControl;
}

export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  readonly arguments: JsonObject;
  readonly signature?: ProviderSignature;
  readonly cacheControl?: CacheControl;
}

export interface ToolResultPart {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly name: string;
  readonly content: Json;
  readonly isError?: boolean;
  readonly cacheControl?: CacheControl;
}

/** What a model thought before it answered. Handed back unchanged where the provider wants its own thoughts again. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  /** Empty where the provider keeps its thoughts to itself and gives out a signature only. */
  readonly text: string;
  readonly signature?: ProviderSignature;
  /** The thought is inside the signature, encrypted by the provider. */
  readonly redacted?: boolean;
}

export interface SystemMessage {
  readonly role: 'system';
  readonly content: string | readonly TextPart[];
}

export interface UserMessage {
  readonly role: 'user';
  readonly content: string | ReadonlyArray<TextPart | ImagePart | DocumentPart>;
}

export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: string | ReadonlyArray<TextPart | ToolCallPart | ReasoningPart>;
}

export interface ToolMessage {
  readonly role: 'tool';
  readonly content: readonly ToolResultPart[];
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;
export type Part = Exclude<Message['content'], string>[number];

export function partsOf(message: Message): readonly Part[] {
  return typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
}

/** The text of a message, its text parts one below the other. */
export function textOf(message: Message): string {
  return partsOf(message)
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n');
}

/** Every document of a request, in the order in which citations number them from 1. */
export function documentsOf(messages: readonly Message[]): readonly DocumentPart[] {
  return messages.flatMap((message) => partsOf(message).flatMap((part) => (part.type === 'document' ? [part] : [])));
}
