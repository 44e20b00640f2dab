import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type ModelServer, startModelServer } from '../../support/models/server.ts';
import { openAiWire } from '../../support/models/wires/openai.ts';
import { type FreshDatabase, freshDatabase } from '../../support/servers/databases.ts';
import { type FreshVault, freshVault } from '../../support/servers/vault.ts';
import { kaze } from '../../unit/deploy/cli/fake-terminal.ts';
import { databaseText, filesText, redisText, startCollector } from './everything.ts';
import { GatewayProcess } from './gateway-process.ts';

/** Two gateways as operators run them: Redis, PostgreSQL and Vault shared, a data folder for each. */
const MODEL = 'openai/gpt-4.1-mini';
const SCENE = { text: ['hello'] };
/** What the model server answers costs: 12 tokens in at .4 and 5 out at 1.6 dollars a million. */
const CALL_MICROS = 13;
const ACME_MICROS = 50 * CALL_MICROS;
/** For one call with room for 100 tokens out, and not for two. */
const GLOBEX_MICROS = 225;
const POLICY = `
retries: { maxAttempts: 1, restKeys: false }
breaker: null
budgets:
  - { scope: { level: tenant, tenant: acme }, window: total, maxMicros: ${ACME_MICROS} }
  - { scope: { level: tenant, tenant: globex }, window: total, maxMicros: ${GLOBEX_MICROS} }
`;
const newKey = (owner: string) => `${owner}-${randomBytes(16).toString('hex')}`;
const keys = { studio: newKey('studio'), rotated: newKey('rotated'), hooli: newKey('hooli'), wrong: newKey('wrong') };
const body = { model: MODEL, max_tokens: 5, messages: [{ role: 'user', content: 'Hello?' }] };

const cell = `gw-${randomBytes(4).toString('hex')}`;
let folder: string;
let vault: FreshVault;
let database: FreshDatabase;
let upstream: ModelServer;
let collector: Awaited<ReturnType<typeof startCollector>>;
let gateways: readonly [GatewayProcess, GatewayProcess];
let role: { roleId: string; secretId: string };
/** Of tenants, by the tenant's name; each made at the first gateway. */
const virtual: Record<string, string> = {};
/** Everything that clients were told. */
const told: string[] = [];

beforeAll(async () => {
  const { redis, postgres, openbao } = inject('servers');
  folder = await mkdtemp(join(tmpdir(), 'kaze-gateways-'));
  [vault, database, upstream, collector] = await Promise.all([
    freshVault(openbao),
    freshDatabase(postgres),
    startModelServer(openAiWire),
    startCollector(),
  ]);
  const { mount: authMount, ...ids } = await vault.appRole();
  role = ids;
  await vault.put('kaze/providers/openai/studio', { value: keys.studio });
  await vault.put('kaze/tenants/hooli/providers/openai', { key: keys.hooli, weight: '2' });
  const policyFile = join(folder, 'policy.yaml');
  await writeFile(policyFile, POLICY);
  const env = {
    ...{ KAZE_CELL_NAME: cell, KAZE_LOG_LEVEL: 'debug', KAZE_TELEMETRY_ENDPOINT: collector.url },
    ...{ KAZE_LEDGER_URL: database.url, KAZE_QUEUE_ENGINE: 'bullmq', KAZE_QUEUE_URL: redis },
    ...{ KAZE_SECRETS_ENGINE: 'vault', KAZE_SECRETS_URL: vault.url, KAZE_SECRETS_MOUNT: vault.mount },
    ...{ KAZE_SECRETS_AUTH: 'approle', KAZE_SECRETS_AUTH_MOUNT: authMount, KAZE_SECRETS_CACHE_MS: '0' },
    ...{ KAZE_SECRETS_ROLE_ID: role.roleId, KAZE_SECRETS_SECRET_ID: role.secretId },
    ...{ KAZE_MODELS_OPENAI_URL: upstream.url, KAZE_MODELS_POLICY_FILE: policyFile, KAZE_GATEWAY_KEY_CACHE_MS: '0' },
  };
  gateways = [new GatewayProcess(join(folder, 'one'), env), new GatewayProcess(join(folder, 'two'), env)];
  // One after the other: the first makes the tables.
  for (const gateway of gateways) await gateway.start();
  for (const tenant of ['acme', 'globex', 'hooli', 'initech']) {
    const made = await gateways[0].keys((access) => access.create({ name: tenant, tenant, agent: 'writer' }));
    virtual[tenant] = made.secret;
  }
}, 240_000);

