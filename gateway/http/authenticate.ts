import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '#platform';
import type { Awaitable } from '../domain/awaitable.ts';
import type { Attribution } from '../domain/request.ts';
import { checkVirtualKey, looksLikeVirtualKey, type VirtualKey, virtualKeyHash } from '../domain/virtual-key.ts';
import type { VirtualKeys } from '../ports/virtual-keys.ts';
import { KeptReads } from '../use-cases/kept-reads.ts';
import { httpError } from './errors.ts';

/** The headers that a key may stand in, and the hash of the key that stood there. */
interface Shown {
  readonly authorization: string | undefined;
  readonly apiKey: string | string[] | undefined;
  readonly hash: string;
}

/**
 * Who calls. A key that was looked up is kept for a moment by its hash, and the hash for the connection that showed it, so
 * that a busy key costs a look at a header; one that this process revokes is forgotten at once.
 */
export class Callers {
  private readonly known: KeptReads<string, VirtualKey | undefined>;
  private readonly connections = new WeakMap<object, Shown>();

  constructor(
    keys: Pick<VirtualKeys, 'byHash'>,
    private readonly clock: Clock,
    cacheMs: number,
  ) {
    this.known = new KeptReads((hash) => keys.byHash(hash), cacheMs);
  }

  /** At once where it is known. Errors: KAZE_GATEWAY_KEY_MISSING, KAZE_GATEWAY_KEY_REFUSED, KAZE_GATEWAY_KEYS_UNAVAILABLE. */
  identify(headers: IncomingHttpHeaders, connection: object): Awaitable<VirtualKey> {
    const now = this.clock.now();
    const hash = this.hashOf(headers, connection);
    const found = this.known.fresh(hash);
    if (found) return checked(found.value, now);
    return this.known.again(hash).value.then((key) => checked(key, now));
  }

  forget(): void {
    this.known.forget();
  }

  close(): void {
    this.known.close();
  }

  private hashOf(headers: IncomingHttpHeaders, connection: object): string {
    const { authorization, 'x-api-key': apiKey } = headers;
    const last = this.connections.get(connection);
    if (last && last.authorization === authorization && last.apiKey === apiKey) return last.hash;
    const hash = virtualKeyHash(secretOf(headers));
    this.connections.set(connection, { authorization, apiKey, hash });
    return hash;
  }
}

function checked(key: VirtualKey | undefined, now: number): VirtualKey {
  if (!key) throw httpError('KAZE_GATEWAY_KEY_REFUSED', 'the key is not known here', { fields: { why: 'unknown' } });
  checkVirtualKey(key, now);
  return key;
}

function secretOf({ authorization, 'x-api-key': apiKey }: IncomingHttpHeaders): string {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  // Anthropic's client sends both where both are in its environment; the one that can be ours counts.
  const sent = [bearer, apiKey].filter((one): one is string => typeof one === 'string' && one !== '');
  const ours = sent.find(looksLikeVirtualKey);
  if (ours !== undefined) return ours;
  if (sent.length === 0) {
    throw httpError('KAZE_GATEWAY_KEY_MISSING', 'no key was sent: Authorization: Bearer kz-…, or x-api-key: kz-…');
  }
  throw httpError('KAZE_GATEWAY_KEY_REFUSED', 'what was sent is no key of Kaze, which begin with kz-', {
    fields: { why: 'form' },
  });
}

const VALUE = /^[\w.:@/+ -]{1,128}$/;

/** The key decides the tenant, and the agent where it is an agent's; headers add the rest. */
export function attributionOf(key: VirtualKey, headers: IncomingHttpHeaders): Attribution {
  const named = headerAt(headers, 'x-kaze-agent');
  if (named !== null && key.agent !== null && named !== key.agent) {
    throw httpError('KAZE_GATEWAY_FORBIDDEN', `this key is the agent ${key.agent}'s, and speaks for no other`, {
      fields: { agent: key.agent },
    });
  }
  return {
    tenant: key.tenant,
    agent: key.agent ?? named ?? key.name,
    task: headerAt(headers, 'x-kaze-task'),
    skillVersion: headerAt(headers, 'x-kaze-skill-version'),
    channel: headerAt(headers, 'x-kaze-channel') ?? 'gateway',
  };
}

function headerAt(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  if (value === undefined || value === '') return null;
  if (typeof value === 'string' && VALUE.test(value)) return value;
  throw httpError('KAZE_GATEWAY_HEADER', `${name}: must have 1 to 128 letters, digits and . _ : @ / + - or spaces`, {
    fields: { param: name },
  });
}

/** The kind of work that a call is part of. */
export function taskTypeOf(headers: IncomingHttpHeaders): string | null {
  return headerAt(headers, 'x-kaze-task-type');
}

const MAX_TIMEOUT_MS = 600_000;

/** How long the caller wants the call to take at most, milliseconds. */
export function timeoutOf(headers: IncomingHttpHeaders): number | undefined {
  const value = headerAt(headers, 'x-kaze-timeout-ms');
  if (value === null) return undefined;
  const timeoutMs = /^\d{1,7}$/.test(value) ? Number(value) : 0;
  if (timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw httpError('KAZE_GATEWAY_HEADER', `x-kaze-timeout-ms: must be a whole number from 1 to ${MAX_TIMEOUT_MS}`, {
    fields: { param: 'x-kaze-timeout-ms' },
  });
}
