import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CellProcess, QueryRefused, until } from '../../support/cell/cell-process.ts';
import { Acknowledged, expectAllDoneOnce, readTasks, submit } from './busy-cell.ts';

const DISK_BYTES = 320 * 2 ** 20;
const FULL = /^KAZE_(GRAPH|LEDGER|QUEUE|SEARCH|API_UPLOAD)_FULL$/;

/** A small file system of our own, which is gone with the test; undefined where none can be mounted. */
function mountDisk(): { path: string; unmount(): Promise<void> } | undefined {
  const path = mkdtempSync(join(tmpdir(), 'kaze-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    console.warn(`The full-disk tests are skipped, since no file system can be mounted here: ${String(error)}`);
    rmSync(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    async unmount() {
      // The engine's process closes its files a moment after the cell is gone.
      const tries = () => spawnSync('umount', [path]).status === 0;
      await until(
        async () => tries(),
        (done) => done,
        20_000,
      ).catch(() => spawnSync('umount', ['-l', path]));
      rmSync(path, { recursive: true });
    },
  };
}

const disk = mountDisk();

describe.skipIf(!disk)('an embedded cell whose disk fills up', { timeout: 600_000 }, () => {
  let cell: CellProcess;
  const acknowledged = new Acknowledged();
  const page = join(disk?.path ?? '', 'shed.md');
  const later = join(disk?.path ?? '', 'terrace.md');
  const ballast = () => join(disk!.path, 'ballast');

  beforeAll(async () => {
    cell = new CellProcess(join(disk!.path, 'data'));
    await cell.start();
    for (let count = 0; count < 5; count++) acknowledged.tasks.add(await submit(cell, `${count}`));
    await writeFile(page, 'The bicycle shed is opened with the brass key from the reception.\n');
    await writeFile(later, 'The roof terrace is closed from November to March.\n');
  }, 180_000);

  afterAll(async () => {
    await cell?.kill();
    await disk!.unmount();
  });

  /** Leaves so many bytes free, whatever else is being written. */
  async function fill(leave: number): Promise<void> {
    const file = await open(ballast(), 'a');
    try {
      for (;;) {
        const { bavail, bsize } = await statfs(disk!.path);
        const more = Math.min(4 * 2 ** 20, bavail * bsize - leave);
        if (more < bsize) return;
        await file.write(Buffer.alloc(more));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  const attempt = (about: string): Promise<string | QueryRefused> =>
    submit(cell, about).catch((error: unknown) => {
      if (error instanceof QueryRefused) return error;
      throw error;
    });

  /** Submits until it is refused; everything before was acknowledged. */
  async function untilRefused(about: string): Promise<QueryRefused> {
    return (await until(
      async () => {
        await fill(0);
        const answer = await attempt(`${about} ${'x'.repeat(20_000)}`);
        if (typeof answer === 'string') acknowledged.tasks.add(answer);
        return answer;
      },
      (answer) => answer instanceof QueryRefused,
    )) as QueryRefused;
  }

  const ingest = (file: string) => ['ingest', file, '--tenant', 'acme', '--vertical', 'internal-ops', '--json'];
  const found = async (text: string) => {
    const query =
      'query Found($text: String!) { searchKnowledge(input: { text: $text, tenant: "acme" }) { hits { excerpt } } }';
    const { searchKnowledge } = await cell.query<{ searchKnowledge: { hits: { excerpt: string }[] } }>(query, { text });
    return searchKnowledge.hits.map(({ excerpt }) => excerpt).join('\n');
  };

  it('says so to who writes, goes on reading, and writes again once there is space', async () => {
    expect((await cell.kaze(...ingest(page))).code).toBe(0);
    // The index may still have to take in what was acknowledged a moment ago.
    const refusal = await untilRefused('nearly full');
    expect(refusal.code, refusal.message).toMatch(FULL);
    const refusedFile = await cell.kaze(...ingest(later));
    expect(refusedFile.code).not.toBe(0);
    expect(refusedFile.stdout + refusedFile.stderr).toMatch(/KAZE_[A-Z_]+_FULL/);
    expect(await readTasks(cell, acknowledged.tasks)).toHaveLength(acknowledged.tasks.size);
    expect((await cell.get('/healthz')).status).toBe(200);
    await rm(ballast());
    acknowledged.tasks.add(
      (await until(
        () => attempt('space again'),
        (answer) => typeof answer === 'string',
      )) as string,
    );
    await until(
      () => found('brass key bicycle shed'),
      (text) => text.includes('brass key'),
    );
    expect((await cell.kaze(...ingest(later))).code).toBe(0);
    await until(
      () => found('roof terrace'),
      (text) => text.includes('roof terrace'),
    );
    await until(
      () => cell.get('/readyz'),
      ({ status }) => status === 200,
    );
    await expectAllDoneOnce(cell, acknowledged, 240_000);
  });

  it('loses nothing when it is killed on a full disk, and starts on the freed one', async () => {
    const refusal = await untilRefused('full before a kill');
    expect(refusal.code, refusal.message).toMatch(FULL);
    await cell.kill();
    await rm(ballast());
    await cell.start();
    expect(await readTasks(cell, acknowledged.tasks)).toHaveLength(acknowledged.tasks.size);
    acknowledged.tasks.add(await submit(cell, 'after the restart'));
    expect(await found('brass key bicycle shed')).toContain('brass key');
    await expectAllDoneOnce(cell, acknowledged, 240_000);
  });
});
