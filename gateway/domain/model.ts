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
  };
}

export function fullName(model: ModelInfo): string {
  return `${model.provider}/${model.name}`;
}
