import { describe } from 'vitest';
import { clusteredSettings } from '../../support/cell/clustered-settings.ts';
import { storySuite } from './suite.ts';

describe('the story on Neo4j, PostgreSQL, NATS and Redis', () => {
  storySuite(clusteredSettings());
});
