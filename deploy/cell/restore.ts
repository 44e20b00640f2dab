import { createReadStream } from 'node:fs';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { extract } from 'tar';
import { type CypherRow, type GraphEngine, indexesOf, schema } from '#graph-schema';
import type { Clock, Ledger } from '#platform';
import { BACKUP_FORMAT, type BackupManifest } from './backup.ts';
import { cellError } from './errors.ts';

export interface RestoreOptions {
  readonly archive: string;
  readonly dataFolder: string;
  /** Where task files go. */
  readonly filesFolder: string;
  readonly engine: GraphEngine;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly onProgress?: (done: string) => void;
}

const MARKER = 'restore-unfinished';
const BATCH = 1_000;

/** Errors: KAZE_RESTORE_UNFINISHED when an interrupted restore left this folder half filled. */
export async function refuseUnfinishedRestore(dataFolder: string): Promise<void> {
  if (!(await stat(join(dataFolder, MARKER)).catch(() => undefined))) return;
  throw cellError(
    'KAZE_RESTORE_UNFINISHED',
    `a restore into ${dataFolder} was interrupted; remove it and restore again`,
  );
}

/**
 * Fills empty engines from an archive. Tokens are revoked, the generation is raised (so indexes are rebuilt), and tasks
 * that were queued or running are parked until a person resumes them: nothing runs twice because of a restore.
 */
export async function restoreBackup(options: RestoreOptions): Promise<BackupManifest> {
  const { archive, dataFolder, engine, ledger, onProgress = () => {} } = options;
  const [found] = await engine.read('MATCH (n:Node) WITH n LIMIT 1 RETURN count(n) AS total');
  if (found?.total !== 0)
    throw cellError('KAZE_RESTORE_NOT_EMPTY', `there is a graph already, so nothing was restored`);
  const folder = join(dataFolder, 'restore');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const manifest = await unpack(archive, folder);
    await writeFile(join(dataFolder, MARKER), new Date(options.clock.now()).toISOString());
    await engine.ensureIndexes(indexesOf(schema));
    const filled = await fillGraph(join(folder, 'graph.ndjson'), engine, onProgress);
    if (filled.nodes !== manifest.nodes || filled.relationships !== manifest.relationships) {
      throw damaged(
        `it should hold ${manifest.nodes} nodes and ${manifest.relationships} relationships, and holds ${filled.nodes} and ${filled.relationships}`,
      );
    }
    await ledger.restore(linesOf(join(folder, 'ledger.ndjson')));
    onProgress(`${manifest.ledgerRows} ledger rows`);
    const files = join(folder, 'task-files');
    if (await stat(files).catch(() => undefined))
      await cp(files, join(options.filesFolder, 'task-files'), { recursive: true });
    await settle(engine, options.clock.now());
    await engine.barrier();
    await rm(join(dataFolder, MARKER));
    return manifest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const damaged = (why: string, cause?: unknown) =>
  cellError('KAZE_BACKUP_DAMAGED', `this is no whole backup: ${why}`, { cause });

async function unpack(archive: string, folder: string): Promise<BackupManifest> {
  let manifest: BackupManifest;
  try {
    // Links and odd paths have no place in a backup: a hostile archive must not reach outside the folder.
    const filter = (path: string, entry: { type?: string } | object) =>
      (!('type' in entry) || entry.type === 'File' || entry.type === 'Directory') && !path.split('/').includes('..');
    await extract({ file: archive, cwd: folder, strict: true, filter });
    manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as BackupManifest;
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : 'it cannot be read', error);
  }
  if (typeof manifest.format !== 'number') throw damaged('its manifest names no format');
  if (manifest.format > BACKUP_FORMAT) {
    const text = `the backup has format ${manifest.format} of Kaze ${manifest.kazeVersion}, this Kaze reads ${BACKUP_FORMAT}`;
    throw cellError('KAZE_BACKUP_NEWER', text);
  }
  return manifest;
}

/** Opened when the first line is asked for: an interface that is made before anyone listens loses what it reads. */
async function* linesOf(file: string): AsyncIterable<string> {
  const input = createReadStream(file, 'utf8');
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

type Dumped =
  | { labels: string[]; properties: CypherRow }
  | { type: string; from: string; to: string; properties: CypherRow };

async function fillGraph(file: string, engine: GraphEngine, onProgress: (done: string) => void) {
  const counts = { nodes: 0, relationships: 0 };
  const batches = new Map<string, { text: string; rows: CypherRow[] }>();
  const flush = async (key: string) => {
    const batch = batches.get(key)!;
    batches.delete(key);
    await engine.transaction((transaction) => transaction.run(batch.text, { rows: batch.rows }));
    onProgress(`${counts.nodes} nodes, ${counts.relationships} relationships`);
  };
  const add = async (key: string, text: string, row: CypherRow) => {
    const batch = batches.get(key) ?? { text, rows: [] };
    batches.set(key, batch);
    batch.rows.push(row);
    if (batch.rows.length >= BATCH) await flush(key);
  };
  const name = (value: string) => {
    if (!/^[A-Za-z_]+$/.test(value)) throw damaged(`"${value.slice(0, 40)}" is no name of a type`);
    return value;
  };
  let joining = false;
  for await (const line of linesOf(file)) {
    const item = parse(line);
    if ('labels' in item) {
      counts.nodes++;
      const labels = item.labels.map(name).sort().join(':');
      await add(`node ${labels}`, `UNWIND $rows AS row CREATE (n:${labels}) SET n += row`, item.properties);
    } else {
      // Nodes stand before relationships in a dump; the rest of them must be there first.
      if (!joining) for (const key of [...batches.keys()]) await flush(key);
      joining = true;
      counts.relationships++;
      const text = `UNWIND $rows AS row MATCH (a:Node) WHERE a.id = row.from MATCH (b:Node) WHERE b.id = row.to CREATE (a)-[r:${name(item.type)}]->(b) SET r += row.properties`;
      await add(`edge ${item.type}`, text, { from: item.from, to: item.to, properties: item.properties });
    }
  }
  for (const key of [...batches.keys()]) await flush(key);
  return counts;
}

function parse(line: string): Dumped {
  try {
    return JSON.parse(line) as Dumped;
  } catch (error) {
    throw damaged('a line of the graph cannot be read', error);
  }
}

/** What must not go on as if nothing had happened. */
async function settle(engine: GraphEngine, now: number): Promise<void> {
  const statements: Array<[string, CypherRow]> = [
    ['MATCH (n:GraphMeta) SET n.generation = n.generation + 1, n.updatedAt = $now', { now }],
    ['MATCH (n:Token) WHERE n.revokedAt IS NULL SET n.revokedAt = $now, n.updatedAt = $now', { now }],
    [
      "MATCH (n:Task) WHERE n.state IN $states SET n.state = 'parked', n.leaseOwner = null, n.leaseUntil = null, n.updatedAt = $now, n.version = n.version + 1",
      { states: ['queued', 'running'], now },
    ],
    ['MATCH (n:Receipt) DETACH DELETE n', {}],
  ];
  for (const [text, parameters] of statements) {
    await engine.transaction((transaction) => transaction.run(text, parameters));
  }
}
