import { describe } from 'vitest';
import { createNeo4jEngine } from '#graph-schema/adapters/graph-engine/neo4j';
import { createNeo4jSearchIndex } from '#graph-schema/adapters/search-index/neo4j';
import { silentLogger, systemClock } from '#platform';
import { neo4j } from '../../support/servers/index.ts';
import { conversationSuite } from './suite.ts';

describe('conversations on Neo4j', () => {
  conversationSuite(async () => {
    // A server of its own: a feeder takes every outbox entry of its graph, other tests' included.
    const server = await neo4j.start();
    const { url } = server;
    return {
      engine: await createNeo4jEngine({ settings: { url }, logger: silentLogger, clock: systemClock }),
      openIndex: (dimensions) => createNeo4jSearchIndex({ url, dimensions }),
      close: () => server.stop(),
    };
  });
});
