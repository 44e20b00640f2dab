/**
 * Secrets in Vault's KV engine, version 2, over Vault's HTTP interface, which OpenBao speaks too. The secret
 * `providers/anthropic/studio` stands at `<mount>/data/<prefix>/providers/anthropic/studio`; its value is the field
 * `value`, or, where there is none, all fields as one JSON object.
 *
 * @example
 * const auth = { method: 'approle', mount: 'approle', roleId, secretId };
 * const secrets = createVaultSecrets({ url, mount: 'secret', prefix: 'kaze', auth, clock, logger });
 * await secrets.check();
 */
import type { Clock } from '../../../clock.ts';
import { platformErrors } from '../../../errors-platform.ts';
import type { Logger } from '../../../logging.ts';
import type { Secret, Secrets } from '../../../ports/secrets.ts';
import { checkPath, checkValue, isPath } from '../paths.ts';
import {
  askVault,
  asObject,
  failed,
  hostOf,
  type VaultAddress,
  type VaultAnswer,
  type VaultRequest,
} from './client.ts';
import { Recent } from './recent.ts';
import { type VaultAuth, VaultSession } from './session.ts';

export type { VaultAuth } from './session.ts';

export interface VaultSecretsOptions {
  /** Of the server, without `/v1`. */
  readonly url: string;
  readonly auth: VaultAuth;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the KV engine is mounted; default `secret`. */
  readonly mount?: string;
  /** The folder in it that is Kaze's; default `kaze`, empty for all of the mount. */
  readonly prefix?: string;
  readonly namespace?: string;
  /** For one request, milliseconds; default 5,000. */
  readonly timeoutMs?: number;
  /** How long what Vault said counts here, milliseconds; default 5,000; 0 asks each time. */
  readonly cacheMs?: number;
}

export interface VaultSecrets extends Secrets {
  /**
   * Whether Vault answers, takes the credentials and has the store. Errors: KAZE_SECRETS_UNAVAILABLE,
   * KAZE_SECRETS_SEALED, KAZE_SECRETS_ACCESS, KAZE_SECRETS_MOUNT, KAZE_SECRETS_FORBIDDEN.
   */
  check(): Promise<void>;
}

const AT_ONCE = 8;
const DEEPEST = 8;
const CAS_TRIES = 5;

export function createVaultSecrets(options: VaultSecretsOptions): VaultSecrets {
  return new KvSecrets(options);
}

class KvSecrets implements VaultSecrets {
  private readonly address: VaultAddress;
  private readonly session: VaultSession;
  private readonly mount: string;
  private readonly prefix: string;
  private readonly values: Recent<Secret | undefined>;
  private readonly lists: Recent<readonly string[]>;

  constructor(private readonly options: VaultSecretsOptions) {
    const { url, namespace, timeoutMs = 5_000, auth, clock, logger, mount = 'secret', prefix = 'kaze' } = options;
    this.address = { url, namespace, timeoutMs };
    this.session = new VaultSession({ address: this.address, auth, clock, logger });
    this.mount = trimmed(mount);
    this.prefix = prefix === '' ? '' : `${trimmed(prefix)}/`;
    const recent = { forMs: options.cacheMs ?? 5_000, clock };
    this.values = new Recent(recent);
    this.lists = new Recent(recent);
  }

  async check(): Promise<void> {
    const { status, data } = await this.ask('GET', `sys/internal/ui/mounts/${this.mount}`);
    const version = asObject(data?.options)?.version;
    if (status === 200 && (data?.type !== 'kv' || version !== '2')) throw this.noStore();
    if (status === 200) return;
    // Vault shows a mount to tokens with some right in it; else looking tells whether there is none.
    await this.names('');
  }

