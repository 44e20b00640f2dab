import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Goal, type GraphEngine, Knowledge, openGraph, schema, systemPrincipal, Task } from '#graph-schema';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createNeo4jEngine } from '#graph-schema/adapters/graph-engine/neo4j';
import { silentLogger, systemClock } from '#platform';
import { openPgliteDatabase } from '#platform/adapters/database/pglite';
import { openPostgresDatabase } from '#platform/adapters/database/postgres';
import { createPgliteLedger } from '#platform/adapters/ledger/pglite';
import { createPostgresLedger } from '#platform/adapters/ledger/postgres';
import { createBackup } from '../../../deploy/cell/backup.ts';
import { loadCellConfig } from '../../../deploy/cell/config.ts';
import { restoreBackup } from '../../../deploy/cell/restore.ts';
import { restoreCell } from '../../../deploy/cell/restore-cell.ts';
import { createWriteGate } from '../../../deploy/cell/write-gate.ts';
import { type Migration, migrations } from '../../../graph-schema/migrations/index.ts';
import { fact, task } from '../../contract/graph-store/fixture.ts';
import { freshDatabase } from '../../support/servers/databases.ts';
import { neo4j } from '../../support/servers/index.ts';
import { KNOWLEDGE_IDS, TASK_IDS } from './nodes.ts';

const common = { logger: silentLogger, clock: systemClock };
const cell = systemPrincipal('cell');
const scope = 'tenant:acme';
const FILLER_NODES = 4_000;

let server: Awaited<ReturnType<typeof neo4j.start>>;
let postgres: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;
let engine: Awaited<ReturnType<typeof createNeo4jEngine>>;

beforeAll(async () => {
  server = await neo4j.start();
  postgres = await freshDatabase(inject('servers').postgres);
  folder = await mkdtemp(join(tmpdir(), 'kaze-backup-'));
  // Small pages, so that a dump takes many journeys and others would write between them.
  engine = await createNeo4jEngine({ ...common, settings: { url: server.url, dumpBatchNodes: 50 } });
  const { store } = await openGraph({ ...common, engine, schema });
  await store.transact(cell, { why: 'test' }, async (unit) => {
    for (const id of TASK_IDS) unit.create(Task, { ...task, id, scope, state: 'parked' });
    for (const id of KNOWLEDGE_IDS) unit.create(Knowledge, { ...fact, id, scope, text: '0' });
    for (let at = 0; at < FILLER_NODES; at++) {
      unit.create(Goal, { id: `m${at}`, scope, title: 'filler', state: 'open' });
    }
  });
}, 180_000);

afterAll(async () => {
  await engine?.close();
  await postgres?.drop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Writer {
  readonly child: ChildProcess;
  end(): Promise<{ committed: number; longestMs: number }>;
}

async function startWriter(): Promise<Writer> {
  const file = join(import.meta.dirname, 'writer-child.ts');
  const child = fork(file, [server.url, postgres.url], { execArgv: ['--import', '@oxc-node/core/register'] });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('the writer ended'))),
  ]);
  return {
    child,
    async end() {
      const exit = once(child, 'exit');
      child.send('end');
      const [said] = await once(child, 'message');
      await exit;
      return said as { committed: number; longestMs: number };
    },
  };
}

const COUNT_OF_TASKS = 'MATCH (n:Node) WHERE n.id = $id RETURN n.steps AS steps';

async function progress(graph: GraphEngine): Promise<number> {
  const [row] = await graph.read(COUNT_OF_TASKS, { id: TASK_IDS[0] });
  return row!.steps as number;
}

