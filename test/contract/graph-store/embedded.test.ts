import { describe } from 'vitest';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { graphStoreContract } from './suite.ts';

describe('the graph on Grafeo', () => {
  graphStoreContract(async () => {
    const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
    return { engine, close: () => engine.close() };
  });
});
