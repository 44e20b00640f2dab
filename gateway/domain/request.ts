import type { JsonSchema } from './json.ts';
import type { CacheControl, Message } from './messages.ts';

export interface Tool {
  /** `[a-zA-Z0-9_-]{1,64}`, as every vendor takes it. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: JsonSchema;
  readonly cacheControl?: CacheControl;
  /** False for a tool that only reads: answers that call it may then be cached. Default true. */
  readonly sideEffects?: boolean;
}

/** `auto`: the model decides; `required`: it must call one; `none`: it may not; or the one tool it must call. */
export type ToolChoice = 'auto' | 'required' | 'none' | { readonly tool: string };

export interface ResponseSchema {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** What a model must be able to do. What the request itself shows (tools, images, a schema) need not be said. */
export interface CapabilityNeed {
  readonly tools?: boolean;
  readonly vision?: boolean;
  readonly json?: boolean;
  /** Tokens that input and output take together. */
  readonly contextTokens?: number;
}

/** A level, a need (with the level preferred among those that meet it), or one model by its name or `provider/name`. */
export type ModelHint =
  | ModelTier
  | { readonly need: CapabilityNeed; readonly prefer?: ModelTier }
  | { readonly model: string };

export type ModelTier = 'fast' | 'balanced' | 'best';

export interface CallLimits {
  /**
   * 1 and up, and never more than the model gives. Default: what budgets find usual for the kind of work and the model,
   * 1,024 where there are no budgets.
   */
  readonly maxOutputTokens?: number;
  /** The call is refused when its input is larger. */
  readonly maxInputTokens?: number;
  /** Milliseconds for the whole call with its waits and retries; default: the policy's, 120,000. */
  readonly timeoutMs?: number;
  /** 0 to 2. Default: the provider's. Left out for models that take none. */
  readonly temperature?: number;
  /** 0 to 1: the most likely tokens that make up so much. Left out for models that take no temperature. */
  readonly topP?: number;
  /** 1 and up: so many of the most likely tokens. Left out for vendors without it, and with `temperature`. */
  readonly topK?: number;
  /** -2 to 2, by how often a token came. Left out for models without penalties. */
  readonly frequencyPenalty?: number;
  /** -2 to 2, by whether a token came. Left out for models without penalties. */
  readonly presencePenalty?: number;
  /** A whole number: the same one asks for the same answer, which no vendor promises. Left out for vendors without it. */
  readonly seed?: number;
  /**
   * The answer ends before the first of these that its text would hold, at most 16 of 1 to 256 characters. Holds with
   * every model: the gateway cuts where the vendor does not.
   */
  readonly stop?: readonly string[];
}

/** Who a call is for. Every field is required so that none is forgotten; null means that there is none. */
export interface Attribution {
  readonly tenant: string;
  readonly agent: string;
  /** Id of the task. */
  readonly task: string | null;
  /** Id of the skill version. */
  readonly skillVersion: string | null;
  readonly channel: string | null;
}

export interface CompleteRequest {
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  /** Default `auto`. */
  readonly toolChoice?: ToolChoice;
  /** Asks for one JSON value that fits, in place of prose. */
  readonly responseSchema?: ResponseSchema;
  /** Default `balanced`. */
  readonly modelHint?: ModelHint;
  /** How much a model that can think first should. Default: the provider's; models that cannot ignore it. */
  readonly reasoning?: ReasoningEffort;
  readonly limits?: CallLimits;
  readonly attribution: Attribution;
  /** The kind of work, in a cell the skill: what usual lengths and learned choices go by. */
  readonly taskType?: string | null;
  /** A cap of the task itself, beside the budgets; holds only with a task in the attribution. */
  readonly taskCap?: { readonly maxMicros?: number; readonly maxTokens?: number };
  /** Whether an earlier answer to the same request will do. Default: only at temperature 0. */
  readonly cache?: boolean;
}

/** With every field, if only as undefined, so that none is forgotten where something is written out field by field. */
export type WrittenOut<T> = { readonly [K in keyof Required<T>]: T[K] };

export type ReasoningEffort = 'none' | 'low' | 'medium' | 'high';

export interface EmbedRequest {
  readonly texts: readonly string[];
  readonly modelHint?: { readonly model: string };
  readonly attribution: Attribution;
}
