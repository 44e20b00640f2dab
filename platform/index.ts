/**
 * Layer 0: what every other part of Kaze stands on and that knows nothing of agents, graphs or models.
 */
export { type Clock, systemClock } from './clock.ts';
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
export { contentHash, derivedId, NAME_PATTERN, newId } from './ids.ts';
export { createLogger, type Logger, type LogLevel, redact, silentLogger } from './logging.ts';