describe('a backup while other processes of the cell write', { timeout: 180_000 }, () => {
  it('is of one moment in graph and ledger, and the writers go on without an error', async () => {
    const writers = [await startWriter(), await startWriter()];
    const ledger = await createPostgresLedger({ database: openPostgresDatabase({ url: postgres.url }) });
    const archive = join(folder, 'backup.tgz');
    const before = await progress(engine);
    const { stream, manifest } = await createBackup({
      gate: createWriteGate(engine, systemClock),
      ...{ ledger, clock: systemClock, taskFiles: join(folder, 'none'), workFolder: join(folder, 'work') },
      about: { kazeVersion: '0.0.0', cell: 'test', storeId: 'test' },
    });
    await pipeline(stream, createWriteStream(archive));
    const atBackup = await progress(engine);
    await expect.poll(() => progress(engine), { timeout: 60_000 }).toBeGreaterThan(atBackup + 5);
    const ended = await Promise.all(writers.map((writer) => writer.end()));
    expect(await progress(engine)).toBe(ended[0]!.committed + ended[1]!.committed);
    await ledger.close();

    const dataFolder = join(folder, 'restored');
    await mkdir(dataFolder);
    const restored = await createGrafeoEngine({ ...common, folder: join(dataFolder, 'graph') });
    const database = await openPgliteDatabase({ folder: join(dataFolder, 'ledger') });
    const restoredLedger = await createPgliteLedger({ database });
    try {
      const to = { archive, dataFolder, filesFolder: dataFolder, engine: restored, ledger: restoredLedger };
      await restoreBackup({ ...to, clock: systemClock });
      const read = async (id: string) => {
        const [row] = await restored.read('MATCH (n:Node) WHERE n.id = $id RETURN n.steps AS steps, n.text AS text', {
          id,
        });
        return row!;
      };
      const steps = await Promise.all(TASK_IDS.map(async (id) => (await read(id)).steps));
      const texts = await Promise.all(KNOWLEDGE_IDS.map(async (id) => Number((await read(id)).text)));
      const done = steps[0] as number;
      expect(done).toBeGreaterThanOrEqual(before);
      expect([...steps, ...texts]).toEqual([done, done, done, done]);

      const subjects = [...TASK_IDS, ...KNOWLEDGE_IDS];
      const told = await restored.read(
        "MATCH (n:Outbox) WHERE n.kind = 'event' AND n.subject IN $subjects RETURN n.subject AS subject, count(n) AS total",
        { subjects },
      );
      for (const id of TASK_IDS) expect(told).toContainEqual({ subject: id, total: done + 1 });
      const revisions = await restored.read(
        'MATCH (n:Revision) WHERE n.subject IN $subjects RETURN n.subject AS subject, count(n) AS total, max(n.number) AS last',
        { subjects },
      );
      for (const id of KNOWLEDGE_IDS) {
        expect(revisions).toContainEqual({ subject: id, total: done + 1, last: done + 1 });
      }

      const audits = await restored.read("MATCH (n:Outbox) WHERE n.kind = 'audit' RETURN n.attempt AS attempt");
      expect(audits).toHaveLength(done);
      expect(await restoredLedger.verifyAudit()).toMatchObject({ ok: true, checked: manifest.ledgerRows - 1 });
      const known = new Set<string>();
      for await (const line of restoredLedger.dump()) known.add((JSON.parse(line) as { id?: string }).id ?? '');
      expect(audits.filter(({ attempt }) => !known.has(attempt as string))).toEqual([]);
    } finally {
      await restored.close();
      await restoredLedger.close();
    }
  });

  it('refuses what it read when its hold ran out before the end', async () => {
    const hold = await engine.holdWrites();
    const refused = engine.transaction((transaction) => transaction.run('CREATE (n:Probe) SET n.x = 1'));
    await expect(refused).rejects.toMatchObject({ code: 'KAZE_GRAPH_HELD', retryable: true });
    // As when this process stood still for longer than its lease.
    await engine.transaction((transaction) => transaction.run('RETURN 1 AS one')).catch(() => undefined);
    const expire = await import('neo4j-driver').then(({ default: driver }) => driver.driver(server.url));
    await expire.executeQuery('MATCH (h:WriteHold) SET h.until = 0');
    await expire.close();
    await engine.transaction((transaction) => transaction.run('CREATE (n:Probe) SET n.x = 2'));
    await expect(hold.release()).rejects.toMatchObject({ code: 'KAZE_GRAPH_HOLD_LOST' });
    expect(await engine.read('MATCH (n:Probe) RETURN n.x AS x')).toEqual([{ x: 2 }]);
  });

  it('waits for a transaction that began before it, whoever began it', async () => {
    const other = await createNeo4jEngine({ ...common, settings: { url: server.url } });
    let finish = () => {};
    const mayFinish = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const early = other.transaction(async (transaction) => {
      await transaction.run('CREATE (n:Probe) SET n.x = 3');
      begun();
      await mayFinish;
      await transaction.run('CREATE (n:Probe) SET n.x = 4');
    });
    await hasBegun;
    let isHeld = false;
    const holding = engine.holdWrites().then((hold) => {
      isHeld = true;
      return hold;
    });
    // The hold stands, since new transactions are refused, and is still not told to be whole.
    const probe = () =>
      other
        .transaction((transaction) => transaction.run('RETURN 1 AS one'))
        .then(
          () => 'passed',
          (error: { code: string }) => error.code,
        );
    await expect.poll(probe, { timeout: 60_000 }).toBe('KAZE_GRAPH_HELD');
    expect(isHeld).toBe(false);
    finish();
    await early;
    const hold = await holding;
    expect(await engine.read('MATCH (n:Probe) WHERE n.x > 2 RETURN count(n) AS total')).toEqual([{ total: 2 }]);
    await hold.release();
    expect(await probe()).toBe('passed');
    await other.close();
  });

  // It empties the graph.
  it('is restored into Neo4j and PostgreSQL as `kaze restore` does it: whole, and with nothing that runs by itself', async () => {
    const ledger = await createPostgresLedger({ database: openPostgresDatabase({ url: postgres.url }) });
    const tokenId = await engine.transaction(async (transaction) => {
      await transaction.run("MATCH (n:Task) WHERE n.id = $id SET n.state = 'queued'", { id: TASK_IDS[0] });
      await transaction.run('CREATE (n:Node:Token) SET n += $token', {
        token: { id: 'a-token', scope: 'platform', hash: 'h', createdAt: 1, updatedAt: 1, version: 1 },
      });
      return 'a-token';
    });
    const archive = join(folder, 'whole.tgz');
    const { stream, manifest } = await createBackup({
      gate: createWriteGate(engine, systemClock),
      ...{ ledger, clock: systemClock, taskFiles: join(folder, 'none'), workFolder: join(folder, 'work') },
      about: { kazeVersion: '0.0.0', cell: 'test', storeId: 'test' },
    });
    await pipeline(stream, createWriteStream(archive));
    await ledger.close();
    expect(manifest.nodes).toBeGreaterThan(FILLER_NODES);

    const { nats, redis, postgres: databases } = inject('servers');
    const database = await freshDatabase(databases);
    const env = {
      KAZE_CELL_NAME: `restore-${randomBytes(4).toString('hex')}`,
      KAZE_DATA_DIR: join(folder, 'restored-cell'),
      ...{ KAZE_GRAPH_ENGINE: 'neo4j', KAZE_GRAPH_URL: server.url },
      ...{ KAZE_LEDGER_ENGINE: 'postgres', KAZE_LEDGER_URL: database.url },
      ...{ KAZE_BUS_ENGINE: 'nats', KAZE_BUS_URL: nats, KAZE_QUEUE_ENGINE: 'bullmq', KAZE_QUEUE_URL: redis },
    };
    const loaded = loadCellConfig({ env });
    await expect(restoreCell({ loaded, archive })).rejects.toMatchObject({ code: 'KAZE_RESTORE_NOT_EMPTY' });
    await empty();
    expect(await restoreCell({ loaded, archive })).toMatchObject({ nodes: manifest.nodes });

    const read = async (text: string, parameters = {}) => (await engine.read(text, parameters))[0]!;
    const { fillers } = await read('MATCH (n:Goal) WHERE n.id STARTS WITH $m RETURN count(n) AS fillers', { m: 'm' });
    expect(fillers).toBe(FILLER_NODES);
    const task = await read('MATCH (n:Node) WHERE n.id = $id RETURN n.state AS state', { id: TASK_IDS[0] });
    expect(task).toEqual({ state: 'parked' });
    const token = await read('MATCH (n:Node) WHERE n.id = $id RETURN n.revokedAt AS at', { id: tokenId });
    expect(token.at).toEqual(expect.any(Number));
    const rows = await createPostgresLedger({ database: openPostgresDatabase({ url: database.url }) });
    expect(await rows.verifyAudit()).toMatchObject({ ok: true, checked: manifest.ledgerRows - 1 });
    await rows.close();
    await database.drop();
  });
});

