import type { Clock, Ledger, Logger } from '#platform';
import type { Credential } from './domain/credential.ts';
import type { Ending } from './domain/ending.ts';
import type { GatewayPolicy } from './domain/flow/policy.ts';
import type { ModelInfo } from './domain/model.ts';
import type { PriceList } from './domain/price/price-list.ts';
import type { CompleteRequest, EmbedRequest } from './domain/request.ts';
import type { Completion, Delta, Embeddings, TokenCount } from './domain/response.ts';
import type { Chooser } from './ports/chooser.ts';
import type { LimitStore } from './ports/limit-store.ts';
import type { GatewayMetrics } from './ports/metrics.ts';
import type { ModelProvider } from './ports/provider.ts';
import type { Budgets } from './use-cases/budget/budgets.ts';
import type { Journal } from './use-cases/journal/journal.ts';
import type { KeyCaller, KeyRing } from './use-cases/keys/key-ring.ts';
import type { WireAnswer } from './use-cases/relay.ts';

export interface GatewayOptions {
  /** In order of preference among equals. At least one. */
  readonly providers: readonly ModelProvider[];
  /** Keys by tenant, agent and provider. A provider that needs a key has no models without one. Default: no keys. */
  readonly keys?: KeyRing;
  /** One key a provider in place of `keys`, asked for at every call; null when there is none. */
  readonly credentials?: (provider: string) => Promise<Credential | null>;
  /** Default: one attempt, no limits, no circuit breaker, no fallbacks. */
  readonly policy?: GatewayPolicy;
  /** Default: nothing is reserved. Closed by whoever made them. */
  readonly budgets?: Budgets;
  /** Takes the rows on their way to the ledger, and each attempt before it is sent. Closed by whoever made it. */
  readonly journal?: Pick<Journal, 'begin' | 'end'>;
  /** Needed for a policy with limits. Closed with the gateway. */
  readonly limitStore?: LimitStore;
  /** In place of the choice that the policy names. */
  readonly chooser?: Chooser;
  /** For the choice by price, and for costs where there are no budgets. */
  readonly prices?: PriceList;
  readonly ledger: Pick<Ledger, 'recordUsage'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: GatewayMetrics;
}

export interface CallOptions {
  readonly signal?: Ending;
  /** With which of Kaze's own keys the caller came; stands in the usage row. */
  readonly virtualKeyId?: string | null;
  /** Models (`name`, `provider/name`, `provider/*`) that its virtual key is held to; default: all. */
  readonly allowedModels?: readonly string[];
  /** Told once there are models for the call: from then on it leaves its usage rows by itself, whatever comes of it. */
  readonly onAdmitted?: () => void;
}

/** The one door to models. Every attempt of a call leaves exactly one usage row, also when it fails or is given up. */
export interface Gateway {
  /** Errors: KAZE_MODEL_*, KAZE_BUDGET_*, KAZE_GATEWAY_*, KAZE_JOURNAL_*. */
  complete(request: CompleteRequest, options?: CallOptions): Promise<Completion>;
  /** Ends with one `finish` that carries the whole answer and its usage, or throws. Leaving the loop cancels the call. */
  stream(request: CompleteRequest, options?: CallOptions): AsyncIterable<Delta>;
  /**
   * The same for a caller that speaks a vendor's own interface: where that vendor answers, its bytes pass through. False
   * before anything was sent, where answers are redacted or may be kept: then `complete` or `stream` is the way.
   */
  relay(request: CompleteRequest, answer: WireAnswer, options?: CallOptions): Promise<boolean>;
  embed(request: EmbedRequest, options?: CallOptions): Promise<Embeddings>;
  /** What the request's input would count, for the model it would go to. Costs nothing and leaves no row. */
  countTokens(request: CompleteRequest, options?: CallOptions): Promise<TokenCount>;
  /** Those that a caller may use; without one, those of the studio's keys. */
  models(caller?: KeyCaller & Pick<CallOptions, 'allowedModels'>): Promise<readonly ModelInfo[]>;
  /** What stands in the way of calls now, for health checks. */
  status(): GatewayStatus;
  close(): Promise<void>;
}

export interface GatewayStatus {
  /** Calls that wait for room under the limits. */
  readonly waitingForLimits: number;
  readonly waitingForBudgets: number;
  /** `provider/model`s that failed too often and are left alone. */
  readonly openCircuits: readonly string[];
}
