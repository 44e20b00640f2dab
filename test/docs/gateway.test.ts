import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadGatewayConfig, openKeyAccess, type RunningGateway, startGateway } from '../../deploy/gateway/index.ts';
import { type ModelServer, startModelServer } from '../support/models/server.ts';
import { openAiWire } from '../support/models/wires/openai.ts';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;
const page = await readFile(join(root, 'docs/gateway.md'), 'utf8');
const blocks = [...page.matchAll(/^```(sh|js)\n(.*?)^```/gms)].map(([, language = '', code = '']) => ({
  language,
  code,
}));

const prices = /^```yaml\n(date:.*?)^```/ms.exec(page)![1]!;

let folder: string;
let ownServer: ModelServer;
let gateway: RunningGateway;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kaze-gateway-'));
  ownServer = await startModelServer(openAiWire);
  const [priceFile, policyFile] = [join(folder, 'prices.yaml'), join(folder, 'policy.yaml')];
  await writeFile(priceFile, prices);
  await writeFile(policyFile, 'budgets: [{ scope: { level: cell }, window: month, maxMicros: 1000000 }]');
  const loaded = loadGatewayConfig({
    flags: {
      ...{ 'data.dir': folder, 'gateway.port': 0, 'models.priceFile': priceFile, 'models.policyFile': policyFile },
      ...{ 'models.compatibleUrl': ownServer.url, 'models.compatibleName': 'my-server' },
    },
  });
  gateway = await startGateway({ loaded, env: { KAZE_SECRET_PROVIDERS__MY_SERVER__STUDIO: 'key-of-my-server' } });
  // As the command line does while the gateway runs: through it.
  const keys = await openKeyAccess(loaded.values);
  const { secret } = await keys.create({ name: 'laptop', tenant: 'acme' });
  env = { PATH: process.env.PATH, GATEWAY: gateway.url, KEY: secret };
});

afterAll(async () => {
  await gateway?.stop();
  await ownServer?.close();
  await rm(folder, { recursive: true, force: true });
});

it.each([
  ['curl', 0, /Refunds are paid within 14 days\. \[1\].*"finish_reason":"stop"/s],
  ['the openai package', 1, /I was given no passages.*\d+ tokens/s],
  ['an outcome that is told', 4, /"taskType":"refund-question","outcome":"approved"/],
  ['the Anthropic package', 2, /Refunds are paid within 14 days\. \[1\].*Refunds are paid within 14 days\.\n$/s],
  ['the usage of the key', 3, /^\{"nodes":\[.*"agent":"laptop".*"model":"extractive".*"next":null\}$/s],
])('the page shows a call with %s that works', async (_, index, output) => {
  const { language, code } = blocks[index]!;
  const [program, args] =
    language === 'sh' ? ['sh', ['-c', code]] : [process.execPath, ['--input-type=module', '-e', code]];
  const { stdout } = await run(program as string, args as string[], { cwd: root, env });
  expect(stdout).toMatch(output);
});

it('charges a model that Kaze does not know by the prices of the page, under a budget of money', async () => {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${env.KEY}` },
    body: JSON.stringify({ model: 'my-server/local-1', messages: [{ role: 'user', content: 'hi' }], max_tokens: 9 }),
  });
  const { usage } = (await answer.json()) as { usage: { prompt_tokens: number; completion_tokens: number } };
  const dollars = Math.ceil(usage.prompt_tokens * 0.1 + usage.completion_tokens * 0.4) / 1e6;
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  const [, told] = /kaze_gateway_cost_dollars_total\{provider="my-server",model="local-1"\} (\S+)/.exec(metrics)!;
  expect(Number(told)).toBe(dollars);
});

it('lists, revokes and refuses keys through the running gateway, and from its database once it has ended', async () => {
  const { values } = loadGatewayConfig({ flags: { 'data.dir': folder } });
  const running = await openKeyAccess(values);
  const [key] = await running.list();
  expect(key).toMatchObject({ name: 'laptop', tenant: 'acme', revokedAt: null });
  await running.revoke(key!.id);
  const refused = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${env.KEY}` } });
  expect(refused.status).toBe(401);
  await expect(running.revoke('nobody')).rejects.toMatchObject({ code: 'KAZE_GATEWAY_KEY_NOT_FOUND' });
  await gateway.stop();
  const alone = await openKeyAccess(values);
  expect(await alone.list()).toMatchObject([{ id: key!.id, revokedAt: expect.any(Number) }]);
  await alone.close();
});
