import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '#platform';
import { gatewayAddress } from '../../../deploy/gateway/address.ts';
import { loadGatewayConfig } from '../../../deploy/gateway/index.ts';
import { openStores } from '../../../deploy/gateway/stores.ts';
import { type ModelServer, startModelServer } from '../../support/models/server.ts';
import { openAiWire } from '../../support/models/wires/openai.ts';
import { kaze } from '../../unit/deploy/cli/fake-terminal.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kaze-gateway-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const FLOOR = 0.7;
const [CHEAP, MID, DEAR] = ['gpt-5.6-luna', 'gpt-5.6-terra', 'gpt-5.6-sol'] as const;
const LEARNS = JSON.stringify({
  choice: {
    by: 'learned',
    learned: { floor: FLOOR, explore: 0, refreshMs: 1, models: [CHEAP, MID, DEAR].map((name) => `openai/${name}`) },
  },
});
/** Of ten tasks so many are done well. All but the first model are good enough. */
const GOOD: Readonly<Record<string, number>> = { [CHEAP]: 2, [MID]: 10, [DEAR]: 10 };
/** In a row of the right model, after which it is taken to be found. */
const SETTLED = 25;
/** What is known of the models is drawn by chance: some 50 calls settle it, and ten times as many practically always. */
const MOST_CALLS = 500;

interface Told {
  readonly nodes: readonly {
    readonly choices: number;
    readonly judged: number;
    readonly models: readonly { model: string; choices: number; quality: number; interval: { low: number } }[];
    readonly regrets: readonly { against: string; model: string }[];
  }[];
}

// Its database takes long to start on a busy machine.
const PATIENT = { timeout: 120_000 };

it(
  'runs from kaze gateway until its signal, takes keys of the command line, and keeps every call',
  PATIENT,
  async () => {
    const data = await newFolder();
    const ending = new AbortController();
    const vendor = await startModelServer(openAiWire);
    onTestFinished(() => vendor.close());
    await writeFile(join(data, 'policy.yaml'), LEARNS);
    // A key that an environment of a cell has means nothing here and must not stop the start.
    const env = { KAZE_GRAPH_URL: 'bolt://db', KAZE_SECRET_X: 'y', OPENAI_API_KEY: 'sk-test' };
    const settings = ['--set', `models.openaiUrl=${vendor.url}`, '--set', 'models.policyFile=policy.yaml'];
    const running = kaze(['gateway', '--port', '0', '--data', data, ...settings, '--json'], {
      ...{ signal: ending.signal, env, cwd: data },
    });
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
    const tell = async (requestId: string | null, outcome: 'approved' | 'rejected') => {
      const told = await fetch(`${url}/v1/kaze/outcomes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
        body: JSON.stringify({ requestId, outcome }),
      });
      expect(told.status).toBe(200);
    };
    await tell(typed.headers.get('x-request-id'), 'approved');
    const reportOf = () =>
      kaze(['gateway', 'report', '--alone', '--tenant', 'acme', '--task-type', 'refunds', '--data', data, '--json']);
    const reported = {
      nodes: [{ taskType: 'refunds', judged: 1, quality: 1, models: [{ model: 'offline/extractive', choices: 1 }] }],
    };
    expect(JSON.parse((await reportOf()).out)).toMatchObject(reported);
    const counts = await learnedCounts({ url, secret }, vendor, tell);
    const [learned] = (
      JSON.parse(
        (await kaze(['gateway', 'report', '--alone', '--task-type', 'summaries', '--data', data, '--json'])).out,
      ) as Told
    ).nodes;
    const calls = Object.values(counts).reduce((sum, { choices }) => sum + choices, 0);
    expect(learned).toMatchObject({ choices: calls, judged: calls });
    const chosen = Object.fromEntries(
      learned!.models.map(({ model, choices, quality }) => [model, { choices, quality }]),
    );
    expect(chosen).toEqual(
      Object.fromEntries(
        Object.entries(counts).map(([name, { choices, good }]) => [
          `openai/${name}`,
          { choices, quality: good / choices },
        ]),
      ),
    );
    expect(learned!.regrets.find(({ against }) => against === 'cheapest')?.model).toBe(`openai/${CHEAP}`);
    const shown = await kaze(['gateway', 'report', '--alone', '--task-type', 'summaries', '--data', data]);
    expect(shown.out).toMatch(new RegExp(`summaries: ${calls} chosen.*openai/${MID} .*against always the best`, 's'));
    const usageOf = () =>
      kaze(['gateway', 'usage', '--tenant', 'acme', '--by', 'taskType,model', '--data', data, '--json']);
    const used = JSON.parse((await usageOf()).out) as {
      nodes: { group: { taskType: string | null; model: string }; calls: number; costMicros: number }[];
    };
    const ofSummaries = used.nodes.filter(({ group }) => group.taskType === 'summaries');
    expect(Object.fromEntries(ofSummaries.map(({ group, calls: times }) => [group.model, times]))).toEqual(
      Object.fromEntries(Object.entries(counts).map(([name, { choices }]) => [name, choices])),
    );
    for (const { costMicros } of ofSummaries) expect(costMicros).toBeGreaterThan(0);
    const own = await fetch(`${url}/v1/kaze/usage?by=taskType,model`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(await own.json()).toEqual(used);
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
    expect(JSON.parse((await usageOf()).out)).toEqual(used);
    const stores = await openStores(loadGatewayConfig({ flags: { 'data.dir': data } }).values, silentLogger);
    try {
      expect(await stores.ledger.usageRows({ virtualKeyId: id, model: 'extractive' })).toMatchObject([
        { tenant: 'acme', agent: 'seo', taskType: null, outcome: 'ok' },
        { tenant: 'acme', agent: 'seo', channel: 'gateway', provider: 'offline', outcome: 'ok' },
      ]);
    } finally {
      await stores.close();
    }
  },
);

/** Asks and judges until the right model is found: how often each was chosen, and how often it was good. */
async function learnedCounts(
  { url, secret }: { readonly url: string; readonly secret: string },
  vendor: ModelServer,
  tell: (requestId: string | null, outcome: 'approved' | 'rejected') => Promise<void>,
): Promise<Readonly<Record<string, { choices: number; good: number }>>> {
  const counts: Record<string, { choices: number; good: number }> = {};
  let inRow = 0;
  for (let calls = 0; inRow < SETTLED && calls < MOST_CALLS; calls += 1) {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'x-kaze-task-type': 'summaries' },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'hi' }] }),
    });
    expect(answer.status).toBe(200);
    await answer.text();
    const name = String(vendor.seen.at(-1)!.body.model);
    const count = counts[name] ?? { choices: 0, good: 0 };
    counts[name] = count;
    const good = count.choices % 10 < GOOD[name]!;
    count.choices += 1;
    if (good) count.good += 1;
    inRow = name === MID ? inRow + 1 : 0;
    await tell(answer.headers.get('x-request-id'), good ? 'approved' : 'rejected');
  }
  expect(inRow).toBe(SETTLED);
  // The cheapest was tried, since the caller's hint speaks for it, until it was known not to be good enough.
  expect(counts[CHEAP]!.choices).toBeGreaterThan(0);
  return counts;
}

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
