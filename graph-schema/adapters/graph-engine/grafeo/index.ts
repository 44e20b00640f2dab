/**
 * The embedded graph: Grafeo in a child process of its own.
 *
 *     const engine = await createGrafeoEngine({ folder: '/var/lib/kaze/graph', logger, clock: systemClock });
 *     await engine.ensureIndexes([{ name: 'node_id', label: 'Node', property: 'id', kind: 'unique' }]);
 *     await engine.transaction((tx) => tx.run('CREATE (n:Node:Task) SET n += $props', { props: { id: 't1' } }));
 *     await engine.close();
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Logger } from '#platform';
import { type GrafeoLimitsInput, grafeoLimits } from './config.ts';
import { GrafeoEngine } from './engine.ts';
import { ChildSupervisor } from './supervisor.ts';

export type { GrafeoLimits, GrafeoLimitsInput } from './config.ts';
export type { GrafeoEngine } from './engine.ts';

export type GrafeoEngineOptions = {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly limits?: GrafeoLimitsInput;
} & (
  | { /** Holds the database file; made when missing. */ readonly folder: string; readonly memory?: undefined }
  | {
      /** Nothing is kept: the graph is gone with its process, which is never restarted. */ readonly memory: true;
      readonly folder?: undefined;
    }
);

/**
 * Opens (or creates) the graph; resolves once it answers.
 *
 * @throws KAZE_GRAPH_LOCKED when another process keeps it open, KAZE_GRAPH_UNAVAILABLE when its process cannot start,
 * KAZE_GRAPH_STATEMENT when the file is damaged or the limits are wrong
 */
export async function createGrafeoEngine(options: GrafeoEngineOptions): Promise<GrafeoEngine> {
  const limits = grafeoLimits(options.limits);
  const file = options.folder === undefined ? undefined : join(options.folder, 'graph.grafeo');
  if (options.folder !== undefined) await mkdir(options.folder, { recursive: true });
  const supervisor = new ChildSupervisor({ file, limits, logger: options.logger, clock: options.clock });
  await supervisor.start();
  return new GrafeoEngine(supervisor, limits);
}
