import { describe } from 'vitest';
import { clusteredSettings } from '../../support/cell/clustered-settings.ts';
import { killRounds } from './kill-rounds.ts';

describe('kill -9 on Neo4j, PostgreSQL, NATS and Redis', () => {
  const rounds = Number(process.env.KAZE_TEST_KILLS ?? 10);
  const settings = clusteredSettings();
  // A dead worker's claim is waited for where others could still be at work: it must end within a round.
  const withShortLease = async () => ({ ...(await settings()), KAZE_RUNTIME_LEASE_MS: '2000' });
  killRounds({ rounds, workMs: [3_000, 5_000], settings: withShortLease });
});
