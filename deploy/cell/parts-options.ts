import type { GraphStore, OpenedGraph } from '#graph-schema';
import type { Clock, LoadedConfig, Logger, Metrics, Secrets } from '#platform';
import type { Closers } from './closers.ts';
import type { CellConfig, cellSections } from './config.ts';
import type { Engines } from './engines.ts';
import type { WriteGate } from './write-gate.ts';

/** What the parts of a cell are joined from. */
export interface PartsOptions {
  readonly config: CellConfig;
  readonly loaded: LoadedConfig<typeof cellSections>;
  readonly dataFolder: string;
  /** Folders of verticals, whole paths. */
  readonly verticals: readonly string[];
  readonly store: GraphStore;
  readonly opened: OpenedGraph;
  readonly engines: Engines;
  readonly gate: WriteGate;
  readonly secrets: Secrets;
  /** Folders in which programs are looked for. */
  readonly searchPath: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly kazeVersion: string;
  readonly began: number;
  readonly closers: Closers;
}
