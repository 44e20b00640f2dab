import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireDataFolderLock } from '#graph-schema/adapters/data-folder-lock';

interface Attempt {
  readonly won: boolean;
  readonly code?: string;
  readonly holder?: number;
  readonly message?: string;
}

const STARTER = fileURLToPath(new URL('./starter.ts', import.meta.url));
let root: string;
let folder: string;
let started: ChildProcess[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kaze-lock-'));
  folder = join(root, 'data');
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map(kill));
  await rm(root, { recursive: true, force: true });
});

async function starter(path = folder, more: readonly string[] = []): Promise<ChildProcess> {
  const child = fork(STARTER, [path, ...more], { execArgv: ['--import', '@oxc-node/core/register'] });
  started.push(child);
  await once(child, 'message');
  return child;
}

async function attempt(child: ChildProcess): Promise<Attempt> {
  const answer = once(child, 'message');
  child.send({});
  return (await answer)[0] as Attempt;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

describe('the lock on a data folder', () => {
  it('refuses a second process, names the holder and leaves the folder as it was', async () => {
    const first = await starter();
    expect(await attempt(first)).toEqual({ won: true });
    const before = await listing();
    const refused = await attempt(await starter());
    expect(refused).toMatchObject({ won: false, code: 'KAZE_GRAPH_LOCKED', holder: first.pid });
    expect(refused.message).toContain(`process ${first.pid}`);
    expect(await listing()).toEqual(before);
  });

  it('refuses a second attempt within one process', async () => {
    const lock = await acquireDataFolderLock(folder);
    await expect(acquireDataFolderLock(folder)).rejects.toMatchObject({
      code: 'KAZE_GRAPH_LOCKED',
      fields: { pid: process.pid },
    });
    await lock.release();
  });

  it('is free as soon as its holder was killed', async () => {
    const first = await starter();
    await attempt(first);
    const second = await starter();
    await kill(first);
    expect(await attempt(second)).toEqual({ won: true });
  });

  it('is free after a release, and a second release does nothing', async () => {
    const lock = await acquireDataFolderLock(folder);
    await lock.release();
    const next = await acquireDataFolderLock(folder);
    await lock.release();
    await expect(acquireDataFolderLock(folder)).rejects.toMatchObject({ code: 'KAZE_GRAPH_LOCKED' });
    await next.release();
  });

  it('is the same lock through a symbolic link and through another spelling', async () => {
    await mkdir(folder);
    await symlink(folder, join(root, 'link'));
    const lock = await acquireDataFolderLock(join(root, 'link'));
    for (const path of [folder, `${root}/./data/../data/`]) {
      expect(await attempt(await starter(path))).toMatchObject({ won: false, holder: process.pid });
    }
    await lock.release();
  });

  it('ignores the note of a dead holder whose process id another process has now', async () => {
    await mkdir(folder);
    const note = { pid: process.pid, host: hostname(), since: '2026-01-01T00:00:00Z' };
    await writeFile(join(folder, 'cell.holder.json'), JSON.stringify(note));
    expect(await attempt(await starter())).toEqual({ won: true });
  });

  it('makes its file for the owner alone, and leaves what stands in it, also after a release', async () => {
    const file = join(folder, 'cell.lock');
    await (await acquireDataFolderLock(folder)).release();
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
    await writeFile(file, 'of an older version');
    const { ino } = await stat(file);
    const lock = await acquireDataFolderLock(folder);
    await lock.release();
    expect(await readFile(file, 'utf8')).toBe('of an older version');
    expect((await stat(file)).ino).toBe(ino);
  });

  it('says so, in one line, where the system has no build of the native lock', async () => {
    const refused = await attempt(await starter(folder, ['mips']));
    expect(refused).toMatchObject({ won: false, code: 'KAZE_GRAPH_UNAVAILABLE' });
    expect(refused.message).toBe(
      `The data folder ${await realpath(folder)} cannot be locked: fs-native-extensions has no build that runs on ${process.platform}-mips.`,
    );
  });

  it('says so where its file cannot be opened', async () => {
    await mkdir(join(folder, 'cell.lock'), { recursive: true });
    await expect(acquireDataFolderLock(folder)).rejects.toMatchObject({
      code: 'KAZE_GRAPH_UNAVAILABLE',
      message: expect.stringContaining('cannot be locked: EISDIR'),
    });
  });

  it.each(['missing', 'torn', 'overlong'])(
    'lets exactly one of five simultaneous starters win when its file is %s',
    async (state) => {
      const starters = await Promise.all(Array.from({ length: 5 }, () => starter()));
      for (let round = 0; round < 4; round += 1) {
        if (state !== 'missing') {
          await (await acquireDataFolderLock(folder)).release();
          if (state === 'torn') await truncate(join(folder, 'cell.lock'), round * 900);
          else await appendFile(join(folder, 'cell.lock'), 'x'.repeat(5_000 * round));
        }
        const results = await Promise.all(starters.map(attempt));
        expect(results.filter(({ won }) => won)).toHaveLength(1);
        for (const lost of results.filter(({ won }) => !won)) expect(lost.code).toBe('KAZE_GRAPH_LOCKED');
        const winner = results.findIndex(({ won }) => won);
        await kill(starters[winner]!);
        starters[winner] = await starter();
        if (state === 'missing') await rm(folder, { recursive: true });
      }
    },
    90_000,
  );
});

async function listing(): Promise<unknown> {
  const names = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).mtimeMs]));
}
