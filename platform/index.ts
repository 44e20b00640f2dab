/**
 * Layer 0: what every other part of Kaze stands on and that knows nothing of agents, graphs or models.
 */
export { type Clock, systemClock } from './clock.ts';
export {
  type ConfigFile,
  type ConfigRow,
  type ConfigSection,
  type ConfigSources,
  type ConfigValues,
  defineConfig,
  describeConfig,
  type Field,
  field,
  type LoadedConfig,
  loadConfig,
} from './config.ts';
export * from './detector/index.ts';
export {
  defineErrors,
  type ErrorDefinition,
  type ErrorFields,
  type ErrorKind,
  type ErrorTable,
  errorCatalogue,
  isKazeError,
  KazeError,
} from './errors.ts';
export { platformErrors } from './errors-platform.ts';
export { guessLanguage } from './guess-language.ts';
export { contentHash, derivedId, NAME_PATTERN, newId } from './ids.ts';
export { LANGUAGES, type Language, type LanguageTools, languageOf, wordsOf } from './languages.ts';
export { createLogger, type Logger, type LogLevel, redact, silentLogger } from './logging.ts';
export {
  createMetrics,
  defineMetrics,
  type Meters,
  type MetricDefinition,
  type Metrics,
  type MetricTable,
} from './metrics/index.ts';
export { didYouMean, nearestName, nearestNames } from './nearest-name.ts';
export { Pace } from './pace.ts';
export type { EventBus, KazeEvent, SubscribeOptions, Subscription } from './ports/event-bus.ts';
export type { EnqueueOptions, Job, JobQueue, JobWorker, QueueCounts, WorkOptions } from './ports/job-queue.ts';
export type {
  AuditEntry,
  AuditRecord,
  AuditVerification,
  JudgedFilter,
  JudgedUse,
  Ledger,
  OutcomeRow,
  Page,
  UsageDimension,
  UsageFilter,
  UsageRow,
  UsageSum,
} from './ports/ledger.ts';
export type { Secret, Secrets } from './ports/secrets.ts';
export { isAlive } from './process-alive.ts';
export { programFlags } from './program-flags.ts';
export { type Attributes, currentTraceId, type Span, withSpan } from './telemetry.ts';
