import type { Clock, Logger } from '#platform';
import type { Neo4jSettings } from './config.ts';
import type { Neo4jConnection } from './connection.ts';

/** What one engine and its transactions share. */
export interface Neo4jEngineParts {
  readonly connection: Neo4jConnection;
  readonly settings: Neo4jSettings;
  readonly logger: Logger;
  readonly clock: Clock;
}
