import { describe, expect, inject, it } from 'vitest';
import { createNeo4jEngine } from '#graph-schema/adapters/graph-engine/neo4j';
import { silentLogger, systemClock } from '#platform';
import { neo4j } from '../../support/servers/index.ts';
import { graphEngineFaults } from './faults.ts';
import { codeOf, type EngineUnderTest, eventually, type FaultyEngine, timed } from './harness.ts';
import { graphEngineContract } from './suite.ts';

const common = { logger: silentLogger, clock: systemClock };

/** The server cancels what was answered early without disturbing anybody. */
const settled = async (): Promise<void> => undefined;

async function freshEngine(): Promise<EngineUnderTest> {
  const engine = await createNeo4jEngine({ ...common, settings: { url: inject('servers').neo4j } });
  return { engine, settled, close: () => engine.close() };
}

async function faultyEngine(): Promise<FaultyEngine> {
  const server = await neo4j.start();
  const engine = await createNeo4jEngine({ ...common, settings: { url: server.url, readRetryMs: 60_000 } });
  return {
    engine,
    settled,
    pause: () => server.pause(),
    resume: () => server.resume(),
    kill: () => server.kill(),
    revive: () => server.restart(),
    comesBackWithinMs: 60_000,
    close: async () => {
      await engine.close();
      await server.stop();
    },
  };
}

describe('Neo4j', () => {
  graphEngineContract(freshEngine);

  describe('with a server of its own', { timeout: 180_000 }, () => {
    graphEngineFaults(faultyEngine);

    it('says within a bounded time that the server is away at start, and finds it when it comes', async () => {
      const server = await neo4j.start();
      await server.kill();
      const settings = { url: server.url, readRetryMs: 1_000 };
      const engine = await createNeo4jEngine({ ...common, settings });
      const { value, ms } = await timed(() => codeOf(engine.read('RETURN 1 AS one')));
      expect(value).toBe('KAZE_GRAPH_UNAVAILABLE');
      expect(ms).toBeLessThan(5_000);
      expect(await codeOf(engine.transaction((transaction) => transaction.run('RETURN 1 AS one')))).toBe(
        'KAZE_GRAPH_UNAVAILABLE',
      );
      expect(await engine.healthy()).toBe(false);
      await server.restart();
      await eventually(() => engine.healthy(), 30_000);
      expect(await engine.read('RETURN 1 AS one')).toEqual([{ one: 1 }]);
      await engine.close();
      await server.stop();
    });
  });

  it('refuses wrong settings before it connects', async () => {
    const settings = { url: 'http://127.0.0.1:7474' };
    await expect(createNeo4jEngine({ ...common, settings })).rejects.toThrow(/bolt:\/\/127\.0\.0\.1:7687/);
  });
});
