import { randomBytes } from 'node:crypto';
import { OPENBAO_ROOT_TOKEN } from './openbao.ts';

export interface VaultAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says; tests look at what they need
  readonly body: any;
}

/** What an operator would do with Vault's own command line, as its administrator. */
export async function vaultAdmin(url: string, path: string, body?: unknown, method?: string): Promise<VaultAnswer> {
  const answer = await fetch(`${url}/v1/${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { 'x-vault-token': OPENBAO_ROOT_TOKEN },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status >= 400 && answer.status !== 404) throw new Error(`${path} answers ${answer.status}: ${text}`);
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

export interface FreshVault {
  readonly url: string;
  /** A KV engine of version 2 that is this test's alone. */
  readonly mount: string;
  /** May read and write everything in it, and nothing else. */
  readonly policy: string;
  /** A token with a policy, as `vault token create` makes it; `ttl` such as `1h`. */
  token(options?: { policy?: string; ttl?: string; renewable?: boolean }): Promise<string>;
  /** Switches an AppRole on with a role of this test; `settings` are those of the role. */
  appRole(settings?: Record<string, unknown>): Promise<{ mount: string; roleId: string; secretId: string }>;
  put(path: string, data: Record<string, unknown>): Promise<void>;
  drop(): Promise<void>;
}

/** A store of one's own on a running OpenBao, for one test file. */
export async function freshVault(url: string): Promise<FreshVault> {
  const mount = `kv-${randomBytes(6).toString('hex')}`;
  await vaultAdmin(url, `sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } });
  await vaultAdmin(url, `sys/policies/acl/${mount}`, {
    policy: `path "${mount}/*" { capabilities = ["create", "read", "update", "delete", "list"] }`,
  });
  let roles = 0;
  return {
    ...{ url, mount, policy: mount },
    async token({ policy = mount, ttl = '1h', renewable = true } = {}) {
      const { body } = await vaultAdmin(url, 'auth/token/create', { policies: [policy], ttl, renewable });
      return body.auth.client_token;
    },
    async appRole(settings = {}) {
      roles += 1;
      const at = `${mount}-${roles}`;
      await vaultAdmin(url, `sys/auth/${at}`, { type: 'approle' });
      const role = `auth/${at}/role/kaze`;
      await vaultAdmin(url, role, { token_policies: mount, token_ttl: '1h', ...settings });
      const { body: named } = await vaultAdmin(url, `${role}/role-id`);
      const { body: made } = await vaultAdmin(url, `${role}/secret-id`, {});
      return { mount: at, roleId: named.data.role_id, secretId: made.data.secret_id };
    },
    async put(path, data) {
      await vaultAdmin(url, `${mount}/data/${path}`, { data });
    },
    async drop() {
      await vaultAdmin(url, `sys/mounts/${mount}`, undefined, 'DELETE');
      for (; roles > 0; roles -= 1) await vaultAdmin(url, `sys/auth/${mount}-${roles}`, undefined, 'DELETE');
      await vaultAdmin(url, `sys/policies/acl/${mount}`, undefined, 'DELETE');
    },
  };
}
