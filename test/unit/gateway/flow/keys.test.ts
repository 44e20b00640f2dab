import { describe, expect, it } from 'vitest';
import { silentLogger } from '#platform';
import { createEnvironmentSecrets } from '#platform/adapters/secrets/environment';
import { type GatewayPolicyInput, parsePolicy } from '../../../../gateway/domain/flow/policy.ts';
import { createKeyRing } from '../../../../gateway/use-cases/keys/key-ring.ts';

const ENV = {
  OPENAI_API_KEY: 'sk-studio-main',
  KAZE_SECRET_PROVIDERS__OPENAI__STUDIO__2: JSON.stringify({
    key: 'sk-studio-two',
    weight: 3,
    baseUrl: 'https://eu.test',
  }),
  KAZE_SECRET_TENANTS__ACME__PROVIDERS__OPENAI: 'sk-acme-own',
  KAZE_SECRET_TENANTS__ACME__PROVIDERS__OPENAI__2: 'sk-acme-two',
};

function ring(policy: GatewayPolicyInput = {}, env: Record<string, string> = ENV, freshMs = 1_000) {
  const secrets = createEnvironmentSecrets({ env });
  return createKeyRing({ secrets, policy: parsePolicy(policy), logger: silentLogger, freshMs });
}
const values = async (keys: ReturnType<typeof ring>, tenant: string, provider = 'openai', agent = 'writer') =>
  (await keys.keysFor(provider, { tenant, agent })).map(({ credential }) => credential.value);

describe('keys', () => {
  it('of a tenant are used for it alone, those of the studio for all others', async () => {
    expect(await values(ring(), 'acme')).toEqual(['sk-acme-own', 'sk-acme-two']);
    expect(await values(ring(), 'other')).toEqual(['sk-studio-main', 'sk-studio-two']);
    expect(await values(ring(), 'acme', 'google')).toEqual([]);
  });

  it('are taken in the order of the policy, and fall back to another owner only where it says so', async () => {
    const back = ring({ keys: [{ tenant: 'acme', fallBack: true }] });
    expect(await values(back, 'acme')).toEqual(['sk-acme-own', 'sk-acme-two', 'sk-studio-main', 'sk-studio-two']);
    const studio = ring({ keys: [{ tenant: 'acme', provider: 'openai', order: ['studio'] }] });
    expect(await values(studio, 'acme')).toEqual(['sk-studio-main', 'sk-studio-two']);
    const client = ring({ keys: [{ order: ['client'] }] });
    expect(await values(client, 'other')).toEqual([]);
  });

  it('are taken by the first rule that fits the tenant, the agent and the provider', async () => {
    const keys = ring({
      keys: [
        { tenant: 'acme', agent: 'bulk', order: ['studio'] },
        { tenant: 'acme', agent: 'bulk', order: ['client'] },
        { agent: 'audit', provider: 'google', order: ['client'] },
      ],
    });
    expect(await values(keys, 'acme', 'openai', 'bulk')).toEqual(['sk-studio-main', 'sk-studio-two']);
    expect(await values(keys, 'acme', 'openai', 'writer')).toEqual(['sk-acme-own', 'sk-acme-two']);
    expect(await values(keys, 'other', 'openai', 'audit')).toEqual(['sk-studio-main', 'sk-studio-two']);
  });

  it('of Azure bring its version and the names of its deployments', async () => {
    const azure = { apiVersion: '2026-08-01', deployments: { 'gpt-5.6-terra': 'terra-eu' } };
    const value = (more: object) => JSON.stringify({ key: 'azure-key', baseUrl: 'https://a.test', ...more });
    const found = async (text: string) =>
      (await ring({}, { OPENAI_API_KEY: text }).keysFor('openai', { tenant: 'x', agent: 'y' }))[0]!.credential;
    expect(await found(value({ azure }))).toMatchObject({ value: 'azure-key', baseUrl: 'https://a.test', azure });
    expect((await found(value({ azure: { apiVersion: 7, deployments: { a: 1, b: 'c' } } }))).azure).toEqual({
      deployments: { b: 'c' },
    });
    expect(await found(value({}))).not.toHaveProperty('azure');
  });

  it('have names that tell them apart and hold nothing of them, and may bring an address and a weight', async () => {
    const found = await ring().keysFor('openai', { tenant: 'other', agent: 'writer' });
    const ids = found.map(({ credential }) => credential.keyId);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^openai\/studio#[0-9a-f]{8}$/);
    expect(found[1]).toMatchObject({ weight: 3, credential: { value: 'sk-studio-two', baseUrl: 'https://eu.test' } });
  });

  it('that are exchanged are used once what was read is no longer fresh; a store that is away takes none away', async () => {
    let value = 'sk-old-key';
    let away = false;
    const secrets = {
      list: async () => {
        if (away) throw new Error('away');
        return ['providers/openai/studio'];
      },
      get: async () => ({ value, version: value }),
    };
    const keys = createKeyRing({ secrets, policy: parsePolicy({}), logger: silentLogger, freshMs: 5 });
    expect(await values(keys, 'other')).toEqual(['sk-old-key']);
    value = 'sk-new-key';
    await expect.poll(() => values(keys, 'other')).toEqual(['sk-new-key']);
    away = true;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await values(keys, 'other')).toEqual(['sk-new-key']);
  });

  it('that are known are used while the store hangs, and those that are not are waited for', async () => {
    let answer = (_: readonly string[]) => {};
    const store = new Promise<readonly string[]>((resolve) => {
      answer = resolve;
    });
    let reads = 0;
    const secrets = {
      list: async (prefix: string) => {
        reads += 1;
        return prefix === 'providers/' && reads <= 2 ? ['providers/openai/studio'] : store;
      },
      get: async () => ({ value: 'sk-known', version: '1' }),
    };
    const policy = parsePolicy({ keys: [{ tenant: 'other', order: ['studio'] }] });
    const ring = { secrets, policy, logger: silentLogger, freshMs: 0, patienceMs: 1 };
    const keys = createKeyRing(ring);
    expect(await values(keys, 'other')).toEqual(['sk-known']);
    expect(await values(keys, 'other')).toEqual(['sk-known']);
    // From here on nothing is answered: what is known comes at once, also to those who come later.
    expect(await values(keys, 'other')).toEqual(['sk-known']);
    expect(await values(keys, 'other')).toEqual(['sk-known']);
    expect(reads).toBe(3);
    let answered = false;
    const first = values(keys, 'acme').finally(() => {
      answered = true;
    });
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    answer(['tenants/acme/providers/openai']);
    expect(await first).toEqual(['sk-known']);
  });
});
