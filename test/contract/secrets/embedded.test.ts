import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { createSecretsChain } from '#platform/adapters/secrets/chain';
import { createEnvironmentSecrets } from '#platform/adapters/secrets/environment';
import { openFileSecrets } from '#platform/adapters/secrets/file';
import { secretsContract } from './suite.ts';

const folder = await mkdtemp(join(tmpdir(), 'kaze-secrets-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const key = 'a key of more than sixteen characters';
const WRITER = fileURLToPath(new URL('./writer.ts', import.meta.url));
let count = 0;
const newFile = () => {
  count += 1;
  return join(folder, `${count}`, 'secrets.json');
};

const variable = (path: string) => `KAZE_SECRET_${path.toUpperCase().replaceAll('/', '__').replaceAll('-', '_')}`;
const asEnv = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([path, value]) => [variable(path), value]));

async function filled(values: Readonly<Record<string, string>>, file = newFile()) {
  const secrets = await openFileSecrets({ file, key });
  for (const [path, value] of Object.entries(values)) await secrets.put(path, value);
  return secrets;
}

secretsContract('the environment', {
  writable: false,
  open: async (values) => createEnvironmentSecrets({ env: asEnv(values) }),
});
secretsContract('an encrypted file', { writable: true, open: filled });
secretsContract('a file before the environment', {
  writable: true,
  open: async (values) => {
    const [first, ...rest] = Object.entries(values);
    const env = createEnvironmentSecrets({ env: asEnv(Object.fromEntries(rest)) });
    return createSecretsChain([await filled(first ? Object.fromEntries([first]) : {}), env]);
  },
});

describe('the environment', () => {
  test("reads the vendors' own variables, and Kaze's own before them", async () => {
    const env = {
      ANTHROPIC_API_KEY: 'a',
      OPENAI_API_KEY: 'o',
      GEMINI_API_KEY: 'gemini',
      KAZE_SECRET_PROVIDERS__OPENAI__STUDIO: 'own',
    };
    const secrets = createEnvironmentSecrets({ env });
    expect(await secrets.list('providers/')).toEqual(
      ['anthropic', 'google', 'openai'].map((name) => `providers/${name}/studio`),
    );
    expect((await secrets.get('providers/openai/studio'))!.value).toBe('own');
    expect((await secrets.get('providers/google/studio'))!.value).toBe('gemini');
    const both = createEnvironmentSecrets({ env: { ...env, GOOGLE_API_KEY: 'google' } });
    expect((await both.get('providers/google/studio'))!.value).toBe('google');
  });

  test('reads a file that a variable names each time, and says which cannot be read', async () => {
    const file = join(folder, 'mounted');
    await writeFile(file, 'first\n');
    const secrets = createEnvironmentSecrets({
      env: { OPENAI_API_KEY_FILE: file, ANTHROPIC_API_KEY_FILE: join(folder, 'none') },
    });
    const first = await secrets.get('providers/openai/studio');
    await writeFile(file, 'second\n');
    const second = await secrets.get('providers/openai/studio');
    expect([first!.value, second!.value]).toEqual(['first', 'second']);
    expect(second!.version).not.toBe(first!.version);
    const missing = secrets.get('providers/anthropic/studio');
    await expect(missing).rejects.toMatchObject({
      code: 'KAZE_SECRETS_UNREADABLE',
      fields: { variable: 'ANTHROPIC_API_KEY_FILE' },
    });
  });

  test('takes an empty variable for one that is not set', async () => {
    expect(await createEnvironmentSecrets({ env: { OPENAI_API_KEY: ' ' } }).list('')).toEqual([]);
  });
});

