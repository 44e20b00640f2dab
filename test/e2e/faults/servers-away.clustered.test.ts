import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import neo4j from 'neo4j-driver';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CellProcess, QueryRefused, until } from '../../support/cell/cell-process.ts';
import { clusteredSettings } from '../../support/cell/clustered-settings.ts';
import { removeFolder } from '../../support/cell/remove-folder.ts';
import { type TcpProxy, tcpProxy } from '../../support/network/tcp-proxy.ts';
import { Acknowledged, expectAllDoneOnce, keepBusy, readTasks, submit } from './busy-cell.ts';
import { RUNAWAY, RUNAWAY_SETTINGS, RUNAWAY_TASKS } from './runaway.ts';

const SERVERS = {
  neo4j: { setting: 'KAZE_GRAPH_URL', parts: ['the graph database', 'the search index'] },
  postgres: { setting: 'KAZE_LEDGER_URL', parts: ['the ledger'] },
  nats: { setting: 'KAZE_BUS_URL', parts: ['the event bus'] },
  redis: { setting: 'KAZE_QUEUE_URL', parts: ['the job queue'] },
} as const;
type Server = keyof typeof SERVERS;
const NAMES = Object.keys(SERVERS) as Server[];

/** What calls may say while a server is away, all of it worth another try. */
const AWAY = /^KAZE_(GRAPH|LEDGER|SEARCH|BUS|QUEUE)_(UNAVAILABLE|COMMIT_UNKNOWN|CONFLICT)$|^KAZE_(GRAPH|API)_TIMEOUT$/;
/** The most that any call may take, whatever is away: `api.verbTimeoutMs` is set to 10 s below, and the machine is slow. */
const ANSWERED_MS = 15_000;
const READ_LIMIT_MS = 6_000;
const FREE_WITHIN_MS = 5_000;
const SECRET = 'sekret-7c1f';

