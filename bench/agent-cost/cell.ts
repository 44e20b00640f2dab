/**
 * The agents' part of a cell for measuring: runtime, gateway with its journal and budgets, graph (Grafeo, a process of its
 * own), and the ledger in PostgreSQL or, without an address, in PGlite.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRuntime } from '#agents';
import { systemPrincipal, Task } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { createEnvironmentSecrets } from '#platform/adapters/secrets/environment';
import { loadCellConfig } from '../../deploy/cell/index.ts';
import { openModelGateway } from '../../deploy/cell/model-gateway.ts';
import { type Behaviour, openTestCell } from '../../test/support/agents/cell.ts';

export const QUESTION = 'Is invoice 4711 of 14 May paid?';
export const MODEL = 'gpt-5.4-mini';

export interface BenchCellOptions {
  /** Address of the model server. */
  readonly upstream: string;
  /** Address of the ledger's PostgreSQL. */
  readonly postgres: string | undefined;
  readonly behave: Behaviour;
  /** Tasks at a time. */
  readonly concurrency: number;
}

async function openLedger(folder: string, postgres: string | undefined) {
  if (postgres) {
    const { openPostgresDatabase } = await import('#platform/adapters/database/postgres');
    const { createPostgresLedger } = await import('#platform/adapters/ledger/postgres');
    const database = openPostgresDatabase({ url: postgres, schema: 'kaze', logger: silentLogger });
    return { ledger: await createPostgresLedger({ database }), database };
  }
  const { openPgliteDatabase } = await import('#platform/adapters/database/pglite');
  const { createPgliteLedger } = await import('#platform/adapters/ledger/pglite');
  const database = await openPgliteDatabase({ folder: join(folder, 'ledger') });
  return { ledger: await createPgliteLedger({ database }), database };
}

export async function openBenchCell({ upstream, postgres, behave, concurrency }: BenchCellOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-bench-agents-'));
  const [clock, logger] = [systemClock, silentLogger];
  const engine = await createGrafeoEngine({ folder: join(folder, 'graph'), logger, clock });
  const cell = await openTestCell(engine);
  const { ledger, database } = await openLedger(folder, postgres);
  const { values: config } = loadCellConfig({ flags: { 'data.dir': folder, 'models.openaiUrl': `${upstream}/v1` } });
  const secrets = createEnvironmentSecrets({ env: { OPENAI_API_KEY: 'sk-bench' } });
  // The offline model, which alone would embed, is never asked.
  const embedder = undefined as never;
  const models = await openModelGateway({ config, dataFolder: folder, secrets, embedder, ledger, clock, logger });
  cell.behaveByDefault(behave);
  const { store, handlers, gate, files } = cell;
  const runtime = await startRuntime({
    ...{ store, clock, logger, handlers, gate, files, search: { search: async () => [] } },
    model: {
      async complete(request, options) {
        await models.taskCosts.know(request.attribution.task!);
        return models.gateway.complete(request, options);
      },
      begun: (task, { isFirst }) => models.taskCosts.begin(task, isFirst),
      spentMicros: (task) => models.taskCosts.micros(task),
    },
    settings: { concurrency, soleProcess: true },
  });
  const principal = systemPrincipal('runtime');
  return {
    cell,
    runtime,
    /** Resolves once no task is left to do and all that ended is in the ledger. Rejects when one failed. */
    async settled(): Promise<void> {
      const open = () => cell.raw.count(principal, Task, { state: { in: ['queued', 'running'] } });
      while ((await open()) > 0) await clock.sleep(100);
      const failed = await cell.raw.count(principal, Task, { state: { eq: 'failed' } });
      if (failed > 0) throw new Error(`${failed} tasks failed`);
      await models.flush();
    },
    async close(): Promise<void> {
      await runtime.stop();
      await models.close();
      await cell.close();
      await engine.close();
      await ledger.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
