import { describe } from 'vitest';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { runtimeContract } from './suite.ts';

describe('agents on Grafeo', () => {
  runtimeContract(async () => {
    const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
    return { engine, close: async () => {} };
  });
});
