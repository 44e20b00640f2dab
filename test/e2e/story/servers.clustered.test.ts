import { randomBytes } from 'node:crypto';
import { describe, inject } from 'vitest';
import { freshDatabase } from '../../support/servers/databases.ts';
import { neo4j } from '../../support/servers/index.ts';
import { storySuite } from './suite.ts';

describe('the story on Neo4j, PostgreSQL, NATS and Redis', () => {
  let settings: Record<string, string> | undefined;
  storySuite(async () => {
    if (settings) return settings;
    const { nats, redis, postgres } = inject('servers');
    // A cell owns its graph, and Neo4j Community has one graph a server.
    const graph = await neo4j.start();
    settings = {
      KAZE_CELL_NAME: `story-${randomBytes(4).toString('hex')}`,
      ...{ KAZE_GRAPH_ENGINE: 'neo4j', KAZE_GRAPH_URL: graph.url },
      ...{ KAZE_LEDGER_ENGINE: 'postgres', KAZE_LEDGER_URL: (await freshDatabase(postgres)).url },
      ...{ KAZE_BUS_ENGINE: 'nats', KAZE_BUS_URL: nats },
      ...{ KAZE_QUEUE_ENGINE: 'bullmq', KAZE_QUEUE_URL: redis },
    };
    return settings;
  });
});
