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
    /** All that it thinks is shown, not kept back or summarised while it is paid for. Default false. */
    readonly showsThoughts?: boolean;
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
  /** Tokens that an image takes at most, where that is more than elsewhere (6,200). */
  readonly imageTokens?: number;
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

/** Whether what a stream shows is all that is paid for, so that it can be counted on its way. */
export function showsAllOutput({ capabilities }: ModelInfo): boolean {
  return !capabilities.reasoning || capabilities.showsThoughts === true;
}
