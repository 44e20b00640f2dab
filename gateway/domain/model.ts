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
    /**
     * What it may be asked of reasoning when tools are offered: as without them (the default), `none` said outright, or
     * nothing.
     */
    readonly effortWithTools?: 'any' | 'none' | 'unsaid';
    /** Takes temperature, top-p and top-k, as far as its vendor has them. Default true. */
    readonly temperature?: boolean;
    /** Takes penalties of frequency and presence, where its vendor has them. Default true. */
    readonly penalties?: boolean;
    /** Takes stop sequences. Default true. */
    readonly stop?: boolean;
  };
  /** Length of its vectors, for a model that gives embeddings and is known. */
  readonly dimensions?: number;
  /** Day (ISO 8601) from which the vendor no longer serves it. */
  readonly deprecatedOn?: string;
}

/** Put together once for a model: each call asks for it a dozen times. */
const names = new WeakMap<ModelInfo, string>();

export function fullName(model: ModelInfo): string {
  const known = names.get(model);
  if (known !== undefined) return known;
  const name = `${model.provider}/${model.name}`;
  names.set(model, name);
  return name;
}
