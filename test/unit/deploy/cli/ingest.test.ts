import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../../deploy/cli/errors.ts';
import { inParallel } from '../../../../deploy/cli/ingest/in-parallel.ts';
import { walk } from '../../../../deploy/cli/ingest/walk.ts';
import { fakeCell, kaze } from './fake-terminal.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-ingest-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function files(names: readonly string[]) {
  for (const name of names) {
    mkdirSync(join(cwd, 'docs', name, '..'), { recursive: true });
    writeFileSync(join(cwd, 'docs', name), name);
  }
}

const done = { source: { id: 's', errorCode: null, errorMessage: null }, chunks: 1, entities: 0, knowledge: 0 };
const ingested = { ingestSource: { ...done, change: 'created' } };
const finished = { finishSourceRoot: { total: 2, missing: 0, retired: 0, held: false } };

describe('walking a folder', () => {
  it('takes what can be read, in order, and says why the rest is left out', async () => {
    files(['b.md', 'a/c.PDF', 'x.exe', '.hidden.md', 'node_modules/m.md', 'drafts/d.md', 'u\u0308.txt']);
    writeFileSync(join(cwd, 'docs', '.kazeignore'), 'drafts/\n');
    writeFileSync(join(cwd, 'outside.md'), 'x');
    symlinkSync(join(cwd, 'outside.md'), join(cwd, 'docs', 'out.md'));
    symlinkSync(join(cwd, 'docs', 'b.md'), join(cwd, 'docs', 'in.md'));
    symlinkSync(join(cwd, 'docs', 'a'), join(cwd, 'docs', 'loop'));
    const walked = await walk(join(cwd, 'docs'));
    expect(walked.files.map(({ name }) => name)).toEqual(['a/c.PDF', 'b.md', 'in.md', '\u00fc.txt']);
    expect(Object.fromEntries(walked.skipped.map(({ name, reason }) => [name, reason]))).toEqual({
      '.hidden.md': 'hidden',
      '.kazeignore': 'hidden',
      drafts: 'ignored',
      node_modules: 'ignored',
      'x.exe': 'kind',
      'out.md': 'link',
      loop: 'link',
    });
    expect(walked.complete).toBe(true);
  });
});

