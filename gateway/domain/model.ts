import type { ModelTier } from './request.ts';

export interface ModelInfo {
  readonly provider: string;
  readonly name: string;
  readonly tiers: readonly ModelTier[];
  readonly offline: boolean;
  /** Input and output together. */
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly capabilities: {
    readonly chat: boolean;
    readonly tools: boolean;
    readonly vision: boolean;
    readonly json: boolean;
    readonly embeddings: boolean;
    /** Thinks before it answers when `reasoning` asks for it. Default false. */
    readonly reasoning?: boolean;
    /** Takes a temperature. Default true. */
    readonly temperature?: boolean;
  };
  /** Length of its vectors, for a model that gives embeddings and is known. */
  readonly dimensions?: number;
  /** Day (ISO 8601) from which the vendor no longer serves it. */
  readonly deprecatedOn?: string;
}

export function fullName(model: ModelInfo): string {
  return `${model.provider}/${model.name}`;
}
