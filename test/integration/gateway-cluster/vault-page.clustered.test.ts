import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { modelsText } from '../../../deploy/cell/models.ts';
import { describeSecrets, openSecrets } from '../../../deploy/cell/secrets.ts';
import { loadGatewayConfig } from '../../../deploy/gateway/index.ts';
import { OPENBAO_ROOT_TOKEN, openbao } from '../../support/servers/index.ts';
import { vaultAdmin } from '../../support/servers/vault.ts';
import { kaze } from '../../unit/deploy/cli/fake-terminal.ts';

const run = promisify(execFile);

test('what docs/gateway.md says of Vault makes keys that the gateway finds, may read and may not write', {
  timeout: 120_000,
}, async () => {
  const page = await readFile(new URL('../../../docs/gateway.md', import.meta.url), 'utf8');
  const section = page.slice(page.indexOf('## Keys in Vault'), page.indexOf('## Settings'));
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text]) => text);
  const folder = await mkdtemp(join(tmpdir(), 'kaze-vault-page-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const server = await openbao.start();
  onTestFinished(() => server.stop());
  // OpenBao's command line takes what Vault's does.
  await symlink((await openbao.install()).path, join(folder, 'vault'));
  const env = {
    ...{
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
      ANTHROPIC_KEY: 'sk-of-the-studio',
      ACME_KEY: 'sk-of-acme',
    },
    ...{ VAULT_ADDR: server.url, VAULT_TOKEN: OPENBAO_ROOT_TOKEN, BAO_ADDR: server.url, BAO_TOKEN: OPENBAO_ROOT_TOKEN },
  };
  const script = ['set -e', ...blocks, 'env | grep ^KAZE_'].join('\n');
  const { stdout } = await run('sh', ['-c', script], { env, cwd: folder });
  const lines = stdout.split('\n').filter((line) => line.startsWith('KAZE_'));
  const settings = Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
  expect(Object.keys(settings).sort()).toEqual(
    ['AUTH', 'ENGINE', 'ROLE_ID', 'SECRET_ID', 'URL'].map((name) => `KAZE_SECRETS_${name}`),
  );

  const config = loadGatewayConfig({ env: settings, flags: { 'data.dir': folder } }).values;
  const secrets = await openSecrets(config, { env: {} });
  onTestFinished(() => secrets.close());
  expect((await secrets.get('providers/anthropic/studio'))!.value).toBe('sk-of-the-studio');
  const acme = (await secrets.get('tenants/acme/providers/openai'))!.value;
  expect(JSON.parse(acme)).toEqual({ key: 'sk-of-acme', weight: '2' });
  await expect(secrets.put('providers/anthropic/studio', 'x')).rejects.toMatchObject({
    code: 'KAZE_SECRETS_FORBIDDEN',
  });
  const said = `${await describeSecrets(secrets)} ${await modelsText(config.models, secrets)}`;
  expect(said).toContain('by approle), then environment variables');
  expect(said).toContain('there is providers/anthropic/studio, tenants/acme/providers/openai');
  expect(said).toContain('anthropic (studio key), openai (keys of acme)');
  expect(said).not.toMatch(/sk-of/);

  // The command line says what is wrong with it, and goes on without a Vault where it can.
  const listed = await kaze(['secrets', 'list', '--data', folder], { env: settings });
  expect(listed.out).toContain('tenants/acme/providers/openai');
  const set = await kaze(['secrets', 'set', 'a/b', '--data', folder, '--json'], { env: settings, stdin: 'x' });
  expect([set.code, JSON.parse(set.out).error.code]).toEqual([5, 'KAZE_SECRETS_FORBIDDEN']);
  const wrong = { ...settings, KAZE_SECRETS_MOUNT: 'elsewhere' };
  const refused = await kaze(['doctor', '--data', folder, '--json'], { env: wrong });
  const named = (text: string) => JSON.parse(text).checks.find(({ name }: { name: string }) => name === 'secrets');
  expect([refused.code, named(refused.out).ok]).toEqual([1, false]);
  await vaultAdmin(server.url, 'sys/seal', {}, 'PUT');
  const sealed = await kaze(['doctor', '--data', folder, '--json'], { env: settings });
  expect(named(sealed.out)).toMatchObject({ ok: false, detail: expect.stringContaining('is sealed') });
  const away = await openSecrets(config, { env: { OPENAI_API_KEY: 'of the environment' } });
  await expect(away.get('providers/openai/studio')).rejects.toMatchObject({ code: 'KAZE_SECRETS_SEALED' });
  await away.close();
});

test('settings of Vault that are missing are all named at once', async () => {
  const env = { KAZE_SECRETS_ENGINE: 'vault', KAZE_SECRETS_AUTH: 'approle', KAZE_SECRETS_MOUNT: '../x' };
  const refused = await kaze(['secrets', 'list', '--json'], { env: { ...env, KAZE_SECRETS_MOUNT: 'secret' } });
  expect(JSON.parse(refused.out).error.message).toMatch(
    /KAZE_SECRETS_URL.*KAZE_SECRETS_ROLE_ID.*KAZE_SECRETS_SECRET_ID/s,
  );
  const path = await kaze(['secrets', 'list', '--json'], { env });
  expect(JSON.parse(path.out).error.message).toContain('secrets.mount');
});