  async get(path: string): Promise<Secret | undefined> {
    checkPath(path);
    return this.values.of(path, async () => {
      const answer = await this.ask('GET', this.at('data', path));
      if (answer.status === 404) return this.missing(answer);
      const { data } = this.expect(answer, path);
      const fields = asObject(data?.data);
      if (!fields) return undefined;
      const value = typeof fields.value === 'string' ? fields.value : JSON.stringify(fields);
      checkValue(path, value === '{}' ? '' : value);
      const { version, created_time: created } = asObject(data?.metadata) ?? {};
      return { value, version: `${version}-${created}` };
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    if (!/^[a-z0-9/-]*$/.test(prefix) || prefix.includes('//') || prefix.startsWith('/')) return [];
    return this.lists.of(prefix, async () => {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const found = await this.below(folder, prefix);
      const there = await inTurns(found, (path) => this.isThere(path));
      return found.filter((_, at) => there[at]).sort();
    });
  }

  async put(path: string, value: string): Promise<void> {
    checkPath(path);
    checkValue(path, value);
    try {
      await this.write(path, value);
    } finally {
      this.forget();
    }
  }

  /** With all of its versions. */
  async remove(path: string): Promise<void> {
    checkPath(path);
    try {
      const answer = await this.ask('DELETE', this.at('metadata', path));
      if (answer.status !== 404) this.expect(answer, path);
    } finally {
      this.forget();
    }
  }

  describe(): string {
    const { auth, namespace } = this.options;
    const where = namespace === undefined ? '' : `, namespace ${namespace}`;
    return `Vault at ${hostOf(this.address)} (KV at ${this.mount}/${this.prefix.replace(/\/$/, '')}${where}, by ${auth.method})`;
  }

  async close(): Promise<void> {
    this.forget();
    await this.session.close();
  }

  /** A store may ask writers to say which version they replace. */
  private async write(path: string, value: string): Promise<void> {
    let options: { cas?: number } = {};
    for (let left = CAS_TRIES; ; left -= 1) {
      const answer = await this.ask('POST', this.at('data', path), { data: { value }, options });
      const mustSay = answer.status === 400 && answer.errors.some((one) => one.includes('check-and-set'));
      if (!mustSay || left <= 1) return void this.expect(answer, path);
      const { data } = await this.ask('GET', this.at('metadata', path));
      const current = data?.current_version;
      options = { cas: typeof current === 'number' ? current : 0 };
    }
  }

  private async below(folder: string, prefix: string, depth = 0): Promise<string[]> {
    const found: string[] = [];
    for (const name of await this.names(folder)) {
      const path = folder + name;
      if (name.endsWith('/')) {
        const mayHold = path.startsWith(prefix) || prefix.startsWith(path);
        if (mayHold && depth < DEEPEST) found.push(...(await this.below(path, prefix, depth + 1)));
      } else if (path.startsWith(prefix) && isPath(path)) {
        // Others may keep things of other names there: those are not Kaze's.
        found.push(path);
      }
    }
    return found;
  }

  private async names(folder: string): Promise<readonly string[]> {
    const answer = await this.ask('GET', `${this.at('metadata', folder)}?list=true`);
    if (answer.status === 404) return this.missing(answer) ?? [];
    const { data } = this.expect(answer, folder);
    return Array.isArray(data?.keys) ? data.keys.filter((key) => typeof key === 'string') : [];
  }

  /** A secret that was deleted without its history is listed and has no value. */
  private async isThere(path: string): Promise<boolean> {
    const { status, data } = await this.ask('GET', this.at('metadata', path));
    // Whoever may list and not look closer is told the name.
    if (status === 403) return true;
    const version = asObject(asObject(data?.versions)?.[String(data?.current_version)]);
    if (status !== 200 || !version) return false;
    const { destroyed, deletion_time: deletion } = version;
    const deletedAt = typeof deletion === 'string' ? Date.parse(deletion) : Number.NaN;
    return destroyed !== true && !(deletedAt <= this.options.clock.now());
  }

  private at(kind: 'data' | 'metadata', path: string): string {
    return `${this.mount}/${kind}/${this.prefix}${path}`;
  }

  private async ask(method: VaultRequest['method'], path: string, body?: unknown): Promise<VaultAnswer> {
    const token = await this.session.token();
    const answer = await askVault(this.address, { method, path, body, token });
    if (answer.status !== 403 || !(await this.session.replaced(token))) return answer;
    return askVault(this.address, { method, path, body, token: await this.session.token() });
  }

  /** No secret there, or no store at all. */
  private missing({ errors }: VaultAnswer): undefined {
    if (errors.some((one) => one.includes('no handler for route'))) throw this.noStore();
    return undefined;
  }

  private expect(answer: VaultAnswer, path: string): VaultAnswer {
    if (answer.status === 403) {
      const place = `${this.mount}/…/${this.prefix}${path}`;
      const message = `Vault's policy does not let Kaze at ${place}`;
      throw platformErrors('KAZE_SECRETS_FORBIDDEN', message, { fields: { path, place } });
    }
    if (answer.status === 404) this.missing(answer);
    if (answer.status < 200 || answer.status > 299) {
      throw failed(this.address, `answers a request for ${path} with status ${answer.status}`);
    }
    return answer;
  }

  private noStore(): Error {
    const host = hostOf(this.address);
    const message = `Vault at ${host} has no KV engine of version 2 at ${this.mount}/`;
    return platformErrors('KAZE_SECRETS_MOUNT', message, { fields: { host, mount: this.mount } });
  }

  private forget(): void {
    this.values.clear();
    this.lists.clear();
  }
}

const trimmed = (path: string): string => path.replace(/^\/+|\/+$/g, '');

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  }
  return results;
}
