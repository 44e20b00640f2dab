import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { freshDatabase } from '../servers/databases.ts';
import { neo4j } from '../servers/index.ts';

/**
 * Settings of a cell on the shared servers, the same at every call; its graph has a Neo4j of its own, since a cell owns
 * its graph and Neo4j Community has one graph a server.
 */
export function clusteredSettings(): () => Promise<Record<string, string>> {
  let settings: Record<string, string> | undefined;
  return async () => {
    if (settings) return settings;
    const { nats, redis, postgres } = inject('servers');
    const graph = await neo4j.start();
    settings = {
      KAZE_CELL_NAME: `test-${randomBytes(4).toString('hex')}`,
      ...{ KAZE_GRAPH_ENGINE: 'neo4j', KAZE_GRAPH_URL: graph.url },
      ...{ KAZE_LEDGER_ENGINE: 'postgres', KAZE_LEDGER_URL: (await freshDatabase(postgres)).url },
      ...{ KAZE_BUS_ENGINE: 'nats', KAZE_BUS_URL: nats },
      ...{ KAZE_QUEUE_ENGINE: 'bullmq', KAZE_QUEUE_URL: redis },
    };
    return settings;
  };
}