afterAll(async () => {
  await Promise.all((gateways ?? []).map((gateway) => gateway.end('SIGKILL')));
  await Promise.all([upstream?.close(), collector?.close()]);
  await Promise.all([database?.drop(), vault?.drop()]);
  await rm(folder, { recursive: true, force: true });
}, 120_000);

async function call(gateway: GatewayProcess, tenant: string, more: Record<string, unknown> = {}) {
  const answer = await gateway.ask('/v1/chat/completions', virtual[tenant]!, { ...body, ...more });
  told.push(answer.headers, answer.text);
  return answer;
}

interface Row {
  readonly id: string;
  readonly outcome: string;
  readonly cost: number;
  readonly key_id: string | null;
}

async function rowsOf(tenant: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const text = 'SELECT id, outcome, cost_micros::float8 AS cost, key_id FROM kaze.usage WHERE tenant = $1';
    return (await client.query(text, [tenant])).rows;
  } finally {
    await client.end();
  }
}

const keyId = (owner: string, key: string) =>
  `openai/${owner}#${createHash('sha256').update(`kaze key ${key}`).digest('hex').slice(0, 8)}`;
const sentWith = (key: string) =>
  upstream.seen.filter(({ headers }) => headers.authorization === `Bearer ${key}`).length;

test('a cap holds for calls from both, each leaves one row in PostgreSQL, and keys made at one are good at the other', {
  timeout: 120_000,
}, async () => {
  const answers = await Promise.all(Array.from({ length: 80 }, (_, at) => call(gateways[at % 2]!, 'acme')));
  const given = answers.filter(({ status }) => status === 200).length;
  const others = answers.filter(({ status }) => status !== 200);
  expect(others.every(({ status }) => status === 402 || status === 429)).toBe(true);
  await expect.poll(async () => (await rowsOf('acme')).length, { timeout: 60_000 }).toBe(80);
  const rows = await rowsOf('acme');
  const spent = rows.reduce((sum, { cost }) => sum + cost, 0);
  expect(rows.filter(({ outcome }) => outcome === 'ok')).toHaveLength(given);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(80);
  expect(sentWith(keys.studio)).toBe(given);
  expect(spent).toBeLessThanOrEqual(ACME_MICROS);
  expect(spent).toBeGreaterThanOrEqual(0.9 * ACME_MICROS);
});

test('what a killed gateway had under way is charged once it is back, in one row, and holds at the other', {
  timeout: 120_000,
}, async () => {
  const [one, two] = gateways;
  const before = upstream.seen.length;
  const large = { max_tokens: 100 };
  upstream.next({ kind: 'silent' });
  const lost = call(one, 'globex', large).catch(() => 'gone' as const);
  await expect.poll(() => upstream.seen.length, { timeout: 60_000 }).toBe(before + 1);
  await one.end('SIGKILL');
  expect(await lost).toBe('gone');
  // What was reserved stays reserved: the other one gives none of it away.
  const waiting = call(two, 'globex', large);
  await one.start();
  expect([402, 429]).toContain((await waiting).status);
  await expect.poll(async () => (await call(two, 'globex', large)).status, { timeout: 60_000 }).toBe(402);
  expect(upstream.seen).toHaveLength(before + 1);
  const rows = (await rowsOf('globex')).filter(({ outcome }) => outcome === 'lost');
  expect(rows).toMatchObject([{ key_id: keyId('studio', keys.studio) }]);
  expect(rows[0]!.cost).toBeGreaterThan(160);
});

