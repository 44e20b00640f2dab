import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runIn } from '../../../../deploy/cli/main.ts';
import { fakeCell, kaze } from './fake-terminal.ts';

const KEY = { KAZE_SECRETS_KEY: 'a key of more than sixteen characters' };
const VALUE = 'sk-7Qx9ZbM4kLw2VtR8';
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'kaze-secrets-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const run = (line: string, setup: { stdin?: string; env?: Record<string, string> } = {}) =>
  kaze(line.split(' '), { cwd, env: KEY, ...setup });

// Each command derives a key that is made to take time, and the settings are loaded first.
describe('kaze secrets', { timeout: 120_000 }, () => {
  it('keeps what is piped in, encrypted and for the owner alone, and lists names without values', async () => {
    const set = await run('secrets set providers/anthropic/studio', { stdin: `${VALUE}\n` });
    expect(set).toMatchObject({ code: 0, out: 'added providers/anthropic/studio\n' });
    const file = join(cwd, '.kaze', 'secrets.enc');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(VALUE);
    const list = await run('secrets list');
    expect(list.out).toContain('providers/anthropic/studio');
    const json = JSON.parse((await run('secrets list --json')).out);
    expect(json).toEqual({ nodes: [{ path: 'providers/anthropic/studio' }] });
    const again = await run('secrets set providers/anthropic/studio', { stdin: 'another' });
    expect(again.out).toBe('replaced providers/anthropic/studio\n');
    for (const { out, err } of [set, list, again]) expect(out + err).not.toContain(VALUE);
  });

  it('shows in doctor which provider keys are there, with a key that does not open the file as what is wrong', async () => {
    await run('secrets set providers/anthropic/studio', { stdin: VALUE });
    const noCell = fakeCell({});
    const doctor = (env: Record<string, string>) =>
      kaze(['doctor', '--json', '--data', '.kaze'], { cwd, env }).then(({ out }) => JSON.parse(out).checks);
    expect(noCell.calls).toEqual([]);
    const right = (await doctor(KEY)).find((check: { name: string }) => check.name === 'secrets');
    expect(right).toMatchObject({ ok: true, detail: expect.stringContaining('there is providers/anthropic/studio') });
    const wrong = (await doctor({ KAZE_SECRETS_KEY: 'quite another key of some length' })).find(
      (check: { name: string }) => check.name === 'secrets',
    );
    expect(wrong).toMatchObject({ ok: false, detail: expect.stringContaining('does not open the secrets file') });
  });

  it('names settings in doctor by the flags that there are', async () => {
    const { out } = await run('doctor --json --data elsewhere');
    const { checks } = JSON.parse(out);
    expect(checks).toContainEqual({
      name: 'setting data.dir',
      ok: true,
      detail: `${join(cwd, 'elsewhere')} (flag --data)`,
    });
  });

  it('removes one, and says when there is none', async () => {
    await run('secrets set a/b', { stdin: VALUE });
    expect((await run('secrets remove a/b')).out).toBe('removed a/b\n');
    const gone = await run('secrets remove a/b --json');
    expect(gone.code).toBe(6);
    expect(JSON.parse(gone.out).error.code).toBe('KAZE_CLI_NOT_FOUND');
  });

  it.each([
    ['without a key', {}, 'secrets list', 2, 'KAZE_SECRETS_KEY_MISSING'],
    ['with a short key', { KAZE_SECRETS_KEY: 'short' }, 'secrets list', 2, 'KAZE_SECRETS_KEY_WEAK'],
    [
      'with another key',
      { KAZE_SECRETS_KEY: 'another key of some length' },
      'secrets set a/c',
      1,
      'KAZE_SECRETS_KEY_WRONG',
    ],
    ['with a name that is none', KEY, 'secrets set ../etc', 2, 'KAZE_SECRETS_PATH'],
    ['without a value', KEY, 'secrets set a/c', 2, 'KAZE_CLI_INPUT'],
    ['with a second argument', KEY, `secrets set a/c ${VALUE}`, 2, 'KAZE_CLI_USAGE'],
  ])('%s changes nothing and says what is wrong', async (_what, env, line, code, error) => {
    await run('secrets set a/b', { stdin: VALUE });
    const before = readFileSync(join(cwd, '.kaze', 'secrets.enc'), 'utf8');
    const stdin = error === 'KAZE_CLI_INPUT' ? ' \n' : 'value';
    const ran = await run(`${line} --json`, { env: env as Record<string, string>, stdin });
    expect(ran.code).toBe(code);
    expect(JSON.parse(ran.out).error.code).toBe(error);
    expect(readFileSync(join(cwd, '.kaze', 'secrets.enc'), 'utf8')).toBe(before);
  });

  it('takes the key from a file, and refuses a damaged one', async () => {
    writeFileSync(join(cwd, 'key'), `${KEY.KAZE_SECRETS_KEY}\n`);
    const env = { KAZE_SECRETS_KEY_FILE: join(cwd, 'key') };
    expect((await run('secrets set a/b', { stdin: VALUE, env })).code).toBe(0);
    expect((await run('secrets list')).out).toContain('a/b');
    const file = join(cwd, '.kaze', 'secrets.enc');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"tag": "./, '"tag": "!'));
    expect(JSON.parse((await run('secrets list --json')).out).error.code).toBe('KAZE_SECRETS_TAMPERED');
  });

  it('keeps what several commands write at once', async () => {
    const names = Array.from({ length: 6 }, (_, at) => `many/${at}`);
    const codes = await Promise.all(names.map((name) => run(`secrets set ${name}`, { stdin: name })));
    expect(codes.map(({ code }) => code)).toEqual(names.map(() => 0));
    const { nodes } = JSON.parse((await run('secrets list --json')).out);
    expect(nodes.map(({ path }: { path: string }) => path)).toEqual(names);
  });
});

describe('at a terminal', { timeout: 120_000 }, () => {
  /** Types while the command asks, and collects all that is shown. */
  async function typing(keys: readonly string[]) {
    const shown: string[] = [];
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
    const output = {
      isTTY: true,
      columns: 80,
      write(text: string) {
        shown.push(text);
        if (text.startsWith('Value of')) setImmediate(() => keys.forEach((key) => void stdin.write(key)));
      },
    };
    const signal = new AbortController().signal;
    const terminal = { stdin, stdout: output, stderr: output, env: KEY, cwd, signal };
    const code = await runIn(terminal as never, ['secrets', 'set', 'a/typed']);
    return { code, shown: shown.join('') };
  }

  it('what is typed is kept and not shown', async () => {
    const { code, shown } = await typing([...VALUE, 'x', '\u007f', '\r']);
    expect(code).toBe(0);
    for (let at = 0; at + 4 <= VALUE.length; at++) expect(shown).not.toContain(VALUE.slice(at, at + 4));
    const { openFileSecrets } = await import('#platform/adapters/secrets/file');
    const secrets = await openFileSecrets({ file: join(cwd, '.kaze', 'secrets.enc'), key: KEY.KAZE_SECRETS_KEY });
    expect((await secrets.get('a/typed'))?.value).toBe(VALUE);
  });

  it('Ctrl-C keeps nothing', async () => {
    const { code, shown } = await typing(['sk-', '\u0003']);
    expect(code).toBe(130);
    expect(shown).toContain('nothing was kept');
    expect((await run('secrets list')).out).toBe('no secrets\n');
  });
});
