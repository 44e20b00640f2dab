import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type Clock, createLogger, silentLogger, systemClock } from '#platform';
import { createVaultSecrets, type VaultAuth, type VaultSecretsOptions } from '#platform/adapters/secrets/vault';
import { OPENBAO_ROOT_TOKEN, openbao } from '../../support/servers/index.ts';
import { type FreshVault, freshVault, vaultAdmin } from '../../support/servers/vault.ts';
import { secretsContract } from './suite.ts';

const { openbao: url } = inject('servers');
let vault: FreshVault;
beforeAll(async () => {
  vault = await freshVault(url);
});
afterAll(() => vault.drop());

const base = { clock: systemClock, logger: silentLogger, cacheMs: 0 };
const byRoot: VaultAuth = { method: 'token', token: OPENBAO_ROOT_TOKEN };
const newPrefix = () => `cell-${randomBytes(6).toString('hex')}`;

function opened(options: Partial<VaultSecretsOptions> = {}) {
  const secrets = createVaultSecrets({
    ...base,
    url,
    mount: vault.mount,
    prefix: newPrefix(),
    auth: byRoot,
    ...options,
  });
  onTestFinished(() => secrets.close());
  return secrets;
}

/** A clock whose sleeps end when the test says so. */
function handClock() {
  const sleeping: { ms: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => systemClock.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleeping.push({ ms, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  return { clock, sleeping };
}

for (const cacheMs of [0, 60_000]) {
  secretsContract(`Vault, with ${cacheMs} ms of memory`, {
    writable: true,
    async open(values) {
      const options = { ...base, url, mount: vault.mount, prefix: newPrefix(), auth: byRoot };
      const writer = createVaultSecrets(options);
      for (const [path, value] of Object.entries(values)) await writer.put(path, value);
      await writer.close();
      return createVaultSecrets({ ...options, cacheMs });
    },
  });
}

describe('what stands in Vault', () => {
  test('is found as its own command line writes it: the field value, or all fields', async () => {
    const prefix = newPrefix();
    await vault.put(`${prefix}/providers/openai/studio`, { value: 'sk-plain', note: 'of the team' });
    await vault.put(`${prefix}/providers/openai/studio/2`, { key: 'sk-two', weight: '3' });
    await vault.put(`${prefix}/Not Ours`, { value: 'x' });
    const secrets = opened({ prefix });
    expect((await secrets.get('providers/openai/studio'))!.value).toBe('sk-plain');
    expect(JSON.parse((await secrets.get('providers/openai/studio/2'))!.value)).toEqual({ key: 'sk-two', weight: '3' });
    expect(await secrets.list('')).toEqual(['providers/openai/studio', 'providers/openai/studio/2']);
    expect(await secrets.list('providers/openai/studio/')).toEqual(['providers/openai/studio/2']);
    expect(await secrets.list('prov')).toHaveLength(2);
    expect(await secrets.list('../')).toEqual([]);
  });

  test('is not listed once it is deleted, also where its history is kept; written anew it has another version', async () => {
    const secrets = opened({ prefix: 'history' });
    await secrets.put('a/b', 'first');
    const { version } = (await secrets.get('a/b'))!;
    await vaultAdmin(url, `${vault.mount}/data/history/a/b`, undefined, 'DELETE');
    expect([await secrets.list(''), await secrets.get('a/b')]).toEqual([[], undefined]);
    await secrets.put('a/b', 'second');
    await secrets.remove('a/b');
    expect((await vaultAdmin(url, `${vault.mount}/metadata/history/a/b`)).status).toBe(404);
    await secrets.put('a/b', 'third');
    expect((await secrets.get('a/b'))!.version).not.toBe(version);
  });

  test('is written where the store asks which version is replaced, by several at once', async () => {
    await vaultAdmin(url, `${vault.mount}/config`, { cas_required: true });
    onTestFinished(async () => void (await vaultAdmin(url, `${vault.mount}/config`, { cas_required: false })));
    const prefix = newPrefix();
    const [one, two] = [opened({ prefix }), opened({ prefix })];
    await Promise.all([one.put('a', 'one'), two.put('a', 'two')]);
    expect(['one', 'two']).toContain((await one.get('a'))!.value);
    await one.put('a', 'three');
    expect((await two.get('a'))!.value).toBe('three');
  });

  test('counts for as long as it is remembered, is asked for once by many, and is forgotten by a writing', async () => {
    let now = 1_000_000;
    const clock = { ...systemClock, now: () => now };
    const prefix = newPrefix();
    const secrets = opened({ prefix, cacheMs: 5_000, clock });
    await vault.put(`${prefix}/a`, { value: 'first' });
    expect((await Promise.all([secrets.get('a'), secrets.get('a')])).map((one) => one?.value)).toEqual([
      'first',
      'first',
    ]);
    await vault.put(`${prefix}/a`, { value: 'second' });
    expect((await secrets.get('a'))!.value).toBe('first');
    now += 5_000;
    expect((await secrets.get('a'))!.value).toBe('second');
    await secrets.put('a', 'third');
    expect((await secrets.get('a'))!.value).toBe('third');
  });

  test('without any field is refused, not taken for a key', async () => {
    const prefix = newPrefix();
    await vault.put(`${prefix}/a`, {});
    await expect(opened({ prefix }).get('a')).rejects.toMatchObject({ code: 'KAZE_SECRETS_VALUE' });
  });
});

describe('who may look into Vault', () => {
  test('logs in by a role, and gives the token back at the end', async () => {
    const { mount: at, ...role } = await vault.appRole();
    const auth = { method: 'approle', mount: at, ...role } as const;
    const secrets = opened({ auth });
    await secrets.check();
    await secrets.put('a', 'value');
    expect(secrets.describe()).toMatch(/^Vault at 127\.0\.0\.1:\d+ \(KV at kv-.*, by approle\)$/);
    expect(secrets.describe()).not.toContain(role.secretId);
    expect(await tokensOf(at)).toHaveLength(1);
    await secrets.close();
    expect(await tokensOf(at)).toEqual([]);
    const wrong = opened({ auth: { ...auth, secretId: 'no-such-secret-id' } });
    const error = await wrong.get('a').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'KAZE_SECRETS_ACCESS', fields: { method: 'approle', status: 400 } });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('no-such-secret-id');
    const nowhere = opened({ auth: { ...auth, mount: 'approle-elsewhere' } });
    await expect(nowhere.get('a')).rejects.toMatchObject({ message: expect.stringContaining('not switched on there') });
    // Every token that the role gave is taken away: the next request logs in again.
    const again = opened({ auth });
    await again.put('a', 'value');
    await vaultAdmin(url, `sys/leases/revoke-prefix/auth/${at}/login`, {});
    expect((await again.get('a'))!.value).toBe('value');
  });

  test('renews a token before it ends, and logs in anew where it can be renewed no longer', async () => {
    const { clock, sleeping } = handClock();
    const token = await vault.token({ ttl: '1h' });
    const secrets = opened({ auth: { method: 'token', token }, clock });
    await secrets.list('');
    expect(sleeping).toHaveLength(1);
    expect(sleeping[0]!.ms).toBeGreaterThan(2_300_000);
    expect((await lookUp(token)).last_renewal).toBeUndefined();
    sleeping.pop()!.wake();
    await expect.poll(async () => (await lookUp(token)).last_renewal, { timeout: 60_000 }).toBeDefined();
    await expect.poll(() => sleeping.length, { timeout: 60_000 }).toBe(1);

    const { mount: at, ...role } = await vault.appRole({ token_ttl: '1h', token_max_ttl: '61m', token_period: 0 });
    const byRole = opened({ auth: { method: 'approle', mount: at, ...role }, clock: clock });
    await byRole.list('');
    const [first] = await tokensOf(at);
    await vaultAdmin(url, 'auth/token/revoke-accessor', { accessor: first });
    sleeping.pop()!.wake();
    await expect.poll(() => tokensOf(at), { timeout: 60_000 }).not.toEqual([]);
  });

  test('is told when its token ends, and is refused then', async () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
    const token = await vault.token({ ttl: '1h', renewable: false });
    const secrets = opened({ auth: { method: 'token', token }, logger });
    await secrets.list('');
    await vaultAdmin(url, 'auth/token/revoke', { token });
    const error = await secrets.get('a').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'KAZE_SECRETS_ACCESS', retryable: false });
    for (const bad of ['with\nline', 'wrong']) {
      const refused = await opened({ auth: { method: 'token', token: bad } })
        .check()
        .catch((reason: unknown) => reason);
      expect(refused).toMatchObject({ code: 'KAZE_SECRETS_ACCESS' });
      expect(`${refused}`).not.toContain(bad);
    }
    expect(lines.join('\n')).toContain('cannot be renewed');
    expect(lines.join('\n') + JSON.stringify(error)).not.toContain(token);
  });

  test('may do what the policy lets, and is told the path where it does not', async () => {
    const policy = `${vault.mount}-reader`;
    const rules = [
      `path "${vault.mount}/data/kaze/providers/*" { capabilities = ["read"] }`,
      `path "${vault.mount}/metadata/kaze/*" { capabilities = ["list"] }`,
    ];
    await vaultAdmin(url, `sys/policies/acl/${policy}`, { policy: rules.join('\n') });
    await vault.put('kaze/providers/openai/studio', { value: 'sk-1' });
    await vault.put('kaze/channels/slack', { value: 'xoxb' });
    const auth: VaultAuth = { method: 'token', token: await vault.token({ policy }) };
    const secrets = opened({ auth, prefix: 'kaze' });
    await secrets.check();
    expect((await secrets.get('providers/openai/studio'))!.value).toBe('sk-1');
    expect(await secrets.list('')).toEqual(['channels/slack', 'providers/openai/studio']);
    const forbidden = { code: 'KAZE_SECRETS_FORBIDDEN', message: expect.stringContaining('kaze/channels/slack') };
    await expect(secrets.get('channels/slack')).rejects.toMatchObject(forbidden);
    await expect(secrets.put('providers/openai/studio', 'x')).rejects.toMatchObject({ code: 'KAZE_SECRETS_FORBIDDEN' });
    await expect(secrets.remove('channels/slack')).rejects.toMatchObject(forbidden);
    const elsewhere = opened({ auth, prefix: 'other' });
    await expect(elsewhere.list('')).rejects.toMatchObject({ code: 'KAZE_SECRETS_FORBIDDEN' });
  });

  test('logs in with the token that Kubernetes gives a service, read anew each time', async () => {
    // The login of Kubernetes asks its interface about the token: this one answers as it does.
    const asked: unknown[] = [];
    const kubernetes = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        asked.push(text);
        const user = { username: 'system:serviceaccount:studio:kaze', uid: 'u-1' };
        const status = { authenticated: !text.includes('spent'), user };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status }));
      });
    });
    const kubernetesUrl = await listening(kubernetes);
    const folder = await mkdtemp(join(tmpdir(), 'kaze-jwt-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const at = `${vault.mount}-k8s`;
    await vaultAdmin(url, `sys/auth/${at}`, { type: 'kubernetes' });
    onTestFinished(async () => void (await vaultAdmin(url, `sys/auth/${at}`, undefined, 'DELETE')));
    const settings = {
      kubernetes_host: kubernetesUrl,
      disable_local_ca_jwt: true,
      kubernetes_ca_cert: 'none is needed without TLS',
    };
    await vaultAdmin(url, `auth/${at}/config`, { ...settings, token_reviewer_jwt: jwt('reviewer') });
    const names = { bound_service_account_names: 'kaze', bound_service_account_namespaces: 'studio' };
    await vaultAdmin(url, `auth/${at}/role/kaze`, { ...names, token_policies: vault.policy, token_ttl: '1h' });

    const jwtFile = join(folder, 'token');
    const auth = { method: 'kubernetes', mount: at, role: 'kaze', jwtFile } as const;
    await expect(opened({ auth }).get('a')).rejects.toMatchObject({ code: 'KAZE_SECRETS_UNREADABLE' });
    await writeFile(jwtFile, `${jwt('fresh')}\n`);
    const secrets = opened({ auth });
    await secrets.put('a', 'value');
    expect((await secrets.get('a'))!.value).toBe('value');
    expect(asked.join()).toContain(jwt('fresh'));
  });
});

