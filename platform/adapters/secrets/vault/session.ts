import { readFile } from 'node:fs/promises';
import type { Clock } from '../../../clock.ts';
import { isKazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';
import type { Logger } from '../../../logging.ts';
import { askVault, failed, hostOf, type VaultAddress, type VaultAnswer } from './client.ts';

/** How Kaze proves to Vault who it is. `mount` is where the method is switched on, such as `approle`. */
export type VaultAuth =
  | { readonly method: 'token'; readonly token: string }
  | { readonly method: 'approle'; readonly mount: string; readonly roleId: string; readonly secretId: string }
  | {
      readonly method: 'kubernetes';
      readonly mount: string;
      readonly role: string;
      /** The service account's token, read at each login: Kubernetes exchanges it. */
      readonly jwtFile: string;
    };

export interface VaultSessionOptions {
  readonly address: VaultAddress;
  readonly auth: VaultAuth;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Lease {
  readonly token: string;
  readonly renewable: boolean;
  /** How long the token lives from `since` on; `Infinity` for one without an end. */
  readonly lifeMs: number;
  readonly since: number;
}

/** What goes into a header: anything else would be repeated by the error about it. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;
const SOON_MS = 1_000;
/** A timer knows no more than 24 days; renewing sooner than needed harms nothing. */
const LATEST_MS = 24 * 60 * 60_000;
const RETRY_MS = 5_000;
const REVOKE_TIMEOUT_MS = 1_000;

/** A token that is valid: logged in with, renewed while it can be, replaced when it cannot. */
export class VaultSession {
  private lease: Lease | undefined;
  private entering: Promise<Lease> | undefined;
  private keeping = new AbortController();
  private closed = false;

  constructor(private readonly options: VaultSessionOptions) {}

  /** Errors: KAZE_SECRETS_ACCESS and those of `askVault`. */
  async token(): Promise<string> {
    const { lease } = this;
    if (lease && this.options.clock.now() < lease.since + lease.lifeMs) return lease.token;
    return (await this.enter()).token;
  }

  /**
   * Vault refused a request made with this token. True when that token is no longer valid and there is another one to
   * try with; false when the token is sound, so that a policy refused. Errors: KAZE_SECRETS_ACCESS.
   */
  async replaced(token: string): Promise<boolean> {
    if (this.lease && this.lease.token !== token) return true;
    const { status } = await this.ask('GET', 'auth/token/lookup-self', token);
    if (status === 200) return false;
    this.lease = undefined;
    if (this.options.auth.method === 'token') throw this.refused();
    await this.enter();
    return true;
  }

  /** A token that this session got is given back, so that nobody finds a use for it. */
  async close(): Promise<void> {
    this.closed = true;
    this.keeping.abort();
    await this.entering?.catch(() => {});
    const { lease } = this;
    this.lease = undefined;
    if (!lease || this.options.auth.method === 'token') return;
    const address = { ...this.options.address, timeoutMs: REVOKE_TIMEOUT_MS };
    const request = { method: 'POST', path: 'auth/token/revoke-self', token: lease.token } as const;
    await askVault(address, request).catch(() => {});
  }

  private enter(): Promise<Lease> {
    this.entering ??= this.login().finally(() => {
      this.entering = undefined;
    });
    return this.entering;
  }

  private async login(): Promise<Lease> {
    const { auth, clock } = this.options;
    const since = clock.now();
    const lease = auth.method === 'token' ? await this.adopt(auth.token, since) : await this.exchange(since);
    this.lease = lease;
    this.keeping.abort();
    if (this.closed) return lease;
    this.keeping = new AbortController();
    void this.keep(lease, this.keeping.signal);
    return lease;
  }

  private async adopt(token: string, since: number): Promise<Lease> {
    if (!TOKEN.test(token)) throw this.refused();
    const { status, data } = await this.ask('GET', 'auth/token/lookup-self', token);
    if (status === 403) throw this.refused();
    if (status !== 200 || !data)
      throw failed(this.options.address, `answers a look at the token with status ${status}`);
    return { token, since, renewable: data.renewable === true, lifeMs: lifeOf(data.ttl) };
  }

  private async exchange(since: number): Promise<Lease> {
    const { auth, address } = this.options;
    if (auth.method === 'token') throw this.refused();
    const body =
      auth.method === 'approle'
        ? { role_id: auth.roleId, secret_id: auth.secretId }
        : { role: auth.role, jwt: await readJwt(auth.jwtFile) };
    const answer = await askVault(address, { method: 'POST', path: `auth/${auth.mount}/login`, body });
    const { client_token: token, renewable, lease_duration: life } = answer.auth ?? {};
    if (typeof token !== 'string' || !TOKEN.test(token)) throw this.loginRefused(answer);
    return { token, since, renewable: renewable === true, lifeMs: lifeOf(life) };
  }

  /** Renews at two thirds of the token's life. What can no longer be renewed is logged in anew, or told of. */
  private async keep(first: Lease, signal: AbortSignal): Promise<void> {
    const { clock, logger, auth } = this.options;
    const given = auth.method === 'token';
    let lease = first;
    try {
      while (lease.lifeMs !== Number.POSITIVE_INFINITY) {
        if (given && !lease.renewable) {
          const seconds = Math.round(lease.lifeMs / 1_000);
          logger.warn({ seconds }, 'secrets: the token for Vault cannot be renewed; when it ends, no secret is read');
          return;
        }
        await clock.sleep(Math.min(LATEST_MS, Math.max(SOON_MS, (lease.lifeMs * 2) / 3)), signal);
        const renewed = lease.renewable ? await this.renew(lease, signal) : undefined;
        signal.throwIfAborted();
        // Near the end of the longest life that Vault allows, a renewal adds little: a new token is due.
        const enough = renewed !== undefined && renewed.lifeMs >= first.lifeMs / 3;
        if (!enough && !given) return await this.enterAgain(signal);
        if (!renewed) return;
        lease = renewed;
        this.lease = renewed;
      }
    } catch {
      // Ended, or a later request logs in again and says what is wrong.
    }
  }

  /** Undefined when Vault says no; tries again while it is away. */
  private async renew(lease: Lease, signal: AbortSignal): Promise<Lease | undefined> {
    const { clock, logger } = this.options;
    for (;;) {
      const since = clock.now();
      try {
        const { status, auth } = await this.ask('POST', 'auth/token/renew-self', lease.token);
        if (status !== 200 || !auth) {
          logger.warn({ status }, 'secrets: Vault does not renew the token');
          return undefined;
        }
        return { ...lease, since, renewable: auth.renewable === true, lifeMs: lifeOf(auth.lease_duration) };
      } catch (error) {
        if (!isKazeError(error) || since >= lease.since + lease.lifeMs) throw error;
        logger.warn({ code: error.code }, 'secrets: the token for Vault cannot be renewed now');
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  private async enterAgain(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.options;
    for (;;) {
      try {
        await this.enter();
        return;
      } catch (error) {
        logger.warn({ code: isKazeError(error) ? error.code : 'unknown' }, 'secrets: no new token of Vault can be had');
        await clock.sleep(RETRY_MS, signal);
      }
    }
  }

  private ask(method: 'GET' | 'POST', path: string, token: string): Promise<VaultAnswer> {
    return askVault(this.options.address, { method, path, token, body: method === 'POST' ? {} : undefined });
  }

  private refused(): Error {
    const host = hostOf(this.options.address);
    const message = `Vault at ${host} takes the token no longer, or never did`;
    return platformErrors('KAZE_SECRETS_ACCESS', message, { fields: { host, method: 'token' } });
  }

  private loginRefused({ status }: VaultAnswer): Error {
    const { address, auth } = this.options;
    const host = hostOf(address);
    const { method } = auth;
    const where = auth.method === 'token' ? '' : ` at auth/${auth.mount}`;
    // Vault does not tell strangers which methods it has.
    const why = 'the credentials are wrong, or the method is not switched on there';
    const message = `Vault at ${host} refuses the login by ${method}${where} (status ${status}): ${why}`;
    return platformErrors('KAZE_SECRETS_ACCESS', message, { fields: { host, method, status } });
  }
}

/** Vault says 0 of a token that does not end. */
function lifeOf(seconds: unknown): number {
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : Number.POSITIVE_INFINITY;
}

async function readJwt(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    const message = `the service account's token in ${file}, for the login to Vault, cannot be read`;
    throw platformErrors('KAZE_SECRETS_UNREADABLE', message, { cause, fields: { file } });
  }
}
