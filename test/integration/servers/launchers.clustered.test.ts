import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import neo4jDriver from 'neo4j-driver';
import pg from 'pg';
import { chromium as playwright } from 'playwright-core';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { isAlive } from '#platform';
import { freshDatabase } from '../../support/servers/databases.ts';
import { chromium, nats, neo4j, postgres, type RunningServer, redis } from '../../support/servers/index.ts';

const started: RunningServer[] = [];
const own = async (launcher: { start(): Promise<RunningServer> }): Promise<RunningServer> => {
  const server = await launcher.start();
  started.push(server);
  return server;
};

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function count(url: string, text: string): Promise<number> {
  const driver = neo4jDriver.driver(url, undefined, { disableLosslessIntegers: true, maxTransactionRetryTime: 0 });
  try {
    const { records } = await driver.executeQuery(text);
    return records[0]?.get('n') as number;
  } finally {
    await driver.close();
  }
}

async function rows(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('a killed server comes back on its port with what it acknowledged', () => {
  it('Neo4j, by its driver', async () => {
    const server = await own(neo4j);
    const before = server.pid;
    expect(await count(server.url, 'CREATE (:Probe {id: 1}) RETURN count(*) AS n')).toBe(1);

    await server.kill();
    expect(server.pid).toBeUndefined();
    await expect(count(server.url, 'RETURN 1 AS n')).rejects.toMatchObject({ code: 'ServiceUnavailable' });
    await server.restart();

    expect(server.pid).not.toBe(before);
    expect(await count(server.url, 'MATCH (p:Probe) RETURN count(p) AS n')).toBe(1);
  }, 120_000);

  it('PostgreSQL, by pg', async () => {
    const server = await own(postgres);
    await rows(server.url, 'CREATE TABLE probe (id int)');
    await rows(server.url, 'INSERT INTO probe VALUES (7)');
    await server.kill();
    await server.restart();
    expect(await rows(server.url, 'SELECT id FROM probe')).toEqual([{ id: 7 }]);
    expect(await rows(server.url, "SELECT current_setting('server_version_num')::int >= 150000 AS ok")).toEqual([
      { ok: true },
    ]);
  });

  it('Redis, by ioredis', async () => {
    const server = await own(redis);
    const set = new Redis(server.url);
    await set.set('probe', 'kept');
    set.disconnect();
    await server.kill();
    await server.restart();
    const get = new Redis(server.url);
    expect(await get.get('probe')).toBe('kept');
    expect(await get.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    get.disconnect();
  });

  it('NATS with its streams, by the nats.js client', async () => {
    const server = await own(nats);
    const first = await connect({ servers: server.url });
    await (await jetstreamManager(first)).streams.add({ name: 'PROBE', subjects: ['probe.>'] });
    await jetstream(first).publish('probe.a', 'kept', { msgID: '1' });
    expect(first.info?.version).toBe('2.15.1');
    await first.close();
    await server.kill();
    await server.restart();
    const second = await connect({ servers: server.url });
    const info = await (await jetstreamManager(second)).streams.info('PROBE');
    expect(info.state.messages).toBe(1);
    await second.close();
  });
});

describe('a launched server', () => {
  it('leaves neither process nor folder behind when it is stopped, and a second stop does nothing', async () => {
    const server = await redis.start();
    const pid = server.pid ?? 0;
    expect(existsSync(server.folder)).toBe(true);
    await server.stop();
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(server.folder)).toBe(false);
  });

  it('dies with the process that started it, even by SIGKILL', async () => {
    const module = fileURLToPath(new URL('../../support/servers/index.ts', import.meta.url));
    const program = `const { redis } = await import(${JSON.stringify(module)});
      const server = await redis.start(); console.log(server.pid); setInterval(() => {}, 1000);`;
    const parent = spawn(
      process.execPath,
      ['--import', '@oxc-node/core/register', '--input-type=module', '-e', program],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const line = await new Promise<string>((resolve) => parent.stdout.once('data', (chunk) => resolve(String(chunk))));
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 60_000, interval: 20 }).toBe(false);
  });

  it('names the reason and the last output when it cannot start', async () => {
    await expect(redis.start({ settings: { 'no-such-setting': '1' } })).rejects.toThrow(
      /redis did not start on port \d+: it ended with exit code 1[\s\S]*no-such-setting/,
    );
  });

  it('hangs while it is paused and answers afterwards', async () => {
    const server = await own(redis);
    const client = new Redis(server.url);
    await client.ping();
    server.pause();
    const answer = client.ping();
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 200, 'silent'))])).toBe('silent');
    server.resume();
    expect(await answer).toBe('PONG');
    client.disconnect();
  });

  it('is a browser that playwright-core drives and that reaches nothing but loopback', async () => {
    const server = await own(chromium);
    const browser = await playwright.connectOverCDP(server.url);
    const page = await browser.newPage();
    await page.setContent('<h1>Kaze</h1>');
    expect(await page.textContent('h1')).toBe('Kaze');
    await expect(page.goto('http://example.com/', { timeout: 10_000 })).rejects.toThrow(/ERR_NAME_NOT_RESOLVED/);
    await browser.close();
  });
});

describe('the servers shared by a run', () => {
  it('answer at the injected addresses, and a fresh database is empty and goes away', async () => {
    const urls = inject('servers');
    expect(await count(urls.neo4j, 'RETURN 1 AS n')).toBe(1);
    const database = await freshDatabase(urls.postgres);
    expect(await rows(database.url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
    await database.drop();
    await expect(rows(database.url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
  });
});
