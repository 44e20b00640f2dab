import { type GraphStore, type Principal, systemPrincipal, type UnitOfWork, withinTenant } from '#graph-schema';
import { type Clock, type Detector, isKazeError, type Logger } from '#platform';
import type { IngestionLimits } from '../config.ts';
import { ingestionError } from '../errors.ts';

/** What a caller may watch while a long file goes in. */
export interface IngestionProgress {
  readonly source: string;
  readonly stage: 'reading' | 'staging' | 'publishing' | 'retiring' | 'erasing' | 'done';
  /** Passages done in this stage. */
  readonly passages: number;
}

export interface IngestionContext {
  readonly store: GraphStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: IngestionLimits;
  /** The detector with the known names of a tenant. */
  readonly detectorFor: (tenant: string) => Promise<Detector>;
  readonly onProgress: (progress: IngestionProgress) => void;
}

/** On whose behalf a file is written: the system part, kept to one client, and the person who asked for it. */
export interface Writer {
  readonly tenant: string;
  readonly scope: string;
  readonly principal: Principal;
  /** Goes into every revision: ids only, since names of files may be erased later. */
  readonly why: string;
  readonly onBehalfOf: string;
  readonly signal?: AbortSignal;
}

export function writerFor(
  tenant: string,
  { onBehalfOf, why, signal }: { onBehalfOf: string; why: string; signal?: AbortSignal },
): Writer {
  const principal = withinTenant(systemPrincipal('ingestion'), tenant);
  return { tenant, scope: `tenant:${tenant}`, principal, why: `${why} for ${onBehalfOf}`, onBehalfOf, signal };
}

const TRIES = 6;

/**
 * One transaction as the writer. Two files may make the same entity at the same moment; then one of them looks again.
 * The work therefore reads what it decides on inside its unit.
 */
export async function write<T>(
  { store, clock }: Pick<IngestionContext, 'store' | 'clock'>,
  writer: Writer,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await store.transact(
        writer.principal,
        { why: writer.why, signal: writer.signal, timeoutMs: 60_000 },
        work,
      );
    } catch (error) {
      if (!isKazeError(error, 'KAZE_GRAPH_DUPLICATE') || tries === TRIES) throw error;
      await clock.sleep(5 * 2 ** tries, writer.signal);
    }
  }
}

/** Somebody else changed the source between reading and writing it: begin again. */
export function changedMeanwhile(source: string) {
  return ingestionError(
    'KAZE_INGESTION_CHANGED_MEANWHILE',
    `source ${source} was changed by another caller meanwhile`,
    {
      fields: { source },
    },
  );
}

export async function untilUndisturbed<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isKazeError(error, 'KAZE_INGESTION_CHANGED_MEANWHILE') || tries === TRIES) throw error;
    }
  }
}

/** Lists of at most `size`, for filters that take no more. */
export function batched<T>(items: readonly T[], size = 500): T[][] {
  const batches: T[][] = [];
  for (let at = 0; at < items.length; at += size) batches.push(items.slice(at, at + size));
  return batches;
}
