import type { Awaitable } from '../domain/awaitable.ts';
import type { Credential } from '../domain/credential.ts';
import type { Ending } from '../domain/ending.ts';
import type { ModelInfo } from '../domain/model.ts';
import type { CompleteRequest, WrittenOut } from '../domain/request.ts';
import type { Completion, Delta, Embeddings, StopReason, TokenCount, Usage } from '../domain/response.ts';

/** A call as a provider gets it: checked, with its model and its key chosen and its limits filled in. */
export interface ProviderCall extends CompleteRequest {
  readonly model: ModelInfo;
  readonly maxOutputTokens: number;
  /** Null for a provider that needs none. */
  readonly credential: Credential | null;
}

/** Field by field: spreading a request would give each call a hidden class of its own, and every look at it a search. */
export function providerCall(
  request: CompleteRequest,
  { model, credential }: Pick<ProviderCall, 'model' | 'credential'>,
  maxOutputTokens = model.maxOutputTokens,
): WrittenOut<ProviderCall> {
  return {
    messages: request.messages,
    tools: request.tools,
    toolChoice: request.toolChoice,
    responseSchema: request.responseSchema,
    modelHint: request.modelHint,
    reasoning: request.reasoning,
    limits: request.limits,
    attribution: request.attribution,
    taskType: request.taskType,
    taskCap: request.taskCap,
    cache: request.cache,
    model,
    credential,
    maxOutputTokens,
  };
}

export interface ProviderEmbedCall {
  readonly texts: readonly string[];
  readonly model: ModelInfo;
  readonly credential: Credential | null;
}

/** What a provider knows of an answer; the gateway adds identity and times. */
export type ProviderCompletion = Omit<Completion, 'metadata'> & { readonly confidence: number | null };

/** `usage` and `unshown` are not passed on to callers. */
export type ProviderDelta =
  | Exclude<Delta, { type: 'finish' }>
  /** What the call has taken so far, as the vendor tells it in mid-stream. */
  | { readonly type: 'usage'; readonly usage: Usage }
  /** Text behind a stop sequence that the vendor does not know: it is paid for all the same. */
  | { readonly type: 'unshown'; readonly text: string }
  | { readonly type: 'finish'; readonly completion: ProviderCompletion };

/**
 * One vendor, or none. Translates messages, tools, streams, stop reasons, usage and errors between ours and its own.
 * Throws only errors of `KAZE_MODEL_*`; rejects with the signal's reason once it aborts, and stops the vendor's work.
 * Never tries twice. Adding one is one folder below `adapters/provider/`.
 */
export interface ModelProvider {
  readonly name: string;
  /** Whether a call without a credential can only fail. */
  readonly needsCredential: boolean;
  /** Never throws: a server that does not answer has no models. */
  models(credential: Credential | null): Awaitable<readonly ModelInfo[]>;
  complete(call: ProviderCall, signal: AbortSignal): Promise<ProviderCompletion>;
  /** A stream that breaks off throws KAZE_MODEL_STREAM_BROKEN with what had come (`partialOf`). */
  stream(call: ProviderCall, signal: AbortSignal): AsyncIterable<ProviderDelta>;
  embed(call: ProviderEmbedCall, signal: AbortSignal): Promise<Embeddings>;
  countTokens(call: ProviderCall, signal: AbortSignal): Promise<TokenCount>;
  /** For a caller that speaks this vendor's own interface; undefined for a call whose answer must be read here. */
  forwarder?(dialect: WireDialect, call: ProviderCall, stream: boolean): Forwarder | undefined;
  close(): Promise<void>;
}

/** Whose interface an answer is written in. */
export type WireDialect = 'openai' | 'anthropic';

/** Passes an answer on as the vendor writes it, reading no more of it than what it costs and how it ends. */
export interface Forwarder {
  /** Errors: as those of `complete` and `stream`. */
  send(options: { readonly includeUsage: boolean }, sink: ForwardSink, signal: Ending): Promise<Forwarded>;
}

/** Takes a stream as it comes. */
export interface ForwardSink {
  /** A piece of output that the next `write` holds. */
  text(text: string): void;
  /** What the call has taken so far. */
  usage(usage: Usage): void;
  /** True once what is reserved for the call is used up: nothing more is read until a `write` gets more for it. */
  readonly spent: boolean;
  /** Whole events; the vendor is held up until a promise resolves, and given up when it rejects. */
  write(bytes: Buffer): Promise<void> | undefined;
}

export interface Forwarded {
  /** The whole answer; of a stream its last events, which say that it is whole. */
  readonly bytes: Buffer;
  readonly usage: Usage;
  readonly stopReason: StopReason;
}
