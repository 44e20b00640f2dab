import { isKazeError } from '../../../errors.ts';
import { platformErrors } from '../../../errors-platform.ts';

export interface VaultAddress {
  /** Of the server, without `/v1`. */
  readonly url: string;
  /** Vault Enterprise's and OpenBao's; none when left out. */
  readonly namespace?: string;
  /** For one request with its answer, milliseconds. */
  readonly timeoutMs: number;
}

export interface VaultRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind `/v1/`, without a slash at its beginning. */
  readonly path: string;
  readonly token?: string;
  readonly body?: unknown;
}

/** `errors` are Vault's own words; empty where it sent none. */
export interface VaultAnswer {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly auth: Readonly<Record<string, unknown>> | undefined;
  readonly errors: readonly string[];
}

const MOST_ANSWER_BYTES = 4 * 2 ** 20;

/**
 * One request to Vault. Answers below 500 come back as they are; what means that Vault is not there is an error here.
 * Neither the token nor what was sent stands in any of them.
 *
 * Errors: KAZE_SECRETS_UNAVAILABLE, KAZE_SECRETS_SEALED, KAZE_SECRETS_FAILED.
 */
export async function askVault(address: VaultAddress, request: VaultRequest): Promise<VaultAnswer> {
  // Reading again harms nothing, and a connection that was kept open may have died unnoticed.
  const tries = request.method === 'GET' ? 2 : 1;
  for (let left = tries; ; left -= 1) {
    try {
      return await askOnce(address, request);
    } catch (error) {
      if (left <= 1 || !isKazeError(error, 'KAZE_SECRETS_UNAVAILABLE') || error.fields?.reason !== 'connection')
        throw error;
    }
  }
}

async function askOnce(address: VaultAddress, request: VaultRequest): Promise<VaultAnswer> {
  const { url, namespace, timeoutMs } = address;
  const { method, path, token, body } = request;
  const headers: Record<string, string> = { 'x-vault-request': 'true' };
  if (namespace !== undefined) headers['x-vault-namespace'] = namespace;
  if (token !== undefined) headers['x-vault-token'] = token;
  if (body !== undefined) headers['content-type'] = 'application/json';
  let status: number;
  let text: string;
  try {
    const answer = await fetch(`${url.replace(/\/+$/, '')}/v1/${path}`, {
      ...{ method, headers, body: body === undefined ? undefined : JSON.stringify(body) },
      // A token goes to the address that was configured and to no other.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = answer.status;
    text = await answer.text();
  } catch (cause) {
    throw away(address, cause);
  }
  if (status >= 300 && status < 400) {
    throw failed(address, 'answers with a redirection; give the address that it leads to, or one of the active server');
  }
  const answer = parse(address, status, text);
  if (status === 503 && answer.errors.some((one) => /sealed/i.test(one))) {
    const message = `Vault at ${hostOf(address)} is sealed, so no secret can be read`;
    throw platformErrors('KAZE_SECRETS_SEALED', message, { fields: { host: hostOf(address) } });
  }
  if (status === 404 && namespace !== undefined && answer.errors.some((one) => one.includes('namespace not found'))) {
    const message = `Vault at ${hostOf(address)} has no namespace ${namespace}`;
    throw platformErrors('KAZE_SECRETS_MOUNT', message, { fields: { host: hostOf(address), namespace } });
  }
  if (status >= 500 || status === 429) throw away(address, undefined, `answers with status ${status}`);
  return answer;
}

function parse(address: VaultAddress, status: number, text: string): VaultAnswer {
  let body: Record<string, unknown> = {};
  if (text.length > MOST_ANSWER_BYTES) throw failed(address, `answers with more than ${MOST_ANSWER_BYTES} characters`);
  try {
    if (text !== '') body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // A proxy's page, or another program at that address.
    if (status < 500) throw failed(address, `answers with status ${status} and no JSON: this is not Vault`);
  }
  const { data, auth, errors } = body ?? {};
  return {
    status,
    data: asObject(data),
    auth: asObject(auth),
    errors: Array.isArray(errors) ? errors.map(String) : [],
  };
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** Without credentials that an address may carry. */
export function hostOf({ url }: Pick<VaultAddress, 'url'>): string {
  return new URL(url).host;
}

function away(address: VaultAddress, cause: unknown, what?: string): Error {
  const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
  const code = (cause as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  const did =
    what ??
    (timedOut ? `did not answer within ${address.timeoutMs} ms` : `cannot be reached (${code ?? 'no connection'})`);
  const reason = what ? 'status' : timedOut ? 'timeout' : 'connection';
  return platformErrors('KAZE_SECRETS_UNAVAILABLE', `Vault at ${hostOf(address)} ${did}`, {
    fields: { host: hostOf(address), reason },
  });
}

export function failed(address: Pick<VaultAddress, 'url'>, did: string): Error {
  const host = hostOf(address);
  return platformErrors('KAZE_SECRETS_FAILED', `Vault at ${host} ${did}`, { fields: { host } });
}
