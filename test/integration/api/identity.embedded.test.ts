/** Signed tokens of an identity provider: keys over HTTP, claims to people and agents of the graph, refusals in words. */
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIdentityAuthenticator, type TokenVerifier } from '#governance';
import { createJwksVerifier } from '#governance/adapters/token-verifier/jwks';
import { Person, systemPrincipal } from '#graph-schema';
import { systemClock } from '#platform';
import { IdentityProvider } from '../../support/identity-provider.ts';
import { startTestCell, type TestCell, TOKENS } from './cell.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const fixedClock = { ...systemClock, now: () => clockAt };
let clockAt = NOW;
let provider: IdentityProvider;
let cell: TestCell;
let createPersons = true;

const mapping = {
  roleClaim: 'realm_access.roles',
  tenantClaim: 'https://kaze.example/client',
  agentClaim: 'kaze_agent',
  nameClaim: 'name',
  roles: new Map([
    ['kaze-admins', 'admin'],
    ['support', 'operator'],
    ['readers', 'viewer'],
  ] as const),
};
const ada = {
  sub: 'ada',
  name: 'Ada L.',
  email: 'ada@acme.example',
  realm_access: { roles: ['readers', 'support', 'else'] },
  'https://kaze.example/client': 'acme',
};

const verifier = (over: Partial<Parameters<typeof createJwksVerifier>[0]> = {}): Promise<TokenVerifier> =>
  createJwksVerifier({
    issuer: provider.issuer,
    audience: ['kaze', 'kaze-test'],
    keys: { url: provider.jwksUrl },
    algorithms: ['RS256', 'ES256'],
    clockSkewMs: 30_000,
    cooldownMs: 100,
    timeoutMs: 2_000,
    clock: fixedClock,
    ...over,
  });

beforeAll(async () => {
  provider = await IdentityProvider.start();
  const shared = await verifier();
  cell = await startTestCell({
    authenticator: (store, local) => ({
      authenticate: (token) =>
        createIdentityAuthenticator({ store, verifier: shared, mapping, createPersons, local }).authenticate(token),
    }),
  });
});
afterAll(async () => {
  await cell?.close();
  await provider?.stop();
});
beforeEach(() => {
  clockAt = NOW;
  createPersons = true;
  provider.failure = undefined;
});

const me = (token: string) => cell.graphql('{ me { id name role tenant } }', { token });
const codeOf = async (claims: Record<string, unknown>) => {
  const answer = await me(await provider.token(claims, clockAt));
  return [answer.status, answer.errors?.[0]?.extensions.code];
};
const refusal = (verified: Promise<unknown>) =>
  verified.then(
    () => 'accepted',
    (error: { code?: string }) => error.code,
  );