describe('kaze ingest', () => {
  it('sends every file under its name and ends the root with all of them', async () => {
    files(['b.md', 'a/c.txt']);
    const cell = fakeCell({ SourceIngest: ingested, SourceRootFinish: finished });
    const { code } = await kaze('ingest docs --tenant acme --vertical seo'.split(' '), { cwd, connect: cell.connect });
    expect(code).toBe(0);
    // Files are sent side by side: whichever is read first arrives first.
    expect(cell.uploads.map(({ name, contentType }) => [name, contentType]).sort()).toEqual([
      ['a/c.txt', 'text/plain'],
      ['b.md', 'text/markdown'],
    ]);
    expect(cell.calls.at(-1)).toEqual({
      name: 'SourceRootFinish',
      variables: { input: { tenant: 'acme', vertical: 'seo', root: 'docs', names: ['a/c.txt', 'b.md'], prune: false } },
    });
  });

  it('goes on after a file that cannot be read, still ends the root, and answers 3', async () => {
    files(['a.md', 'b.md']);
    const bad = new CommandError('KAZE_FORMAT_ENCODING', 'a.md is in no known encoding');
    const answer = ({ input }: { input: { name: string } }) => (input.name === 'a.md' ? bad : ingested);
    const cell = fakeCell({ SourceIngest: answer, SourceRootFinish: finished });
    const { code, out } = await kaze('ingest docs --tenant acme --json'.split(' '), { cwd, connect: cell.connect });
    expect(code).toBe(3);
    const report = JSON.parse(out);
    expect(report.totals).toMatchObject({ created: 1, failed: 1 });
    expect(report.files[0]).toMatchObject({ name: 'a.md', change: 'failed', error: { code: 'KAZE_FORMAT_ENCODING' } });
    expect(cell.calls.at(-1)?.name).toBe('SourceRootFinish');
  });

  it('stops and does not end the root when the cell goes away', async () => {
    files(['a.md', 'b.md', 'c.md']);
    const cell = fakeCell({
      SourceIngest: new CommandError('KAZE_CLI_NO_CELL', 'no cell'),
      SourceRootFinish: finished,
    });
    const { code, err } = await kaze('ingest docs --tenant acme --concurrency 1'.split(' '), {
      cwd,
      connect: cell.connect,
    });
    expect(code).toBe(4);
    expect(err).toContain('0 of 3 files done, run it again to go on');
    expect(cell.calls.map(({ name }) => name)).toEqual(['SourceIngest']);
  });

  it('waits as long as the cell says when it is asked too fast', async () => {
    files(['a.md']);
    let tries = 0;
    const rate = new CommandError('KAZE_API_RATE', 'too fast', { retryAfterS: 0.01 });
    const cell = fakeCell({ SourceIngest: () => (++tries < 3 ? rate : ingested), SourceRootFinish: finished });
    const { code } = await kaze('ingest docs --tenant acme'.split(' '), { cwd, connect: cell.connect });
    expect({ code, tries }).toEqual({ code: 0, tries: 3 });
  });

  it('says that nothing was retired when more than a fifth is gone, and answers 3', async () => {
    files(['a.md']);
    const held = { finishSourceRoot: { total: 9, missing: 8, retired: 0, held: true } };
    const cell = fakeCell({ SourceIngest: ingested, SourceRootFinish: held });
    const { code, err } = await kaze('ingest docs --tenant acme'.split(' '), { cwd, connect: cell.connect });
    expect(code).toBe(3);
    expect(err).toContain('8 of 9 sources are gone from "docs"');
  });

  it.each([
    ['y', [false, true], 0],
    ['', [false], 3],
  ] as const)(
    'asks a person whether to retire more than a fifth, and takes %j as it is meant',
    async (typed, asked, code) => {
      files(['a.md']);
      const end = { total: 9, missing: 8, retired: 0, held: true };
      const finish = ({ input }: { input: { prune: boolean } }) => ({
        finishSourceRoot: input.prune ? { ...end, retired: 8, held: false } : end,
      });
      const cell = fakeCell({ SourceIngest: ingested, SourceRootFinish: finish });
      const setup = { cwd, connect: cell.connect, stdin: `${typed}\n`, typed: true };
      const ran = await kaze('ingest docs --tenant acme'.split(' '), setup);
      expect(ran.err).toContain('8 of 9 sources are no longer in "docs". Retire them? [y/N]');
      const ends = cell.calls.filter(({ name }) => name === 'SourceRootFinish');
      expect(ends.map(({ variables }) => (variables.input as { prune: boolean }).prune)).toEqual(asked);
      expect(ran.code).toBe(code);
    },
  );

  it('does not end a root for a single file', async () => {
    files(['a.md']);
    const cell = fakeCell({ SourceIngest: ingested });
    const { code } = await kaze('ingest docs/a.md --tenant acme --root handbook'.split(' '), {
      cwd,
      connect: cell.connect,
    });
    expect(code).toBe(0);
    expect(cell.calls.map(({ name }) => name)).toEqual(['SourceIngest']);
  });

  it('refuses an empty folder, which would retire everything', async () => {
    mkdirSync(join(cwd, 'docs'));
    const { code, err } = await kaze('ingest docs --tenant acme'.split(' '), { cwd });
    expect(code).toBe(2);
    expect(err).toContain('holds no file that can be read');
  });

  it('needs no cell for --dry-run', async () => {
    files(['a.md']);
    const { code, out } = await kaze('ingest docs --dry-run --json'.split(' '), { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ dryRun: true, files: [{ name: 'a.md', bytes: 4 }] });
  });
});

describe('work in parallel', () => {
  it('keeps to the limit and ends with the first error', async () => {
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    const { signal } = new AbortController();
    const work = inParallel([1, 2, 3, 4, 5, 6], { concurrency: 2, signal }, async (item) => {
      begun.push(item);
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      if (item === 3) throw new Error('three');
    });
    await expect(work).rejects.toThrow('three');
    expect(most).toBe(2);
    expect(begun).not.toContain(6);
  });
});