// The last one: nothing here can open the graph after it.
it('a migration runs once when several processes open the graph at the same moment', async () => {
  const number = migrations.length + 1;
  const step: Migration = {
    number,
    name: 'a later step',
    run: async (transaction) => void (await transaction.run('CREATE (n:Probe) SET n.step = $number', { number })),
  };
  const others = await Promise.all([1, 2].map(() => createNeo4jEngine({ ...common, settings: { url: server.url } })));
  const opening = [engine, ...others].map((each) =>
    openGraph({ ...common, engine: each, schema }, [...migrations, step]),
  );
  const opened = await Promise.all(opening);
  expect(opened.flatMap(({ migrated }) => migrated)).toEqual([`${number} a later step`]);
  expect(await engine.read('MATCH (n:Probe) WHERE n.step = $number RETURN count(n) AS total', { number })).toEqual([
    { total: 1 },
  ]);
  await expect(openGraph({ ...common, engine, schema })).rejects.toMatchObject({ code: 'KAZE_GRAPH_NEWER' });
  await Promise.all(others.map((each) => each.close()));
}, 60_000);

/** As a new server is, without the seconds that one takes to start. */
async function empty(): Promise<void> {
  const driver = (await import('neo4j-driver')).default.driver(server.url);
  await driver.executeQuery('MATCH (n) DETACH DELETE n');
  await driver.close();
}
