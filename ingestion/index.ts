/**
 * From files to passages, entities and facts of one client, without a hosted model. Files are handed in one at a time;
 * the same file again changes nothing, a changed one supersedes what it said, an interrupted one goes on.
 *
 * @example
 * const ingestion = createIngestion({ store, clock: systemClock, logger });
 * await ingestion.resume();
 * const content = { open: () => createReadStream('leave.md'), bytes, sha256 };
 * const result = await ingestion.ingest(me, { tenant: 'acme', root: 'handbook', name: 'leave.md', content });
 * await ingestion.finishRoot(me, { tenant: 'acme', root: 'handbook', names: ['leave.md'], prune: false });
 */
import type { GraphStore, Principal } from '#graph-schema';
import type { Clock, Logger } from '#platform';
import { type IngestionLimitsInput, ingestionLimitsSchema } from './config.ts';
import type { IngestionContext, IngestionProgress } from './use-cases/context.ts';
import { eraseSource } from './use-cases/erase-source.ts';
import { type FinishedRoot, type FinishedRun, finishRoot } from './use-cases/finish-root.ts';
import { type IngestedSource, ingestSource, type SourceToIngest } from './use-cases/ingest-source.ts';
import { createKnownNames } from './use-cases/known-names.ts';
import { resumeInterrupted } from './use-cases/resume.ts';

export { type IngestionLimits, type IngestionLimitsInput, ingestionLimitsSchema } from './config.ts';
export { ingestionError } from './errors.ts';
export type { IngestionProgress } from './use-cases/context.ts';
export type { FinishedRoot, FinishedRun } from './use-cases/finish-root.ts';
export type { IngestedSource, SourceContent, SourceToIngest } from './use-cases/ingest-source.ts';

export interface IngestionOptions {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: IngestionLimitsInput;
  /** Told after each batch of a file; must not throw. */
  readonly onProgress?: (progress: IngestionProgress) => void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface Ingestion {
  /**
   * Takes one file in. A file that cannot be read is a failed source with its reason, and what was read of it earlier
   * stays. Errors: KAZE_GRAPH_FORBIDDEN, KAZE_INGESTION_UNKNOWN_TENANT, _UNKNOWN_VERTICAL, _BAD_NAME,
   * _CHANGED_MEANWHILE, and the store's; after those of the engine handing the file in again goes on where it stopped.
   */
  ingest(caller: Principal, source: SourceToIngest, options?: CallOptions): Promise<IngestedSource>;
  /** Ends a complete run of a root: what it no longer has is retired, unless that is more than a fifth. */
  finishRoot(caller: Principal, run: FinishedRun, options?: CallOptions): Promise<FinishedRoot>;
  /** Erases a source; a tombstone stays. Errors: KAZE_INGESTION_UNKNOWN_SOURCE, KAZE_GRAPH_FORBIDDEN. */
  erase(caller: Principal, id: string, reason?: string): Promise<{ readonly source: string }>;
  /** Ends what a death of the process interrupted; to be called once after the graph was opened. */
  resume(options?: CallOptions): Promise<number>;
}

export function createIngestion({ store, clock, logger, limits, onProgress = () => {} }: IngestionOptions): Ingestion {
  const checked = Object.freeze(ingestionLimitsSchema.parse(limits ?? {}));
  const { dictionaryNames: maxNames, dictionaryMaxAgeMs: maxAgeMs } = checked;
  const detectorFor = createKnownNames({ store, clock, maxNames, maxAgeMs });
  const context: IngestionContext = { store, clock, logger, limits: checked, detectorFor, onProgress };
  return {
    async ingest(caller, source, options) {
      const result = await ingestSource(context, caller, source, options?.signal);
      if (result.error) logger.info({ source: result.source, code: result.error.code }, 'a file could not be read');
      return result;
    },
    finishRoot: (caller, run, options) => finishRoot(context, caller, run, options?.signal),
    erase: (caller, id, reason) => eraseSource(context, caller, id, reason),
    resume: (options) => resumeInterrupted(context, options?.signal),
  };
}
