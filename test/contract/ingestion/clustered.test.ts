import { describe, inject } from 'vitest';
import { createNeo4jEngine } from '#graph-schema/adapters/graph-engine/neo4j';
import { silentLogger, systemClock } from '#platform';
import { ingestionContract } from './suite.ts';

describe('ingestion on Neo4j', () => {
  ingestionContract(async () => {
    const settings = { url: inject('servers').neo4j };
    const engine = await createNeo4jEngine({ settings, logger: silentLogger, clock: systemClock });
    return { engine, close: () => engine.close() };
  });
});
