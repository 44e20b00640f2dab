import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  createGrafeoEngine,
  type GrafeoEngine,
  type GrafeoLimitsInput,
} from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { graphEngineFaults } from './faults.ts';
import {
  codeOf,
  type EngineUnderTest,
  eventually,
  type FaultyEngine,
  insert,
  KEY,
  propertiesOf,
  RUNAWAY,
  timed,
} from './harness.ts';
import { graphEngineContract } from './suite.ts';

const common = { logger: silentLogger, clock: systemClock };

async function freshEngine(
  limits?: GrafeoLimitsInput,
): Promise<EngineUnderTest & { engine: GrafeoEngine; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-grafeo-'));
  const engine = await createGrafeoEngine({ ...common, folder, limits });
  return {
    engine,
    folder,
    settled: async () => void (await eventually(async () => engine.isIdle, 5_000)),
    close: async () => {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function faultyEngine(): Promise<FaultyEngine> {
  const under = await freshEngine();
  const signal = (name: NodeJS.Signals): void => void process.kill(under.engine.pid!, name);
  return {
    ...under,
    pause: () => signal('SIGSTOP'),
    resume: () => undefined, // It is killed for its overrun and reopened: nobody need wake it.
    kill: async () => {
      const before = under.engine.pid!;
      signal('SIGKILL');
      await eventually(async () => under.engine.pid !== before, 5_000);
    },
    revive: async () => undefined,
    comesBackWithinMs: 5_000,
  };
}

describe('Grafeo in a child process', () => {
  graphEngineContract(() => freshEngine());
  graphEngineFaults(faultyEngine);

  it('keeps the graph over an orderly close and over the death of its parent', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kaze-grafeo-'));
    const first = await createGrafeoEngine({ ...common, folder });
    await first.ensureIndexes([KEY]);
    await insert(first, { id: 'kept' });
    await first.close();

    const parent = fork(fileURLToPath(new URL('./parent.ts', import.meta.url)), [folder], {
      execArgv: ['--import', '@oxc-node/core/register'],
    });
    await once(parent, 'message');
    const exited = once(parent, 'exit');
    parent.kill('SIGKILL');
    await exited;
    // The orphan is in the middle of a runaway query: it ends itself, and the start waits for its lock.
    const { value: second, ms } = await timed(() => createGrafeoEngine({ ...common, folder }));
    expect(ms).toBeLessThan(5_000);
    expect((await propertiesOf(second, 'kept'))?.id).toBe('kept');
    expect((await propertiesOf(second, 'of-parent'))?.id).toBe('of-parent');
    await second.close();
    await rm(folder, { recursive: true });
  });

  it('says that another process has the graph open, within the time it may wait', async () => {
    const under = await freshEngine();
    const attempt = createGrafeoEngine({ ...common, folder: under.folder, limits: { lockWaitMs: 300 } });
    const { value, ms } = await timed(() => codeOf(attempt));
    expect(value).toBe('KAZE_GRAPH_LOCKED');
    expect(ms).toBeLessThan(3_000);
    await insert(under.engine, { id: 'unharmed' });
    await under.close();
  });

  it('reports a damaged file as unavailable', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kaze-grafeo-'));
    await writeFile(join(folder, 'graph.grafeo'), 'no graph');
    await expect(createGrafeoEngine({ ...common, folder })).rejects.toMatchObject({
      code: 'KAZE_GRAPH_UNAVAILABLE',
      message: expect.stringContaining('invalid file header'),
    });
    await rm(folder, { recursive: true });
  });

  it('ends the query that fills memory, and repeats the others', async () => {
    const under = await freshEngine({ memoryLimitBytes: 1, memoryHeadroomBytes: 300 * 2 ** 20, memoryCheckMs: 50 });
    await under.engine.ensureIndexes([KEY]);
    await insert(under.engine, { id: 'here' });
    const filling = codeOf(
      under.engine.read('UNWIND range(1, 20000) AS a UNWIND range(1, 20000) AS b RETURN a AS a, b AS b ORDER BY a + b'),
    );
    const { value, ms } = await timed(() => filling);
    expect(value).toBe('KAZE_GRAPH_TIMEOUT');
    expect(ms).toBeLessThan(20_000);
    const { value: found, ms: freeAfterMs } = await timed(() => propertiesOf(under.engine, 'here'));
    expect(found?.id).toBe('here');
    expect(freeAfterMs).toBeLessThan(5_000);
    await under.close();
  });

  it('gives its process an empty environment', async () => {
    const under = await freshEngine();
    const environment = await readFile(`/proc/${under.engine.pid}/environ`, 'utf8');
    const names = environment
      .split('\0')
      .filter(Boolean)
      .map((entry) => entry.split('=')[0]);
    expect(names.filter((name) => !name?.startsWith('NODE_CHANNEL'))).toEqual([]);
    await under.close();
  });

  it('works in memory, and says so when that graph is gone', async () => {
    const engine = await createGrafeoEngine({ ...common, memory: true });
    await engine.ensureIndexes([KEY]);
    await insert(engine, { id: 'm1' });
    expect((await propertiesOf(engine, 'm1'))?.id).toBe('m1');
    await codeOf(engine.read(RUNAWAY, {}, { timeoutMs: 100 }));
    await eventually(async () => !(await engine.healthy()), 5_000);
    expect(await codeOf(engine.read('RETURN 1 AS one'))).toBe('KAZE_GRAPH_UNAVAILABLE');
    await engine.close();
  });
});
