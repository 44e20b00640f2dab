/**
 * The graph on a Neo4j 5 server, over Bolt.
 *
 *     const engine = await createNeo4jEngine({ settings: { url: 'bolt://127.0.0.1:7687' }, logger, clock: systemClock });
 *     await engine.read('MATCH (n:Node) WHERE n.id = $id RETURN n.state AS state', { id: 't1' });
 *     await engine.close();
 */
import type { Clock, Logger } from '#platform';
import { type Neo4jSettingsInput, neo4jSettings } from './config.ts';
import { Neo4jConnection } from './connection.ts';
import { Neo4jEngine } from './engine.ts';

export type { Neo4jSettings, Neo4jSettingsInput } from './config.ts';
export type { Neo4jEngine } from './engine.ts';

export interface Neo4jEngineOptions {
  readonly settings: Neo4jSettingsInput;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Connects at the first call: a server that is away now may come later. @throws KAZE_GRAPH_STATEMENT wrong settings */
export async function createNeo4jEngine(options: Neo4jEngineOptions): Promise<Neo4jEngine> {
  const settings = neo4jSettings(options.settings);
  const { default: module } = await import('neo4j-driver');
  const connection = new Neo4jConnection(module, settings, options.logger);
  return new Neo4jEngine({ connection, settings, logger: options.logger, clock: options.clock });
}
