import { describe } from 'vitest';
import { killRounds } from './kill-rounds.ts';

describe('kill -9 on embedded engines', () => {
  const rounds = Number(process.env.KAZE_TEST_KILLS ?? 40);
  killRounds({ rounds, workMs: [150, 1_150], settings: async () => ({}) });
});
