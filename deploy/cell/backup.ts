import { createWriteStream } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { create } from 'tar';
import type { Clock, Ledger } from '#platform';
import type { WriteGate } from './write-gate.ts';

export const BACKUP_FORMAT = 1;

/** The first entry of an archive: what it is and what must be in it. */
export interface BackupManifest {
  readonly format: number;
  readonly kazeVersion: string;
  readonly cell: string;
  readonly storeId: string;
  readonly createdAt: number;
  readonly nodes: number;
  readonly relationships: number;
  readonly ledgerRows: number;
}

export interface BackupOptions {
  readonly gate: WriteGate;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly about: { readonly kazeVersion: string; readonly cell: string; readonly storeId: string };
  /** Files that tasks own, kept under their hashes; left out when the folder is not there. */
  readonly taskFiles: string;
  /** Where the parts are put together; emptied again. */
  readonly workFolder: string;
}

/**
 * One gzipped tar of graph, ledger and task files as of one moment, while the cell's processes run. It holds no credential and no
 * secret: tokens stand in the graph only as hashes, and a restore revokes them.
 *
 * Writes wait only while the ledger's and, on engines without snapshot reads, the graph's rows are read.
 */
export async function createBackup(options: BackupOptions): Promise<{ stream: Readable; manifest: BackupManifest }> {
  const { gate, ledger, clock, about, taskFiles, workFolder } = options;
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(workFolder, 'backup-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const counts = { nodes: 0, relationships: 0, ledgerRows: 0 };
    const release = await gate.hold();
    try {
      await writeLines(join(folder, 'graph.ndjson'), graphLines(gate, counts));
      await writeLines(join(folder, 'ledger.ndjson'), ledgerLines(ledger, counts));
    } finally {
      await release();
    }
    const entries = ['manifest.json', 'graph.ndjson', 'ledger.ndjson'];
    if (await stat(taskFiles).catch(() => undefined)) {
      await cp(taskFiles, join(folder, 'task-files'), { recursive: true });
      entries.push('task-files');
    }
    const manifest: BackupManifest = { format: BACKUP_FORMAT, ...about, createdAt: clock.now(), ...counts };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    const stream = Readable.from(create({ cwd: folder, gzip: true, portable: true }, entries) as AsyncIterable<Buffer>);
    stream.once('close', () => void remove());
    return { stream, manifest };
  } catch (error) {
    await remove();
    throw error;
  }
}

type Counts = { nodes: number; relationships: number; ledgerRows: number };

async function* graphLines({ engine }: WriteGate, counts: Counts): AsyncIterable<string> {
  for await (const item of engine.dump()) {
    if ('labels' in item) counts.nodes++;
    else counts.relationships++;
    yield `${JSON.stringify(item)}\n`;
  }
}

async function* ledgerLines(ledger: Ledger, counts: Counts): AsyncIterable<string> {
  for await (const line of ledger.dump()) {
    counts.ledgerRows++;
    yield line.endsWith('\n') ? line : `${line}\n`;
  }
}

function writeLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  return pipeline(Readable.from(lines), createWriteStream(file, { mode: 0o600 }));
}
