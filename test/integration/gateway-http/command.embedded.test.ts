import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '#platform';
import { gatewayAddress } from '../../../deploy/gateway/address.ts';
import { loadGatewayConfig } from '../../../deploy/gateway/index.ts';
import { openStores } from '../../../deploy/gateway/stores.ts';
import { kaze } from '../../unit/deploy/cli/fake-terminal.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-gateway-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// Its database takes long to start on a busy machine.
const PATIENT = { timeout: 120_000 };

it(
  'runs from kaze gateway until its signal, takes keys of the command line, and keeps every call',
  PATIENT,
  async () => {
    const data = await newFolder();
    const ending = new AbortController();
    // A key that an environment of a cell has means nothing here and must not stop the start.
    const env = { KAZE_GRAPH_URL: 'bolt://db', KAZE_SECRET_X: 'y' };
    const running = kaze(['gateway', '--port', '0', '--data', data, '--json'], { signal: ending.signal, env });
    await expect.poll(() => gatewayAddress.read(join(data, 'gateway')), { timeout: 90_000 }).toBeDefined();
    const { url, token } = (await gatewayAddress.read(join(data, 'gateway')))!;
    expect((await stat(join(data, 'gateway', 'gateway.json'))).mode & 0o077).toBe(0);

    const created = await kaze([
      'gateway',
      'keys',
      'create',
      'ci',
      '--tenant',
      'acme',
      '--agent',
      'seo',
      '--data',
      data,
      '--json',
    ]);
    const { secret, id } = JSON.parse(created.out) as { secret: string; id: string };
    const call = () =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
        body: JSON.stringify({ model: 'offline/extractive', messages: [{ role: 'user', content: 'hi' }] }),
      });
    expect((await call()).status).toBe(200);
    const typed = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'x-kaze-task-type': 'refunds' },
      body: JSON.stringify({ model: 'offline/extractive', messages: [{ role: 'user', content: 'hi' }] }),
    });
    await typed.text();
    const told = await fetch(`${url}/v1/kaze/outcomes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ requestId: typed.headers.get('x-request-id'), outcome: 'approved' }),
    });
    expect(told.status).toBe(200);
    const reportOf = () => kaze(['gateway', 'report', '--alone', '--tenant', 'acme', '--data', data, '--json']);
    const reported = {
      nodes: [{ taskType: 'refunds', judged: 1, quality: 1, models: [{ model: 'offline/extractive', choices: 1 }] }],
    };
    expect(JSON.parse((await reportOf()).out)).toMatchObject(reported);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/kaze_\w+\{[^}]*provider="offline"/);
    const listed = await kaze(['gateway', 'keys', 'list', '--data', data]);
    expect(listed.out).toContain(id);
    expect(listed.out + listed.err).not.toContain(secret);
    const second = await kaze(['gateway', '--port', '0', '--data', data, '--json']);
    expect([second.code, JSON.parse(second.out)]).toMatchObject([1, { error: { code: 'KAZE_GRAPH_LOCKED' } }]);
    expect((await kaze(['gateway', 'keys', 'revoke', id, '--data', data])).out).toContain('revoked');
    expect((await call()).status).toBe(401);
    expect((await kaze(['gateway', 'keys', 'revoke', 'nobody', '--data', data])).code).toBe(6);
    expect((await kaze(['gateway', 'keys', 'create', 'x', '--data', data])).code).toBe(2);

    ending.abort();
    const { code, out, err } = await running;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ url, anthropic: url, openai: `${url}/v1` });
    for (const secretText of [secret, token]) expect(out + err).not.toContain(secretText);
    expect(await gatewayAddress.read(join(data, 'gateway'))).toBeUndefined();

    // The same from the database, once the gateway has ended.
    expect(JSON.parse((await reportOf()).out)).toMatchObject(reported);
    const stores = await openStores(loadGatewayConfig({ flags: { 'data.dir': data } }).values, silentLogger);
    try {
      expect(await stores.ledger.usageRows({ virtualKeyId: id })).toMatchObject([
        { tenant: 'acme', agent: 'seo', taskType: null, outcome: 'ok' },
        { tenant: 'acme', agent: 'seo', channel: 'gateway', provider: 'offline', outcome: 'ok' },
      ]);
    } finally {
      await stores.close();
    }
  },
);

it('names every setting that is wrong, and a ledger that has no address', async () => {
  const data = await newFolder();
  const env = { KAZE_GATEWAY_PORT: 'many', KAZE_GATEWAY_HSOT: 'x' };
  const { code, err } = await kaze(['gateway', '--data', data], { env });
  expect(code).toBe(2);
  expect(err).toMatch(/KAZE_GATEWAY_PORT.*KAZE_GATEWAY_HSOT|KAZE_GATEWAY_HSOT.*KAZE_GATEWAY_PORT/s);
  const ledgerless = await kaze([
    'gateway',
    '--data',
    data,
    '--set',
    'ledger.engine=postgres',
    '--set',
    'queue.engine=bullmq',
  ]);
  expect([ledgerless.code, /KAZE_LEDGER_URL.*KAZE_QUEUE_URL/s.test(ledgerless.err)]).toEqual([2, true]);
  expect(loadGatewayConfig({ env: { KAZE_LEDGER_URL: 'postgres://db/x' } }).values.ledger.engine).toBe('postgres');
});