describe('a Vault that cannot be used', () => {
  test('is told apart: no store there, an older one, no Vault at all', async () => {
    const old = `${vault.mount}-old`;
    await vaultAdmin(url, `sys/mounts/${old}`, { type: 'kv', options: { version: '1' } });
    onTestFinished(async () => void (await vaultAdmin(url, `sys/mounts/${old}`, undefined, 'DELETE')));
    for (const mount of ['nowhere', old]) {
      await expect(opened({ mount }).check()).rejects.toMatchObject({ code: 'KAZE_SECRETS_MOUNT', fields: { mount } });
    }
    await expect(opened({ mount: 'nowhere' }).get('a')).rejects.toMatchObject({ code: 'KAZE_SECRETS_MOUNT' });
    await expect(opened({ namespace: 'nowhere' }).check()).rejects.toMatchObject({
      code: 'KAZE_SECRETS_MOUNT',
      fields: { namespace: 'nowhere' },
    });
    const other = createServer((_, response) => void response.end('<html>hello</html>'));
    const notVault = opened({ url: await listening(other) });
    await expect(notVault.check()).rejects.toMatchObject({
      code: 'KAZE_SECRETS_FAILED',
      message: expect.stringContaining('this is not Vault'),
    });
  });

  test('gives its store in a namespace only there', async () => {
    const namespace = `team-${vault.mount}`;
    await vaultAdmin(url, `sys/namespaces/${namespace}`, {});
    onTestFinished(async () => void (await vaultAdmin(url, `sys/namespaces/${namespace}`, undefined, 'DELETE')));
    const place = { mount: 'team', prefix: 'kaze' };
    await vaultAdmin(url, `${namespace}/sys/mounts/team`, { type: 'kv', options: { version: '2' } });
    const secrets = opened({ ...place, namespace });
    await secrets.check();
    await secrets.put('a', 'of the team');
    expect((await secrets.get('a'))!.value).toBe('of the team');
    await expect(opened(place).get('a')).rejects.toMatchObject({ code: 'KAZE_SECRETS_MOUNT' });
  });

  test('is away, sealed or silent with a code of its own, each within its time, and is used again once it is back', async () => {
    const server = await openbao.start();
    onTestFinished(() => server.stop());
    const own = opened({ url: server.url, mount: 'secret' });
    await own.put('a', 'value');
    const deaf = createServer(() => {});
    const silent = opened({ url: await listening(deaf), timeoutMs: 100 });
    const unanswered = { code: 'KAZE_SECRETS_UNAVAILABLE', retryable: true, fields: { reason: 'timeout' } };
    await expect(silent.get('a')).rejects.toMatchObject(unanswered);
    await vaultAdmin(server.url, 'sys/seal', {}, 'PUT');
    await expect(own.get('a')).rejects.toMatchObject({ code: 'KAZE_SECRETS_SEALED', status: 503, retryable: true });
    await expect(opened({ url: server.url }).check()).rejects.toMatchObject({ code: 'KAZE_SECRETS_SEALED' });
    await server.kill();
    const gone = await own.get('a').catch((reason: unknown) => reason);
    expect(gone).toMatchObject({ code: 'KAZE_SECRETS_UNAVAILABLE', fields: { reason: 'connection' } });
    expect(`${gone} ${JSON.stringify(gone)}`).not.toContain(OPENBAO_ROOT_TOKEN);
    await server.restart();
    await own.put('a', 'after');
    expect((await own.get('a'))!.value).toBe('after');
  });
});

/** Its address; it ends with the test. */
async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** Accessors of the tokens that an AppRole gave and that are still valid. */
async function tokensOf(mount: string): Promise<string[]> {
  const { body } = await vaultAdmin(url, 'auth/token/accessors?list=true');
  const found: string[] = [];
  for (const accessor of body.data.keys as string[]) {
    const seen = await vaultAdmin(url, 'auth/token/lookup-accessor', { accessor }).catch(() => undefined);
    if (seen?.body.data.path === `auth/${mount}/login`) found.push(accessor);
  }
  return found;
}

async function lookUp(token: string): Promise<{ last_renewal?: string }> {
  return (await vaultAdmin(url, 'auth/token/lookup', { token })).body.data;
}

/** In the form of a service account's token; the server's own check of it is what the stand-in above answers. */
function jwt(id: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'kubernetes/serviceaccount',
    sub: 'system:serviceaccount:studio:kaze',
    jti: id,
    'kubernetes.io/serviceaccount/namespace': 'studio',
    'kubernetes.io/serviceaccount/service-account.name': 'kaze',
    'kubernetes.io/serviceaccount/service-account.uid': 'u-1',
  };
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('signature').toString('base64url')}`;
}
