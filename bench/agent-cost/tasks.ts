/**
 * An agent's task of two calls of a model and one tool between them, so many of them in a row, in a process of its own.
 * `bare` is the loop that one would write without any framework; `kaze` the runtime with its gateway, durable: graph
 * (Grafeo, a process of its own), journal, budgets, and the ledger in PostgreSQL or, without an address, in PGlite.
 *
 *     tasks.ts bare|kaze UPSTREAM [postgres=URL]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SkillContext, startRuntime } from '#agents';
import { systemPrincipal, Task } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { silentLogger, systemClock } from '#platform';
import { createEnvironmentSecrets } from '#platform/adapters/secrets/environment';
import { loadCellConfig } from '../../deploy/cell/index.ts';
import { openModelGateway } from '../../deploy/cell/model-gateway.ts';
import { openTestCell } from '../../test/support/agents/cell.ts';

const [role, upstream, ...stores] = process.argv.slice(2);
const postgres = stores.find((one) => one.startsWith('postgres='))?.slice('postgres='.length);
const QUESTION = 'Is invoice 4711 of 14 May paid?';
const MODEL = 'gpt-5.4-mini';

interface Runner {
  run(tasks: number): Promise<void>;
  close(): Promise<void>;
}

/** A tool that looks something up. */
function lookUp(said: string): string {
  return JSON.stringify({ invoice: 4711, paid: said.length > 0 });
}

async function ask(messages: ReadonlyArray<{ role: string; content: string }>): Promise<string> {
  const response = await fetch(`${upstream}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-bench' },
    body: JSON.stringify({ model: MODEL, messages, max_completion_tokens: 100 }),
  });
  const answer = (await response.json()) as { choices: ReadonlyArray<{ message: { content: string } }> };
  return answer.choices[0]!.message.content;
}

const bare: Runner = {
  async run(tasks) {
    for (let task = 0; task < tasks; task++) {
      const first = await ask([{ role: 'user', content: QUESTION }]);
      const found = lookUp(first);
      await ask([
        { role: 'user', content: QUESTION },
        { role: 'assistant', content: first },
        { role: 'user', content: found },
      ]);
    }
  },
  close: async () => {},
};

async function behave({ model, step }: SkillContext): Promise<object> {
  const modelHint = { model: `openai/${MODEL}` };
  const limits = { maxOutputTokens: 100 };
  const question = { role: 'user', content: QUESTION } as const;
  const first = await model({ messages: [question], modelHint, limits });
  const found = await step('look-up', async () => lookUp(first.text));
  const said = { role: 'assistant', content: first.text } as const;
  const last = await model({ messages: [question, said, { role: 'user', content: found }], modelHint, limits });
  return { outputs: { result: last.text } };
}

async function openLedger(folder: string) {
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

async function kaze(): Promise<Runner> {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-bench-agents-'));
  const [clock, logger] = [systemClock, silentLogger];
  const engine = await createGrafeoEngine({ folder: join(folder, 'graph'), logger, clock });
  const cell = await openTestCell(engine);
  const { ledger, database } = await openLedger(folder);
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
      begun: (task) => models.taskCosts.forget(task),
      spentMicros: (task) => models.taskCosts.micros(task),
    },
    settings: { concurrency: 4, soleProcess: true },
  });
  const client = await cell.client();
  return {
    async run(tasks) {
      for (let task = 0; task < tasks; task++) await client.submit({ agent: 'free' });
      runtime.wake();
      const open = () => cell.raw.count(systemPrincipal('runtime'), Task, { state: { in: ['queued', 'running'] } });
      while ((await open()) > 0) await clock.sleep(100);
      const failed = await cell.raw.count(systemPrincipal('runtime'), Task, { state: { eq: 'failed' } });
      if (failed > 0) throw new Error(`${failed} tasks failed`);
      await models.flush();
    },
    async close() {
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

const runner = role === 'bare' ? bare : await kaze();
process.on('message', (tasks: number) => {
  const before = process.cpuUsage();
  const began = performance.now();
  runner.run(tasks).then(
    () => {
      const { user, system } = process.cpuUsage(before);
      process.send?.({ cpuMs: (user + system) / 1_000, wallMs: performance.now() - began });
    },
    (error: unknown) =>
      process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.once('disconnect', () => {
  void runner.close().finally(() => process.exit(0));
});
process.send?.({ ready: true });