describe('a cell whose servers go away', { timeout: 480_000 }, () => {
  const proxies = {} as Record<Server, TcpProxy>;
  let folder: string;
  let cell: CellProcess;
  let graph: string;
  const acknowledged = new Acknowledged();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kaze-away-'));
    const direct = await clusteredSettings()();
    graph = direct.KAZE_GRAPH_URL!;
    const settings: Record<string, string> = {
      ...direct,
      KAZE_RUNTIME_LEASE_MS: '2000',
      KAZE_API_VERB_TIMEOUT_MS: '10000',
      KAZE_API_READ_TIMEOUT_MS: String(READ_LIMIT_MS),
      ...RUNAWAY_SETTINGS,
    };
    for (const name of NAMES) {
      const { setting } = SERVERS[name];
      const url = new URL(direct[setting]!);
      proxies[name] = await tcpProxy({ to: Number(url.port), cut: true });
      settings[setting] = proxies[name].through(url.href);
    }
    const ledger = new URL(settings.KAZE_LEDGER_URL!);
    ledger.password = SECRET;
    cell = new CellProcess(join(folder, 'data'), {
      ...{ ...settings, KAZE_LEDGER_URL: ledger.href },
      ...{ KAZE_GRAPH_PASSWORD: SECRET, KAZE_RUNTIME_WORKERS: '2' },
    });
  });

  afterAll(async () => {
    await cell?.kill();
    await Promise.all(NAMES.map((name) => proxies[name]?.close()));
    await removeFolder(folder);
  });

  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(cell.output);
  });

  const readyz = () => cell.get('/readyz');
  const ready = (withinMs = 120_000) => until(readyz, ({ status }) => status === 200, withinMs);
  const named = (parts: readonly string[]) => parts.map((part) => `${part} does not answer`);
  const unready = (parts: readonly string[]) =>
    until(readyz, ({ status, reasons }) => status === 503 && named(parts).every((line) => reasons.includes(line)));

  /** Answers in bounded time, with data or with an error that says that another try may help. */
  async function bounded<T>(call: () => Promise<T>): Promise<T | QueryRefused> {
    const began = performance.now();
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof QueryRefused)) throw error;
      expect(error.code, error.message).toMatch(AWAY);
      return error;
    } finally {
      expect(performance.now() - began).toBeLessThan(ANSWERED_MS);
    }
  }

  it('is up without them, says what it waits for, and opens by itself as they come', async () => {
    await cell.startUnready();
    const parts = NAMES.flatMap((name) => SERVERS[name].parts);
    await unready(parts);
    expect((await cell.get('/healthz')).status).toBe(200);
    const status = await cell.kaze('agents', 'list');
    expect(status.code, status.stdout + status.stderr).not.toBe(0);

    for (const name of ['redis', 'nats', 'postgres'] as const) await proxies[name].restore();
    const found = await until(readyz, ({ reasons }) => reasons.length === SERVERS.neo4j.parts.length);
    expect(found.reasons).toEqual(expect.arrayContaining(named(SERVERS.neo4j.parts)));
    await proxies.neo4j.restore();
    // A whole start is still to come.
    await ready(240_000);
    for (const part of parts) expect(cell.output).toContain(`waiting for ${part}`);
    expect(cell.output).not.toContain(SECRET);
    acknowledged.tasks.add(await submit(cell, 'at the start'));
  });

  const ways = NAMES.flatMap((name) => [[name, 'cut'] as const, [name, 'stall'] as const]);
  it.for(ways)(
    'answers in bounded time, and recovers by itself, when %s is gone (%s) mid-flight',
    async ([name, way]) => {
      const over = new AbortController();
      const forgive = (error: unknown) => {
        if (!(error instanceof QueryRefused)) throw error;
        // A decision whose answer the round before did not wait for may take effect in between.
        if (error.code !== 'KAZE_APPROVAL_DECIDED') expect(error.code, error.message).toMatch(AWAY);
      };
      await Promise.all(NAMES.map((each) => proxies[each].restore()));
      await ready();
      const before = acknowledged.tasks.size;
      const busy = keepBusy(cell, { acknowledged, over: over.signal, forgive });
      await until(
        async () => acknowledged.tasks.size,
        (size) => size >= before + 3,
      );
      await proxies[name][way]();
      const calls = Promise.all([
        bounded(() => cell.query('{ agents { nodes { id } } }')),
        bounded(() => cell.query('{ audit(input: { limit: 1 }) { sequence } }')),
        bounded(() => cell.query('{ searchKnowledge(input: { text: "receipt", tenant: "acme" }) { hits { score } } }')),
        bounded(() => submit(cell, `while ${name} is away`)),
      ]);
      await unready(SERVERS[name].parts);
      await calls;
      over.abort();
      await busy;
      expect((await cell.get('/healthz')).status).toBe(200);
      await proxies[name].restore();
      await ready();
      expect(await readTasks(cell, acknowledged.tasks)).toHaveLength(acknowledged.tasks.size);
    },
  );

  it('ends a query that overruns its time on the server too, and answers others meanwhile', async () => {
    while (acknowledged.tasks.size < RUNAWAY_TASKS) acknowledged.tasks.add(await submit(cell, 'more'));
    const driver = neo4j.driver(graph);
    const running = async () => {
      const text =
        'SHOW TRANSACTIONS YIELD currentQuery, elapsedTime WHERE elapsedTime.milliseconds > 1000 RETURN currentQuery';
      const { records } = await driver.executeQuery(text);
      return records.filter((record) => String(record.get('currentQuery')).includes('MATCH')).length;
    };
    try {
      const began = performance.now();
      const runaway = cell.query(RUNAWAY).then(
        () => 'an answer',
        (error: QueryRefused) => error.code,
      );
      await until(running, (count) => count > 0, READ_LIMIT_MS);
      await cell.query('{ agents { nodes { id } } }');
      acknowledged.tasks.add(await submit(cell, 'beside a runaway'));
      expect(await runaway).toMatch(/^KAZE_(GRAPH|API)_TIMEOUT$/);
      expect(performance.now() - began).toBeLessThan(READ_LIMIT_MS + 1_500);
      await until(running, (count) => count === 0, FREE_WITHIN_MS);
    } finally {
      await driver.close();
    }
  });

  it('has then done everything that it acknowledged, once', async () => {
    await expectAllDoneOnce(cell, acknowledged, 240_000);
    expect(cell.output).not.toContain(SECRET);
  });
});