describe('an encrypted file', () => {
  test('is readable by its owner alone, holds neither value nor path in clear, and leaves nothing beside it', async () => {
    const file = newFile();
    await (await filled({ 'providers/anthropic/studio': 'sk-very-secret' }, file)).close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain('sk-very-secret');
    expect(text).not.toContain('anthropic');
    expect(await readdir(join(file, '..'))).toEqual(['secrets.json']);
  });

  test('opens again with its key, and tells a wrong key from a damaged file', async () => {
    const file = newFile();
    await filled({ a: 'value' }, file);
    const again = await openFileSecrets({ file, key });
    expect((await again.get('a'))!.value).toBe('value');
    await expect(openFileSecrets({ file, key: `${key}!` })).rejects.toMatchObject({ code: 'KAZE_SECRETS_KEY_WRONG' });
    await expect(openFileSecrets({ file, key: 'short' })).rejects.toMatchObject({ code: 'KAZE_SECRETS_KEY_WEAK' });
  });

  test.each(['ciphertext', 'tag', 'nonce'])('finds that its %s was altered', async (field) => {
    const file = newFile();
    await filled({ a: 'value' }, file);
    const envelope = JSON.parse(await readFile(file, 'utf8'));
    const bytes = Buffer.from(envelope[field], 'base64');
    bytes[0] = bytes[0]! ^ 1;
    await writeFile(file, JSON.stringify({ ...envelope, [field]: bytes.toString('base64') }));
    await expect(openFileSecrets({ file, key })).rejects.toMatchObject({ code: 'KAZE_SECRETS_TAMPERED' });
  });

  test.each(['', '{', 'null', '[]', '{"format":"kaze-secrets","version":1}'])(
    'says of the content %j that it is damaged',
    async (text) => {
      const file = join(folder, `damaged-${text.length}`);
      await writeFile(file, text);
      await expect(openFileSecrets({ file, key })).rejects.toMatchObject({ code: 'KAZE_SECRETS_TAMPERED' });
    },
  );

  test('refuses a file that asks for a costlier key derivation than Kaze writes', async () => {
    const file = newFile();
    await filled({ a: 'value' }, file);
    const envelope = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...envelope, kdf: { ...envelope.kdf, N: 2 ** 30 } }));
    await expect(openFileSecrets({ file, key })).rejects.toMatchObject({ code: 'KAZE_SECRETS_TAMPERED' });
  });

  test('two openings see each other and lose nothing when both write at once', async () => {
    const file = newFile();
    const [one, two] = await Promise.all([openFileSecrets({ file, key }), openFileSecrets({ file, key })]);
    const writes = [0, 1, 2, 3].flatMap((i) => [one!.put(`one/${i}`, 'x'), two!.put(`two/${i}`, 'y')]);
    await Promise.all(writes);
    expect(await one!.list('')).toEqual(await two!.list(''));
    expect(await one!.list('')).toHaveLength(8);
  });

  test('loses nothing when processes write at once and one is killed', { timeout: 120_000 }, async () => {
    const file = newFile();
    const child = (name: string, count: number) => {
      const arguments_ = ['--import', '@oxc-node/core/register', WRITER, file, key, name, String(count)];
      const writer = spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'inherit'] });
      const kept: string[] = [];
      createInterface({ input: writer.stdout }).on('line', (path) => {
        kept.push(path);
        if (name === 'killed' && kept.length === 2) writer.kill('SIGKILL');
      });
      return new Promise<string[]>((resolve) => writer.once('close', () => resolve(kept)));
    };
    const kept = (await Promise.all([child('one', 4), child('two', 4), child('killed', 1_000)])).flat();
    const secrets = await openFileSecrets({ file, key });
    expect(kept.length).toBeGreaterThanOrEqual(10);
    expect(await secrets.list('')).toEqual(expect.arrayContaining(kept));
    await secrets.put('after', 'value');
    expect((await secrets.get('after'))?.value).toBe('value');
  });

  test('takes over the lock of a process that is gone', async () => {
    const file = newFile();
    const secrets = await filled({ a: 'value' }, file);
    // Beyond the largest process id of any system.
    await writeFile(`${file}.lock`, '99999999');
    await secrets.put('b', 'value');
    expect(await secrets.list('')).toEqual(['a', 'b']);
  });
});
