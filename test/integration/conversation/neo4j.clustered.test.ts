import { randomBytes } from 'node:crypto';
import { describe, inject } from 'vitest';
import { createNeo4jEngine } from '#graph-schema/adapters/graph-engine/neo4j';
import { createNeo4jSearchIndex } from '#graph-schema/adapters/search-index/neo4j';
import { silentLogger, systemClock } from '#platform';
import { conversationSuite } from './suite.ts';

describe('conversations on Neo4j', () => {
  conversationSuite(async () => {
    const url = inject('servers').neo4j;
    const namespace = `t${randomBytes(4).toString('hex')}`;
    return {
      engine: await createNeo4jEngine({ settings: { url }, logger: silentLogger, clock: systemClock }),
      openIndex: (dimensions) => createNeo4jSearchIndex({ url, dimensions, namespace }),
      close: async () => {},
    };
  });
});
