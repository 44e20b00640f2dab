/**
 * The one door to models. Agents hold no keys and call no provider; they ask here, and every call is accounted for.
 *
 *     const gateway = createGateway({ providers: [createOfflineProvider()], ledger, clock, logger });
 *     const answer = await gateway.complete({
 *       messages: [{ role: 'user', content: [
 *         { type: 'document', id: 'chunk-7', title: 'Handbook', text: 'Refunds are paid within 14 days.' },
 *         { type: 'text', text: 'When are refunds paid?' },
 *       ] }],
 *       attribution: { tenant: 'acme', agent: 'support', task: null, skillVersion: null, channel: 'terminal' },
 *     });
 *     answer.text;        // 'Refunds are paid within 14 days. [1] …'
 *     answer.citations;   // [{ number: 1, documentId: 'chunk-7', quote: 'Refunds are paid within 14 days.', … }]
 */
export type { Amount } from './domain/budget/amount.ts';
export { budgetError } from './domain/budget/errors.ts';
export {
  type BudgetAccount,
  type BudgetPath,
  type BudgetRule,
  type BudgetScope,
  checkRules,
} from './domain/budget/rule.ts';
export { createStreamCount, type StreamCount } from './domain/budget/stream-count.ts';
export type { BudgetWindow } from './domain/budget/window.ts';
export type { Interval } from './domain/choice/interval.ts';
export type { ChoiceReport, ModelReport, Regret } from './domain/choice/report.ts';
export type { TaskOutcome } from './domain/choice/score.ts';
export type { Credential } from './domain/credential.ts';
export { flowError } from './domain/flow/errors.ts';
export { type GatewayPolicy, type GatewayPolicyInput, parsePolicy } from './domain/flow/policy.ts';
export type { Json, JsonObject, JsonSchema } from './domain/json.ts';
export {
  type AssistantMessage,
  type CacheControl,
  type DocumentPart,
  documentsOf,
  type ImagePart,
  type Message,
  type Part,
  type ProviderSignature,
  partsOf,
  type ReasoningPart,
  type SystemMessage,
  type TextPart,
  type ToolCallPart,
  type ToolMessage,
  type ToolResultPart,
  textOf,
  type UserMessage,
} from './domain/messages.ts';
export { fullName, type ModelInfo } from './domain/model.ts';
export { type PartialAnswer, partialOf } from './domain/partial-answer.ts';
export { costMicros, type PricedUsage } from './domain/price/cost.ts';
export { priceError } from './domain/price/errors.ts';
export { type ModelPrice, type PriceFile, parsePriceFile } from './domain/price/price-file.ts';
export { createPriceList, type Price, type PriceList } from './domain/price/price-list.ts';
export type {
  Attribution,
  CallLimits,
  CapabilityNeed,
  CompleteRequest,
  EmbedRequest,
  ModelHint,
  ModelTier,
  ReasoningEffort,
  ResponseSchema,
  Tool,
  ToolChoice,
} from './domain/request.ts';
export {
  type AttemptMetadata,
  type CallMetadata,
  type Citation,
  type Completion,
  type Delta,
  type Embeddings,
  NO_USAGE,
  type StopReason,
  type TokenCount,
  type Usage,
} from './domain/response.ts';
export { inputTokenBound } from './domain/token-bound.ts';
export {
  checkVirtualKey,
  makeVirtualKey,
  type NewVirtualKey,
  type VirtualKey,
  virtualKeyHash,
} from './domain/virtual-key.ts';
export { type ModelErrorCode, modelError } from './errors.ts';
export {
  type CallOptions,
  createGateway,
  type Gateway,
  type GatewayOptions,
  type GatewayStatus,
} from './gateway.ts';
export {
  addVirtualKey,
  createGatewayServer,
  type GatewayHttpOptions,
  type GatewayServer,
  type GatewayServerOptions,
  HTTP_DEFAULTS,
  httpError,
  revokeVirtualKey,
} from './http/index.ts';
export { type OwnModel, ownModels } from './models/offers.ts';
export type { BudgetStore } from './ports/budget-store.ts';
export type { ChoiceFacts, ChoiceOutcome, Chooser } from './ports/chooser.ts';
export type { GuardedCall, Guardrail, Refusal } from './ports/guardrail.ts';
export type { LimitAnswer, LimitAsk, LimitStore, Slots } from './ports/limit-store.ts';
export type { GatewayMetrics } from './ports/metrics.ts';
export type { Judgements, OutcomeFeed } from './ports/outcome-feed.ts';
export type {
  ModelProvider,
  ProviderCall,
  ProviderCompletion,
  ProviderDelta,
  ProviderEmbedCall,
} from './ports/provider.ts';
export type { VirtualKeys } from './ports/virtual-keys.ts';
export { defaultPriceList, shippedPrices } from './prices/index.ts';
export { addUsage } from './use-cases/answer.ts';
export {
  type BudgetStatus,
  type Budgets,
  type BudgetsOptions,
  createBudgets,
  type ReserveRequest,
} from './use-cases/budget/budgets.ts';
export { streamCut } from './use-cases/budget/failures.ts';
export { type BudgetHistory, createLedgerHistory, noHistory, type RowsUnderWay } from './use-cases/budget/history.ts';
export type { BudgetNotice } from './use-cases/budget/notices.ts';
export type { Reservation, Settled, StreamedSoFar } from './use-cases/budget/reservation.ts';
export { createGatewayMetrics } from './use-cases/call-metrics.ts';
export { readChoiceReports } from './use-cases/choice/choice-report.ts';
export { LearnedChooser, type LearnedChooserOptions } from './use-cases/choice/learned-chooser.ts';
export { createOutcomeFeed } from './use-cases/choice/outcome-feed.ts';
export { guarded } from './use-cases/guard/guarded.ts';
export {
  type Journal,
  type JournalOptions,
  openJournal,
  type RecoveredAttempt,
} from './use-cases/journal/journal.ts';
export { type KeyPlace, keyFolder, keyPlace } from './use-cases/keys/key-paths.ts';
export {
  createKeyRing,
  type KeyCaller,
  type KeyRing,
  type KeyRingOptions,
  type RoutedKey,
} from './use-cases/keys/key-ring.ts';
