import type { Credential } from '../../domain/credential.ts';
import type { Ending } from '../../domain/ending.ts';
import type { ModelInfo } from '../../domain/model.ts';
import type { TracedCall } from '../../telemetry.ts';

/** Everything that admission needs to know of a call, whatever its words are: parsed by us or passed through as bytes. */
export interface AdmissionCall extends TracedCall {
  /** The kind of work, in a cell the skill. */
  readonly taskType?: string | null;
  /** With which of Kaze's own keys the caller came. */
  readonly virtualKeyId?: string | null;
  /** Models (`name`, `provider/name`, `provider/*`) that its virtual key is held to. */
  readonly allowedModels?: readonly string[];
  /** Best first; those after the first are tried when it fails. At least one. */
  readonly candidates: readonly ModelInfo[];
  /** Never fewer than any provider will count. */
  readonly inputTokenBound: number;
  /** The provider's own count, asked only when the bound does not fit under a budget. */
  readonly countInput?: (target: AttemptTarget, signal: AbortSignal) => Promise<number>;
  /** The caller's own limit; undefined to get what budgets find usual, `defaultOutputTokens` where there are none. */
  readonly outputTokensWanted?: number;
  readonly defaultOutputTokens: number;
  /** A cap of the task itself, beside the budgets. */
  readonly taskCap?: { readonly maxMicros?: number; readonly maxTokens?: number };
  /** False when the request asks for no prompt caching. */
  readonly cacheWrites?: boolean;
  /** Whether it does no harm to have it answered twice. Default false. */
  readonly hedgeable?: boolean;
  /** For the whole call with all that it waits for; default: the policy's. */
  readonly timeoutMs?: number;
  readonly signal?: Ending;
  /** Told when it is admitted. */
  readonly onAdmitted?: () => void;
}

export interface AttemptTarget {
  readonly model: ModelInfo;
  readonly credential: Credential | null;
}
