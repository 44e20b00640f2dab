import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startRuntime } from '#agents';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createLogger, systemClock, type UsageRow } from '#platform';
import { openFileSecrets } from '#platform/adapters/secrets/file';
import { loadCellConfig } from '../../../deploy/cell/config.ts';
import { openModelGateway } from '../../../deploy/cell/model-gateway.ts';
import { modelsText } from '../../../deploy/cell/models.ts';
import { describeSecrets } from '../../../deploy/cell/secrets.ts';
import { settled } from '../../contract/runtime/expectations.ts';
import { openTestCell } from '../../support/agents/cell.ts';
import { startModelServer } from '../../support/models/server.ts';
import { openAiWire } from '../../support/models/wires/openai.ts';

const KEYS = { first: 'first-key-9f3ab1c07d52', exchanged: 'second-key-71c4e8d20b6f', own: 'client-key-5d0e92a7f384' };
const MASTER = 'the master key of the file 4c1b';

/** The gateway's own service is searched in test/integration/gateway-cluster; here it is the graph that agents leave. */
test('agents that work with hosted models leave no key in graph, audit, journal, rows, log or description', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-keys-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const upstream = await startModelServer(openAiWire);
  onTestFinished(() => upstream.close());
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const engine = await createGrafeoEngine({ memory: true, logger, clock: systemClock });
  const cell = await openTestCell(engine, { logger });
  onTestFinished(() => cell.close());
  const secrets = await openFileSecrets({ file: join(folder, 'secrets.enc'), key: MASTER });
  await secrets.put('providers/openai/studio', KEYS.first);
  const rows: UsageRow[] = [];
  const ledger = {
    recordUsage: async (more: readonly UsageRow[]) => void rows.push(...more),
    usageRows: async () => rows,
    sumUsage: async () => [],
  };
  const config = loadCellConfig({ env: { KAZE_MODELS_OPENAI_URL: upstream.url } }).values;
  const models = await openModelGateway({
    ...{ config, dataFolder: folder, secrets, ledger: ledger as never, clock: systemClock, logger },
    embedder: { model: 'none', dimensions: 1, embed: async () => [], close: async () => {} } as never,
  });
  onTestFinished(() => models.close());
  const runtime = await startRuntime({
    ...{ store: cell.store, clock: systemClock, logger, handlers: cell.handlers, gate: cell.gate, files: cell.files },
    search: { search: async () => [] },
    model: {
      complete: (request, options) =>
        models.gateway.complete({ ...request, modelHint: { model: 'openai/gpt-4.1-mini' } }, options),
      spentMicros: async () => 0,
    },
    settings: { concurrency: 1, pollMs: 20, backoff: { firstMs: 10, longestMs: 20 } },
  });
  onTestFinished(() => runtime.stop());

  const client = await cell.client();
  const work = async () =>
    settled(client, await client.submit({ skill: 'worded', inputs: { question: 'May I?' }, maxAttempts: 1 }));
  const text = ['{"answer":"Yes, gladly.","sure":true}'];
  upstream.next({ kind: 'scene', scene: { text } });
  const done = await work();
  expect(done.state).toBe('awaiting_approval');
  await secrets.put('providers/openai/studio', KEYS.exchanged);
  await secrets.put(`tenants/${client.tenant}/providers/openai`, KEYS.own);
  const sentWith = (key: string) => upstream.seen.some(({ headers }) => headers.authorization === `Bearer ${key}`);
  await expect
    .poll(
      async () => {
        // What fails stands in the graph with its reason.
        upstream.next({ kind: 'fault', fault: 'bad-request' });
        await work();
        return sentWith(KEYS.own);
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  upstream.next({ kind: 'fault', fault: 'unauthorised' });
  const refused = await work();
  expect(refused).toMatchObject({ state: 'failed', errorCode: 'KAZE_MODEL_CREDENTIAL_REFUSED' });
  await models.flush();

  const graph = await engine.read('MATCH (n) RETURN n', {}, { timeoutMs: 20_000 });
  const edges = await engine.read('MATCH (a)-[r]->(b) RETURN r', {}, { timeoutMs: 20_000 });
  const journal = await readdir(join(folder, 'journal'));
  const files = await Promise.all(journal.map((name) => readFile(join(folder, 'journal', name), 'utf8')));
  const places = {
    graph: JSON.stringify([graph, edges]),
    audit: JSON.stringify(cell.entries),
    rows: JSON.stringify(rows),
    journal: files.join('\n'),
    log: lines.join('\n'),
    description: `${await modelsText(config.models, secrets)} ${await describeSecrets(secrets)}`,
    file: await readFile(join(folder, 'secrets.enc'), 'utf8'),
  };
  const marks = { graph: 'KAZE_MODEL_CREDENTIAL_REFUSED', rows: 'openai/client#', journal: 'openai/studio#' };
  const more = { audit: client.tenant, log: '"level"', description: `keys of ${client.tenant}`, file: 'kaze-secrets' };
  for (const [place, mark] of Object.entries({ ...marks, ...more })) {
    expect(places[place as keyof typeof places], place).toContain(mark);
  }
  for (const [place, said] of Object.entries(places)) {
    for (const [name, value] of Object.entries({ ...KEYS, MASTER })) {
      expect(said.includes(value), `${name} in ${place}`).toBe(false);
    }
  }
});
