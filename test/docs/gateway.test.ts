import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadGatewayConfig, openKeyAccess, type RunningGateway, startGateway } from '../../deploy/gateway/index.ts';
import { type ModelServer, startModelServer } from '../support/models/server.ts';
import { openAiWire } from '../support/models/wires/openai.ts';
import { kaze } from '../unit/deploy/cli/fake-terminal.ts';

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
let keyId: string;

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
      'models.openaiUrl': ownServer.url,
    },
  });
  const [mine, vendors] = ['KAZE_SECRET_PROVIDERS__MY_SERVER__STUDIO', 'OPENAI_API_KEY'];
  gateway = await startGateway({ loaded, env: { [mine]: 'key-of-my-server', [vendors]: 'key-of-openai' } });
  // As the command line does while the gateway runs: through it.
  const keys = await openKeyAccess(loaded.values);
  const { secret, key } = await keys.create({ name: 'laptop', tenant: 'acme' });
  keyId = key.id;
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

it.each([
  ['my-server', 'local-1', 0.1, 0.4],
  ['my-server', 'large', 0.1, 0.4],
  ['openai', 'gpt-7-sol', 3, 12],
])('calls %s/%s, which Kaze does not know, at the price of the page', async (provider, name, input, output) => {
  const model = `${provider}/${name}`;
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${env.KEY}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], max_tokens: 9 }),
  });
  const { usage } = (await answer.json()) as { usage: { prompt_tokens: number; completion_tokens: number } };
  const dollars = Math.ceil(usage.prompt_tokens * input + usage.completion_tokens * output) / 1e6;
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  const told = new RegExp(`kaze_gateway_cost_dollars_total\\{provider="${provider}",model="${name}"\\} (\\S+)`);
  expect(Number(told.exec(metrics)![1])).toBe(dollars);
  expect(ownServer.seen.at(-1)!.body).toMatchObject({ model: name });
});

it('offers the models that the page declares, as it declares them', async () => {
  const answer = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${env.KEY}` } });
  const { data } = (await answer.json()) as { data: Array<{ id: string }> };
  expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(['openai/gpt-7-sol', 'my-server/large']));
});

/** Every call of the command line on the page, in blocks and in sentences, but the one that starts the gateway. */
const commands = [...page.matchAll(/(?:npx )?kaze (gateway (?:keys create|usage|report) [^`)\n]+)/g)].map(
  ([, text]) => text!,
);

it('shows commands that work', async () => {
  expect(commands.length).toBeGreaterThanOrEqual(4);
  for (const text of commands) {
    const words = [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    const { code } = await kaze([...words, '--data', folder]);
    expect([text, code]).toEqual([text, 0]);
  }
});

it('lists, revokes and refuses keys through the running gateway, and from its database once it has ended', async () => {
  const { values } = loadGatewayConfig({ flags: { 'data.dir': folder } });
  const running = await openKeyAccess(values);
  expect((await running.list()).find(({ id }) => id === keyId)).toMatchObject({
    name: 'laptop',
    tenant: 'acme',
    revokedAt: null,
  });
  await running.revoke(keyId);
  const refused = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${env.KEY}` } });
  expect(refused.status).toBe(401);
  await expect(running.revoke('nobody')).rejects.toMatchObject({ code: 'KAZE_GATEWAY_KEY_NOT_FOUND' });
  await gateway.stop();
  const alone = await openKeyAccess(values);
  expect((await alone.list()).find(({ id }) => id === keyId)).toMatchObject({ revokedAt: expect.any(Number) });
  await alone.close();
});