describe('a signed token', () => {
  it('is a person of the client that it names, with the most that its roles give, and one node however often', async () => {
    const first = await me(await provider.token(ada, clockAt));
    expect(first.data.me).toMatchObject({ name: 'Ada L.', role: 'operator', tenant: 'acme' });
    const again = await me(await provider.token({ ...ada, jti: 'another' }, clockAt));
    expect(again.data.me.id).toBe(first.data.me.id);
    const person = await cell.store.get(systemPrincipal('cell'), Person, first.data.me.id);
    expect(person).toMatchObject({ scope: 'tenant:acme', role: 'operator', email: 'ada@acme.example' });
  });

  it('sees its own client alone', async () => {
    const token = await provider.token(ada, clockAt);
    const { data } = await cell.graphql('query ($id: ID!) { task(id: $id) { id } }', {
      token,
      variables: { id: cell.ids.otherTask },
    });
    expect(data.task).toBeNull();
  });

  it('follows a role that the issuer changes, up and down', async () => {
    const roleOf = async (roles: string[]) =>
      (await me(await provider.token({ ...ada, realm_access: { roles } }, clockAt))).data.me.role;
    expect(await roleOf(['kaze-admins'])).toBe('admin');
    expect(await roleOf(['readers'])).toBe('viewer');
  });

  it('reaches the whole cell only when it says so', async () => {
    const answer = await me(await provider.token({ ...ada, 'https://kaze.example/client': '*' }, clockAt));
    expect(answer.data.me).toMatchObject({ tenant: null });
  });

  it('is an agent of the client when it names one, with the rights of an agent whatever role it claims', async () => {
    const answer = await me(await provider.token({ ...ada, kaze_agent: 'seo-strategist' }, clockAt));
    expect(answer.data.me).toMatchObject({ id: cell.ids.agent, role: 'agent', tenant: 'acme' });
    expect(await codeOf({ ...ada, kaze_agent: 'globex-agent' })).toEqual([403, 'KAZE_AUTH_OWNER']);
    expect(await codeOf({ ...ada, kaze_agent: 'x', 'https://kaze.example/client': '*' })).toEqual([
      403,
      'KAZE_AUTH_TENANT',
    ]);
  });

  it.each([
    ['no role', { ...ada, realm_access: undefined }, 403, 'KAZE_AUTH_ROLE'],
    ['a role of our own that is not mapped', { ...ada, realm_access: { roles: ['admin'] } }, 403, 'KAZE_AUTH_ROLE'],
    ['no client', { ...ada, 'https://kaze.example/client': undefined }, 403, 'KAZE_AUTH_TENANT'],
    ['several clients', { ...ada, 'https://kaze.example/client': ['acme', 'globex'] }, 403, 'KAZE_AUTH_TENANT'],
    ['a client that is not there', { ...ada, 'https://kaze.example/client': 'initech' }, 403, 'KAZE_AUTH_TENANT'],
    ['a client with quotes', { ...ada, 'https://kaze.example/client': "a' OR 1=1" }, 403, 'KAZE_AUTH_TENANT'],
    ['no subject', { ...ada, sub: undefined }, 401, 'KAZE_AUTH_CLAIM'],
    ['no expiry', { ...ada, exp: undefined }, 401, 'KAZE_AUTH_CLAIM'],
    ['an expiry that is long past', { ...ada, exp: NOW / 1_000 - 31 }, 401, 'KAZE_AUTH_EXPIRED'],
    ['a beginning in the future', { ...ada, nbf: NOW / 1_000 + 31 }, 401, 'KAZE_AUTH_NOT_YET'],
    ['another audience', { ...ada, aud: 'billing' }, 401, 'KAZE_AUTH_AUDIENCE'],
    ['no audience', { ...ada, aud: undefined }, 401, 'KAZE_AUTH_CLAIM'],
    ['another issuer', { ...ada, iss: 'https://evil.example/' }, 401, 'KAZE_AUTH_ISSUER'],
  ])('with %s is refused', async (_what, claims, status, code) => {
    expect(await codeOf(claims)).toEqual([status, code]);
  });

  it.each([
    ['expired', { exp: NOW / 1_000 - 29 }],
    ['not begun', { nbf: NOW / 1_000 + 29 }],
  ])('that has %s within the clock skew is taken', async (_what, claims) => {
    expect((await me(await provider.token({ ...ada, ...claims }, clockAt))).status).toBe(200);
  });

  it('of somebody unknown is refused where no people are made', async () => {
    createPersons = false;
    expect(await codeOf({ ...ada, sub: 'never seen' })).toEqual([403, 'KAZE_AUTH_OWNER']);
    expect((await me(await provider.token(ada, clockAt))).status).toBe(200);
  });

  it('is refused in words that repeat neither the token nor what is expected', async () => {
    const token = await provider.token({ ...ada, aud: 'billing' }, clockAt);
    const response = await fetch(`${cell.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"query":"{ __typename }"}',
    });
    const text = await response.text();
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="kaze", error="invalid_token"');
    for (const hidden of [token, provider.issuer, 'billing', 'kaze-test', 'ada@acme.example']) {
      expect(text).not.toContain(hidden);
    }
    expect(JSON.parse(text).errors[0].message).toBe('the token was made for another audience than this cell');
  });

  it('leaves the tokens of the cell as they were', async () => {
    expect((await me(TOKENS.acme)).data.me.tenant).toBe('acme');
    expect((await me('kaze_unknown_0000000000000')).errors?.[0]?.extensions.code).toBe('KAZE_API_UNAUTHENTICATED');
  });
});

describe('a forged token', () => {
  const parts = (token: string) => token.split('.') as [string, string, string];
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('without a signature is refused', async () => {
    const [, body] = parts(await provider.token(ada, clockAt));
    expect((await me(`${encode({ alg: 'none', typ: 'JWT' })}.${body}.`)).errors?.[0]?.extensions.code).toMatch(
      /^KAZE_AUTH_(ALGORITHM|MALFORMED)$/,
    );
  });

  it('signed by the public key as a shared secret is refused', async () => {
    const [, body] = parts(await provider.token(ada, clockAt));
    const { n } = JSON.parse(provider.jwks).keys[0];
    const head = `${encode({ alg: 'HS256', typ: 'JWT', kid: 'key-1' })}.${body}`;
    const signature = createHmac('sha256', n).update(head).digest('base64url');
    expect((await me(`${head}.${signature}`)).errors?.[0]?.extensions.code).toBe('KAZE_AUTH_ALGORITHM');
  });

  it('with changed claims is refused', async () => {
    const [head, , signature] = parts(await provider.token(ada, clockAt));
    const body = encode({ ...ada, iss: provider.issuer, aud: 'kaze', exp: NOW / 1_000 + 300, sub: 'someone else' });
    expect((await me(`${head}.${body}.${signature}`)).errors?.[0]?.extensions.code).toBe('KAZE_AUTH_SIGNATURE');
  });

  it('of another provider that calls its key the same is refused', async () => {
    const other = await IdentityProvider.start();
    try {
      const token = await other.token({ ...ada, iss: provider.issuer }, clockAt);
      expect((await me(token)).errors?.[0]?.extensions.code).toBe('KAZE_AUTH_SIGNATURE');
    } finally {
      await other.stop();
    }
  });
});

describe('the keys of the issuer', () => {
  it('are got once for many tokens, and again for a key that is new, at most once in the cooldown', async () => {
    const checks = await verifier({ cooldownMs: 60_000 });
    const before = provider.fetches;
    const token = await provider.token(ada, clockAt);
    await Promise.all([checks.verify(token), checks.verify(token), checks.verify(token)]);
    expect(provider.fetches - before).toBe(1);
    await provider.rotate({ alg: 'ES256' });
    const fresh = await provider.token(ada, clockAt);
    expect(await refusal(checks.verify(fresh))).toBe('KAZE_AUTH_SIGNATURE');
    expect(provider.fetches - before).toBe(1);
    const quick = await verifier({ cooldownMs: 0 });
    await quick.verify(token);
    await provider.rotate({ alg: 'ES256' });
    expect((await quick.verify(await provider.token(ada, clockAt))).subject).toBe('ada');
  });

  it('that the issuer took back are refused once they are old', async () => {
    const checks = await verifier({ keysMaxAgeMs: 1, cooldownMs: 0 });
    const token = await provider.token(ada, clockAt);
    await checks.verify(token);
    await provider.rotate({ forget: true, kid: 'after the leak' });
    await expect.poll(() => refusal(checks.verify(token)), { timeout: 60_000 }).toBe('KAZE_AUTH_SIGNATURE');
  });

  it('with one id or none are tried until one fits', async () => {
    await provider.rotate({ kid: 'twin', forget: true });
    const token = await provider.token(ada, clockAt);
    await provider.rotate({ kid: 'twin' });
    expect((await (await verifier()).verify(token)).subject).toBe('ada');
  });

  it.each([
    ['an error', { status: 500, body: 'no' }],
    ['another place', { status: 302, body: '' }],
    ['what is no JSON', { status: 200, body: '<html>' }],
    ['what is no key set', { status: 200, body: '{"keys": 3}' }],
    ['far too much', { status: 200, body: `{"keys":[],"x":"${'x'.repeat(1_100_000)}"}` }],
  ])('when the address answers with %s leave tokens refused as retryable', async (_what, failure) => {
    provider.failure = failure;
    const error = await (await verifier()).verify(await provider.token(ada, clockAt)).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'KAZE_AUTH_KEYS', status: 503, retryable: true });
    expect(error.message).not.toContain(provider.issuer);
  });

  it('are not asked for again at once when the address does not answer', async () => {
    provider.failure = { status: 500, body: 'no' };
    const checks = await verifier({ cooldownMs: 30_000 });
    const token = await provider.token(ada, clockAt);
    const before = provider.fetches;
    for (let count = 0; count < 5; count++) expect(await refusal(checks.verify(token))).toBe('KAZE_AUTH_KEYS');
    expect(provider.fetches - before).toBe(1);
    provider.failure = undefined;
    clockAt += 3_000;
    expect(await refusal(checks.verify(token))).toBe('accepted');
  });

  it('may stand in a file, which is read again when it changes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kaze-jwks-'));
    try {
      const file = join(folder, 'keys.json');
      await expect(verifier({ keys: { file } })).rejects.toMatchObject({ code: 'KAZE_AUTH_KEYS' });
      await writeFile(file, provider.jwks);
      const checks = await verifier({ keys: { file } });
      expect((await checks.verify(await provider.token(ada, clockAt))).subject).toBe('ada');
      await provider.rotate({ alg: 'ES256' });
      const fresh = await provider.token(ada, clockAt);
      expect(await refusal(checks.verify(fresh))).toBe('KAZE_AUTH_SIGNATURE');
      await writeFile(file, provider.jwks);
      expect((await checks.verify(fresh)).subject).toBe('ada');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
