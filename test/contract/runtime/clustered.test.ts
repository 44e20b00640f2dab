import { describe } from 'vitest';
import { createNeo4jEngine } from '#graph-schema/adapters/graph-engine/neo4j';
import { silentLogger, systemClock } from '#platform';
import { neo4j } from '../../support/servers/index.ts';
import { runtimeContract } from './suite.ts';

// A server of its own: these workers take every task that they find.
describe('agents on Neo4j', () => {
  runtimeContract(async () => {
    const server = await neo4j.start();
    const engine = await createNeo4jEngine({ settings: { url: server.url }, logger: silentLogger, clock: systemClock });
    return { engine, close: () => server.stop() };
  });
});
