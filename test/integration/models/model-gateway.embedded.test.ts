import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { silentLogger, systemClock } from '#platform';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { createPgliteLedger } from '#platform/adapters/ledger/pglite';
import { createEnvironmentSecrets } from '#platform/adapters/secrets/environment';
import { loadCellConfig } from '../../../deploy/cell/config.ts';
import { openModelGateway, readPolicy } from '../../../deploy/cell/model-gateway.ts';

const POLICY = `
limits: [{ per: agent, requestsPerMinute: 100 }]
budgets:
  - { scope: { level: tenant, tenant: acme }, window: total, maxTokens: 4000 }
`;
const attribution = { tenant: 'acme', agent: 'support', task: 't1', skillVersion: null, channel: null };
const ASK = {
  messages: [{ role: 'user' as const, content: 'Hello?' }],
  limits: { maxOutputTokens: 1_000 },
  attribution,
};

test('a cell keeps to the budgets and limits of its policy file, and shows usage at once, also after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-gateway-'));
  const database = await openPgliteDatabase({ folder: join(folder, 'ledger') });
  onTestFinished(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });
  const ledger = await createPgliteLedger({ database });
  const file = join(folder, 'policy.yaml');
  await writeFile(file, POLICY);
  const env = { KAZE_MODELS_POLICY_FILE: file };
  const open = () =>
    openModelGateway({
      ...{ config: loadCellConfig({ env }).values, dataFolder: folder, secrets: createEnvironmentSecrets({ env }) },
      ...{ ledger, clock: systemClock, logger: silentLogger },
      embedder: { model: 'none', dimensions: 1, embed: async () => [], close: async () => {} } as never,
    });
  let cell = await open();
  let calls = 0;
  const spend = async () => {
    for (;;) {
      await cell.gateway.complete(ASK);
      calls += 1;
    }
  };
  await expect(spend()).rejects.toMatchObject({ code: 'KAZE_BUDGET_EXHAUSTED' });
  expect(calls).toBeGreaterThan(3);
  // Rows that the ledger has not taken yet are among them.
  const [sum] = await cell.usage.sumUsage({ task: 't1' }, ['task']);
  expect(sum).toMatchObject({ calls: calls + 1 });
  await cell.close();
  cell = await open();
  await expect(cell.gateway.complete(ASK)).rejects.toMatchObject({ code: 'KAZE_BUDGET_EXHAUSTED' });
  expect(await cell.usage.usageRows({ task: 't1' })).toHaveLength(calls + 2);
  await cell.close();
});

test('a policy file that is wrong is refused with every wrong place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-policy-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'policy.yaml');
  await writeFile(file, 'retries: { maxAttempts: 0 }\nlimts: []\n');
  await expect(readPolicy(file)).rejects.toMatchObject({
    code: 'KAZE_GATEWAY_POLICY_INVALID',
    message: expect.stringMatching(/retries\.maxAttempts.*limts/s),
  });
  await expect(readPolicy(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'KAZE_GATEWAY_POLICY_INVALID' });
  await writeFile(file, 'budgets: 3');
  await expect(readPolicy(file)).rejects.toMatchObject({ code: 'KAZE_GATEWAY_POLICY_INVALID' });
});
