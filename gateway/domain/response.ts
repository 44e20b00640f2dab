import type { Json } from './json.ts';
import type { AssistantMessage, ProviderSignature, ToolCallPart } from './messages.ts';

export interface Usage {
  /** All input: what was read from the provider's cache and what was written to it included. */
  readonly inputTokens: number;
  /** All output, reasoning included. */
  readonly outputTokens: number;
  /** Of the input, what the provider had kept from an earlier call. */
  readonly cachedTokens: number;
  /** Of the input, what the provider keeps for later calls; some charge more for it. */
  readonly cacheWriteTokens: number;
  /** Of those, what it keeps for an hour and not only for minutes, where that costs more. */
  readonly cacheWriteHourTokens?: number;
  /** Of the output, what the model thought before it answered. */
  readonly reasoningTokens: number;
  /** True where the provider did not say: an upper bound by bytes. */
  readonly estimated?: boolean;
}

export const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
};

/**
 * - `end`: finished; `tool-calls`: waits for results; `length`: cut at maxOutputTokens
 * - `unknown-answer`: nothing given answers the question, and the text says so
 * - `content-filter`: the provider withheld it
 */
export type StopReason = 'end' | 'tool-calls' | 'length' | 'unknown-answer' | 'content-filter';

export interface Citation {
  /** As in the text, `[1]`: the place of the document among the request's document parts. */
  readonly number: number;
  readonly documentId: string;
  readonly title: string | null;
  /** The cited words, exactly as they stand in the document. */
  readonly quote: string;
  /** Characters into the document's text: `text.slice(start, end)` is the quote. */
  readonly start: number;
  readonly end: number;
}

export interface CallMetadata {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  /** True when no hosted model had a part in it: only words that stood in the request. */
  readonly offline: boolean;
  readonly latencyMs: number;
  /** Null for a call that was not streamed. */
  readonly firstTokenMs: number | null;
  /** 0..1: how sure the offline model is that the passages answer the question. Null where there is no such figure. */
  readonly confidence: number | null;
  /** What was tried or passed over before, oldest first, and the attempt that answered; left out of an answer from the cache. */
  readonly attempts?: readonly AttemptMetadata[];
  /** True for an answer that was kept from an earlier call. */
  readonly cached?: boolean;
}

export interface AttemptMetadata {
  /** Of its usage row; null for a model that was passed over before anything was sent, which leaves none. */
  readonly id: string | null;
  readonly provider: string;
  readonly model: string;
  readonly keyId: string | null;
  /** Null for the one that answered. */
  readonly errorCode: string | null;
  readonly latencyMs: number;
}

export interface Completion {
  readonly message: AssistantMessage;
  /** The text of the message; empty when it holds tool calls only. */
  readonly text: string;
  readonly toolCalls: readonly ToolCallPart[];
  readonly citations: readonly Citation[];
  /** The value asked for by `responseSchema`, checked against it; undefined when none was asked for. */
  readonly value: Json | undefined;
  readonly stopReason: StopReason;
  /** Which of `limits.stop` ended the answer; only where it is known, since not every vendor says. */
  readonly stopSequence?: string;
  readonly usage: Usage;
  readonly metadata: CallMetadata;
}

/**
 * A stream ends with exactly one `finish`, or throws. A call of a tool that comes in pieces begins with
 * `tool-call-start`; its `tool-call-json` together are the JSON of its arguments, of which nothing is checked yet. The
 * whole call, checked, is always a `tool-call`: readers who do not show half a call need only that one.
 */
export type Delta =
  | { readonly type: 'text'; readonly text: string }
  /** The signature closes a thought, and may come alone; `redacted`: the thought is inside of it. */
  | {
      readonly type: 'reasoning';
      readonly text: string;
      readonly signature?: ProviderSignature;
      readonly redacted?: boolean;
    }
  | { readonly type: 'tool-call-start'; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-json'; readonly id: string; readonly json: string }
  | { readonly type: 'tool-call'; readonly call: ToolCallPart }
  | { readonly type: 'citation'; readonly citation: Citation }
  | { readonly type: 'finish'; readonly completion: Completion };

export interface Embeddings {
  readonly model: string;
  readonly dimensions: number;
  readonly vectors: readonly Float32Array[];
  readonly usage: Usage;
}

export interface TokenCount {
  readonly tokens: number;
  /** Whose count it is. */
  readonly model: string;
  /** False for an upper bound. */
  readonly exact: boolean;
}
