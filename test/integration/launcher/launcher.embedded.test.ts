import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What the launcher itself needs: the translator with its builds and helpers, and the loader. */
const PACKAGES = ['oxc-transform', '@oxc-transform', '@oxc-project', '@oxc-node'];

/** Stands for npm: notes how it was called, then does what `npm ci` would as far as the launcher looks at it. */
const FAKE_NPM = `
const fs = require('fs'), path = require('path');
fs.appendFileSync('npm-calls.txt', process.argv.slice(2).join(' ') + '\\n');
if (process.env.FAKE_NPM_FAILS) { console.error(process.env.FAKE_NPM_FAILS); process.exit(1); }
fs.mkdirSync('node_modules', { recursive: true });
for (const name of ${JSON.stringify(PACKAGES)}) {
  if (!fs.existsSync('node_modules/' + name)) fs.symlinkSync(path.join(${JSON.stringify(join(ROOT, 'node_modules'))}, name), 'node_modules/' + name);
}
fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));
`;

const MAIN = `enum Code { Failed = 3 }
import { word } from '#word';
interface Unused { readonly one: string }
export async function run(argv: readonly string[]): Promise<number> {
  if (argv.includes('throw')) throw new RangeError(word);
  if (argv.includes('word')) console.log(word);
  else console.log(JSON.stringify(argv));
  return argv.includes('fail') ? Code.Failed : 0;
}
`;

let clone: string;

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'kaze-launcher-'));
  await cp(join(ROOT, 'bin'), join(clone, 'bin'), { recursive: true });
  await mkdir(join(clone, 'scripts'));
  await cp(join(ROOT, 'scripts/packages.mjs'), join(clone, 'scripts/packages.mjs'));
  await cp(join(ROOT, 'tsconfig.json'), join(clone, 'tsconfig.json'));
  await mkdir(join(clone, 'deploy/cli'), { recursive: true });
  await writeFile(join(clone, 'deploy/cli/main.ts'), MAIN);
  await mkdir(join(clone, 'word'));
  await writeFile(join(clone, 'word/index.ts'), "export const word: string = 'first';\n");
  const imports = { '#word': './word/index.ts' };
  await writeFile(
    join(clone, 'package.json'),
    JSON.stringify({ type: 'module', imports, devDependencies: { vitest: '4.1.12' } }),
  );
  await writeFile(
    join(clone, 'package-lock.json'),
    JSON.stringify({ packages: { '': {}, 'node_modules/zod': { version: '4.6.7' } } }),
  );
  await mkdir(join(clone, 'npm'));
  await writeFile(join(clone, 'npm/package.json'), '{ "type": "commonjs" }');
  await writeFile(join(clone, 'npm/cli.js'), FAKE_NPM);
});

