import { describe } from 'vitest';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { ingestionContract } from './suite.ts';

describe('ingestion on Grafeo', () => {
  ingestionContract(async () => {
    const engine = await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock });
    return { engine, close: () => engine.close() };
  });
});
