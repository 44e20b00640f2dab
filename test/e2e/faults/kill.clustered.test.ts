import { describe } from 'vitest';
import { clusteredSettings } from '../../support/cell/clustered-settings.ts';
import { killRounds } from './kill-rounds.ts';

describe('kill -9 on Neo4j, PostgreSQL, NATS and Redis', () => {
  killRounds(Number(process.env.KAZE_TEST_KILLS ?? 10), clusteredSettings());
});