afterEach(() => rm(clone, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function kaze(argv: readonly string[], options: { env?: Record<string, string>; cwd?: string } = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(clone, 'bin/kaze.js'), ...argv], {
      cwd: options.cwd ?? clone,
      env: { PATH: process.env.PATH, npm_execpath: join(clone, 'npm/cli.js'), ...options.env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const npmCalls = () =>
  readFile(join(clone, 'npm-calls.txt'), 'utf8').then(
    (text) => text.trim().split('\n'),
    () => [],
  );

describe('the kaze command on a fresh clone', () => {
  it('installs without dev packages once, runs the command from any folder, and passes its exit code on', async () => {
    const first = await kaze(['ask', 'why?'], { cwd: tmpdir() });
    expect(first).toMatchObject({ code: 0, stdout: '["ask","why?"]\n' });
    expect(first.stderr).toMatch(/^Installing packages .*\nInstalled packages in \d+ s\.\s*$/);
    expect(await npmCalls()).toEqual([expect.stringMatching(/^ci .*--omit=dev$/)]);

    expect(await kaze(['fail'])).toEqual({ code: 3, stdout: '["fail"]\n', stderr: '' });
    expect(await npmCalls()).toHaveLength(1);
  });

  it('installs again when the lockfile has changed, and keeps dev packages that are there', async () => {
    await kaze([]);
    await mkdir(join(clone, 'node_modules/vitest'), { recursive: true });
    await writeFile(
      join(clone, 'package-lock.json'),
      JSON.stringify({ packages: { '': {}, 'node_modules/zod': { version: '4.6.8' } } }),
    );
    await kaze([]);
    const calls = await npmCalls();
    expect(calls).toHaveLength(2);
    expect(calls[1]).not.toContain('--omit');
  });

  it('leaves packages alone that npm put there by hand and that fit the lockfile', async () => {
    await mkdir(join(clone, 'node_modules/zod'), { recursive: true });
    for (const name of PACKAGES) {
      await symlink(join(ROOT, 'node_modules', name), join(clone, 'node_modules', name));
    }
    const installed = { packages: { 'node_modules/zod': { version: '4.6.7' } } };
    await writeFile(join(clone, 'node_modules/.package-lock.json'), JSON.stringify(installed));
    expect(await kaze([])).toMatchObject({ code: 0, stderr: '' });
    expect(await npmCalls()).toEqual([]);
  });

  it('installs once when two commands start at the same moment', async () => {
    const both = await Promise.all([kaze(['a']), kaze(['b'])]);
    expect(both.map((one) => one.code)).toEqual([0, 0]);
    expect(await npmCalls()).toHaveLength(1);
  });

  it('says that the registry is away and which command to run, without a stack', async () => {
    const ran = await kaze([], {
      env: { FAKE_NPM_FAILS: 'npm error code ENOTFOUND\nnpm error network request failed' },
    });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('The package registry could not be reached.');
    expect(ran.stderr).toContain('npm error code ENOTFOUND');
    expect(ran.stderr).toContain(`run it yourself in ${clone}/: npm ci --omit=dev`);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
    expect((await kaze([])).code).toBe(0);
  });
});

describe('the translated program', () => {
  const cache = () => join(clone, 'node_modules/.cache/kaze');
  const mirror = async () => join(cache(), (await readdir(cache()))[0]!);
  const word = async (env?: Record<string, string>) => (await kaze(['word'], { env })).stdout.trim();

  it('is made once, and a changed, a new and a removed source count at the next start', async () => {
    expect(await word()).toBe('first');
    const main = join(await mirror(), 'deploy/cli/main.js');
    const made = await stat(main);
    await writeFile(join(clone, 'word/index.ts'), "export { word } from './other.ts';\n");
    // As long as the text before it: neither a size nor a date alone would tell.
    await writeFile(join(clone, 'word/other.ts'), "export const word: string = 'other';\n");
    expect(await word()).toBe('other');
    await writeFile(join(clone, 'word/other.ts'), "export const word: string = 'third';\n");
    expect(await word()).toBe('third');
    expect((await stat(main)).mtimeMs).toBe(made.mtimeMs);

    await rm(join(clone, 'word/other.ts'));
    expect((await kaze(['word'])).stderr).toContain('word/other.js');
    expect(await readdir(cache())).toHaveLength(1);
  });

  it('is mended where a file of it was damaged', async () => {
    await word();
    await writeFile(join(await mirror(), 'word/index.js'), '');
    expect(await word()).toBe('first');
  });

  it('names the source and its line where something fails', async () => {
    const { code, stderr } = await kaze(['throw']);
    expect(code).toBe(1);
    expect(stderr).toContain('RangeError: first');
    expect(stderr).toMatch(/at run \(file:.*\/deploy\/cli\/main\.ts:5:37\)/);
  });

  it('lies in the cache of the user where the installation cannot be written', async () => {
    await kaze([]);
    await rm(cache(), { recursive: true });
    await writeFile(cache(), 'not a folder');
    const own = join(clone, 'own-cache');
    expect(await word({ XDG_CACHE_HOME: own })).toBe('first');
    expect(await readdir(join(own, 'kaze'))).toEqual([expect.stringMatching(/^program-/)]);
  });

  it('is done without where it can be kept nowhere, and where a source is no TypeScript the loader says why', async () => {
    await kaze([]);
    await rm(cache(), { recursive: true });
    await writeFile(cache(), 'not a folder');
    const nowhere = { XDG_CACHE_HOME: cache() };
    expect(await kaze(['word'], { env: nowhere })).toEqual({ code: 0, stdout: 'first\n', stderr: '' });
    await writeFile(join(clone, 'word/index.ts'), 'export const word: = 1;\n');
    const failed = await kaze(['word'], { env: { XDG_CACHE_HOME: join(clone, 'own-cache') } });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('word/index.ts');
  });
});

describe('the machine', () => {
  interface PlatformModule {
    checkPlatform(system: { platform: string; arch: string }, fileExists: (path: string) => boolean): void;
  }
  const check = async (platform: string, arch: string, files: readonly string[] = []) => {
    const module = (await import(join(ROOT, 'bin/platform.mjs'))) as PlatformModule;
    module.checkPlatform({ platform, arch }, (path) => files.includes(path));
  };

  it('is accepted where both native engines have a build', async () => {
    for (const [platform, arch] of [
      ['linux', 'x64'],
      ['linux', 'arm64'],
      ['darwin', 'arm64'],
      ['win32', 'x64'],
    ] as const) {
      await expect(check(platform, arch)).resolves.toBeUndefined();
    }
    await expect(
      check('linux', 'x64', ['/etc/alpine-release', '/lib64/ld-linux-x86-64.so.2']),
    ).resolves.toBeUndefined();
  });

  it('is refused with the name of the engine that has none', async () => {
    await expect(check('darwin', 'x64')).rejects.toThrow(
      /darwin-x64: the search index \(LanceDB\) has no build .*Kaze runs on Linux/,
    );
    await expect(check('linux', 'x64', ['/etc/alpine-release'])).rejects.toThrow(/musl.*Grafeo/);
    await expect(check('freebsd', 'x64')).rejects.toThrow(/freebsd-x64: its native engines have no build/);
  });
});

describe('bin/kaze.js', () => {
  it.each(['18.20.4', '20.18.1'])('says on Node %s which one it needs and how to have it', async (version) => {
    const pretend = join(clone, 'older-node.cjs');
    await writeFile(pretend, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    const { code, stdout, stderr } = await kaze(['help'], { env: { NODE_OPTIONS: `--require ${pretend}` } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Kaze needs Node 20.19 or later; this is Node ${version}`);
    expect(stderr).toContain('nvm install');
    expect(await npmCalls()).toEqual([]);
  });

  it('uses nothing that Node 10 cannot read, so that it can say which Node is needed', async () => {
    const text = await readFile(join(ROOT, 'bin/kaze.js'), 'utf8');
    const source = ts.createSourceFile('kaze.js', text, ts.ScriptTarget.Latest, true);
    const newer: string[] = [];
    const look = (node: ts.Node): void => {
      const isModuleSyntax = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isMetaProperty(node);
      const isNewer =
        ts.isOptionalChain(node) ||
        ts.isAwaitExpression(node) ||
        node.kind === ts.SyntaxKind.QuestionQuestionToken ||
        (ts.isCatchClause(node) && !node.variableDeclaration);
      if (isModuleSyntax || isNewer) newer.push(node.getText());
      ts.forEachChild(node, look);
    };
    look(source);
    expect(newer).toEqual([]);
    expect(text).not.toContain('require(');
  });
});
