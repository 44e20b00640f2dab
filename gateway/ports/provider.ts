import type { ModelInfo } from '../domain/model.ts';
import type { CompleteRequest } from '../domain/request.ts';
import type { Completion, Delta, Embeddings, TokenCount } from '../domain/response.ts';

/** A call as a provider gets it: checked, with its model chosen and its limits filled in. */
export interface ProviderCall extends CompleteRequest {
  readonly model: ModelInfo;
  readonly maxOutputTokens: number;
}

/** What a provider knows of an answer; the gateway adds identity and times. */
export type ProviderCompletion = Omit<Completion, 'metadata'> & { readonly confidence: number | null };
export type ProviderDelta =
  | Exclude<Delta, { type: 'finish' }>
  | { readonly type: 'finish'; readonly completion: ProviderCompletion };

/**
 * One vendor, or none. Translates messages, tools, streams, stop reasons, usage and errors between ours and its own.
 * Throws only errors of `KAZE_MODEL_*`; rejects with the signal's reason once it aborts, and stops the vendor's work.
 * Adding one is one folder below `adapters/provider/`.
 */
export interface ModelProvider {
  readonly name: string;
  models(): Promise<readonly ModelInfo[]>;
  complete(call: ProviderCall, signal: AbortSignal): Promise<ProviderCompletion>;
  stream(call: ProviderCall, signal: AbortSignal): AsyncIterable<ProviderDelta>;
  embed(texts: readonly string[], model: ModelInfo, signal: AbortSignal): Promise<Embeddings>;
  countTokens(call: ProviderCall, signal: AbortSignal): Promise<TokenCount>;
  close(): Promise<void>;
}
