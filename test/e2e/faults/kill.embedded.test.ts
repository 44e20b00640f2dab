import { describe } from 'vitest';
import { killRounds } from './kill-rounds.ts';

describe('kill -9 on embedded engines', () => {
  killRounds(Number(process.env.KAZE_TEST_KILLS ?? 40), async () => ({}));
});
