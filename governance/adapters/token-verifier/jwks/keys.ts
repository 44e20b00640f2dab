import { readFile, stat } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import type { Clock } from '#platform';
import { governanceError } from '../../../errors.ts';

export type KeySet = JWTVerifyGetKey;

export interface RemoteKeysOptions {
  readonly cooldownMs: number;
  readonly keysMaxAgeMs: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const MAX_BYTES = 1_048_576;
/** An issuer that does not answer is not asked for every token that comes meanwhile. */
const FAILURE_PAUSE_MS = 2_000;

export function keysFromUrl(url: string, options: RemoteKeysOptions): KeySet {
  const { cooldownMs, keysMaxAgeMs, timeoutMs, clock } = options;
  let failed: { readonly at: number; readonly error: unknown } | undefined;
  const get: FetchImplementation = async (address, init) => {
    if (failed && clock.now() - failed.at < Math.min(cooldownMs, FAILURE_PAUSE_MS)) throw failed.error;
    try {
      const answer = await fetch(address, init);
      const text = await limited(answer);
      failed = undefined;
      return new Response(text, { status: answer.status, headers: { 'content-type': 'application/json' } });
    } catch (error) {
      failed = { at: clock.now(), error };
      throw error;
    }
  };
  return createRemoteJWKSet(new URL(url), {
    cooldownDuration: cooldownMs,
    cacheMaxAge: keysMaxAgeMs,
    timeoutDuration: timeoutMs,
    [customFetch]: get,
  });
}

/** What an address answers must not fill the memory. */
async function limited(answer: Response): Promise<string> {
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new Error(`the address of the keys answers with HTTP ${answer.status}`);
  }
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`the address of the keys answers with more than ${MAX_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Errors: KAZE_AUTH_KEYS. */
export async function keysFromFile(file: string): Promise<KeySet> {
  let read: { readonly stamp: string; readonly keys: KeySet } | undefined;

  async function current(): Promise<KeySet> {
    try {
      const { ino, size, mtimeNs } = await stat(file, { bigint: true });
      const stamp = `${ino} ${size} ${mtimeNs}`;
      if (read?.stamp !== stamp) {
        const set = JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet;
        read = { stamp, keys: createLocalJWKSet(set) };
      }
      return read.keys;
    } catch (cause) {
      throw governanceError('KAZE_AUTH_KEYS', `the file of keys ${file} cannot be read or is no JWKS`, {
        cause,
        fields: { file },
      });
    }
  }

  await current();
  return async (header, token) => (await current())(header, token);
}