test('a key exchanged in Vault is used by both without a restart, and a client pays with its own', {
  timeout: 120_000,
}, async () => {
  for (const gateway of gateways) expect((await call(gateway, 'hooli')).status).toBe(200);
  expect(sentWith(keys.hooli)).toBe(2);
  for (const gateway of gateways) expect((await call(gateway, 'initech')).status).toBe(200);
  await vault.put('kaze/providers/openai/studio', { value: keys.rotated });
  for (const gateway of gateways) {
    const used = async () => {
      await call(gateway, 'initech');
      return upstream.seen.at(-1)!.headers.authorization;
    };
    await expect.poll(used, { timeout: 60_000 }).toBe(`Bearer ${keys.rotated}`);
  }
  await expect.poll(async () => (await rowsOf('hooli')).length, { timeout: 60_000 }).toBe(2);
  expect((await rowsOf('hooli')).map(({ key_id }) => key_id)).toEqual(Array(2).fill(keyId('client', keys.hooli)));
  const used = async () => new Set((await rowsOf('initech')).map(({ key_id }) => key_id));
  const both = new Set([keyId('studio', keys.studio), keyId('studio', keys.rotated)]);
  await expect.poll(used, { timeout: 60_000 }).toEqual(both);
});

test('no key is in anything that they say, send or keep', { timeout: 120_000 }, async () => {
  const [one, two] = gateways;
  // Every way to fail that has a key near it: refused, broken off, cut, unreadable; wrong keys of callers; bad bodies.
  const stream = { stream: true };
  const faults = ['unauthorised', 'no-credit', 'rate-limit', 'bad-request', 'server-error', 'filtered'] as const;
  await vault.put('kaze/tenants/hooli/providers/openai', { value: keys.wrong });
  await expect
    .poll(async () => (await call(two, 'hooli')).status === 200 && sentWith(keys.wrong), { timeout: 60_000 })
    .toBeGreaterThan(0);
  const before = upstream.seen.length;
  upstream.next({ kind: 'reset' }, { kind: 'not-json' });
  upstream.next({ kind: 'broken-stream', scene: SCENE, after: 2, ends: 'garbage' });
  for (const fault of faults) upstream.next({ kind: 'fault', fault });
  for (const more of [{}, {}, stream, ...faults.map(() => ({}))]) {
    const { status, text } = await call(two, 'hooli', more);
    expect([status >= 400 || text.includes('"error"'), text]).toEqual([true, expect.stringContaining('KAZE_MODEL_')]);
  }
  expect(upstream.seen).toHaveLength(before + 3 + faults.length);
  for (const wrong of [keys.studio, `${virtual.acme}x`, '']) {
    const { headers, text } = await one.ask('/v1/chat/completions', wrong, body);
    told.push(headers, text);
  }
  for (const broken of ['{', `{"model": "${keys.studio}"}`, '[]']) {
    // What a caller itself writes into a request may come back to it, and nowhere else.
    const answer = await one.ask('/v1/chat/completions', virtual.acme!, broken);
    expect(answer.status).toBeGreaterThanOrEqual(400);
  }
  const metrics = await Promise.all(gateways.map((gateway) => gateway.ask('/metrics', '', undefined)));
  const run = (...args: string[]) => kaze([...args, '--data', one.folder], { env: { ...one.env } });
  const printed = [await run('doctor'), await run('secrets', 'list'), await run('gateway', 'keys', 'list')];
  expect(printed[0]!.out).toContain('tenants/hooli/providers/openai');
  const journals = await filesText(folder, ['gateway.json', 'policy.yaml']);
  for (const gateway of gateways) await gateway.end('SIGTERM');

  const places: Record<string, string> = {
    log: gateways.map(({ output }) => output).join('\n'),
    traces: collector.text(),
    metrics: metrics.map(({ text }) => text).join('\n'),
    answers: told.join('\n'),
    commands: printed.map(({ out, err }) => out + err).join('\n'),
    journal: journals,
    files: await filesText(folder, ['policy.yaml']),
    ledger: await databaseText(database.url),
    redis: await redisText(inject('servers').redis, cell),
  };
  // Something is there to be searched.
  const marks = { log: '"level"', traces: 'gpt-4.1-mini', metrics: 'kaze_', answers: 'KAZE_', commands: 'Vault at' };
  const more = {
    journal: 'openai/client#',
    files: 'openai/client#',
    ledger: keyId('studio', keys.rotated),
    redis: 'acme',
  };
  for (const [place, mark] of Object.entries({ ...marks, ...more })) expect(places[place], place).toContain(mark);
  const secrets = { ...keys, ...virtual, secretId: role.secretId };
  for (const [place, text] of Object.entries(places)) {
    for (const [name, value] of Object.entries(secrets)) {
      expect(text.includes(value), `${name} in ${place}`).toBe(false);
    }
  }
});
