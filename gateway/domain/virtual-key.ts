import { hash, randomBytes } from 'node:crypto';
import { NAME_PATTERN, newId } from '#platform';
import { httpError } from '../http/errors.ts';

/** What Kaze knows of a key that it gave out. The key itself is nowhere: only whoever holds it can show it. */
export interface VirtualKey {
  readonly id: string;
  /** For people: what it is for. */
  readonly name: string;
  /** Its first characters, by which its holder finds it in a list. */
  readonly hint: string;
  readonly tenant: string;
  /** Every call is this agent's; null: the caller names it, else the key's name stands. */
  readonly agent: string | null;
  /** `provider/name`, `name` or `provider/*`; empty: every model that the tenant may use. */
  readonly models: readonly string[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

export interface NewVirtualKey {
  readonly name: string;
  readonly tenant: string;
  readonly agent?: string | null;
  readonly models?: readonly string[];
  /** Epoch milliseconds, in the future. */
  readonly expiresAt?: number | null;
}

export interface MadeVirtualKey {
  /** Shown this once. */
  readonly secret: string;
  /** SHA-256 of it, hex: what is kept. 256 random bits need no slow hash. */
  readonly hash: string;
  readonly key: VirtualKey;
}

/** `kz-` and 256 random bits, base64url. */
const FORM = /^kz-[A-Za-z0-9_-]{43}$/;
const MODEL = /^[A-Za-z0-9][\w.:@/*+-]{0,199}$/;
const MAX_MODELS = 100;
const HINT_CHARACTERS = 8;

export const looksLikeVirtualKey = (text: string): boolean => FORM.test(text);

export const virtualKeyHash = (secret: string): string => hash('sha256', secret, 'hex');

/** Errors: KAZE_GATEWAY_KEY_INPUT. */
export function makeVirtualKey(wanted: NewVirtualKey, now: number): MadeVirtualKey {
  const { name, tenant, agent = null, models = [], expiresAt = null } = wanted;
  if (name.trim() === '' || name.length > 100) refuse('the name of a key has 1 to 100 characters');
  if (!NAME_PATTERN.test(tenant)) refuse('the tenant of a key has lower-case letters, digits and dashes, such as acme');
  if (agent !== null && !NAME_PATTERN.test(agent)) {
    refuse('the agent of a key has lower-case letters, digits and dashes, such as support');
  }
  if (models.length > MAX_MODELS) refuse(`a key names at most ${MAX_MODELS} models, not ${models.length}`);
  const odd = models.find((model) => !MODEL.test(model));
  if (odd !== undefined) refuse(`${JSON.stringify(odd.slice(0, 100))} is no name of a model, such as openai/gpt-5`);
  if (expiresAt !== null && !(Number.isSafeInteger(expiresAt) && expiresAt > now)) {
    refuse('a key ends at a moment to come');
  }
  const secret = `kz-${randomBytes(32).toString('base64url')}`;
  const key = { id: newId(), name, hint: secret.slice(0, HINT_CHARACTERS), tenant, agent, models: [...models] };
  return { secret, hash: virtualKeyHash(secret), key: { ...key, createdAt: now, expiresAt, revokedAt: null } };
}

function refuse(message: string): never {
  throw httpError('KAZE_GATEWAY_KEY_INPUT', message);
}

/** Errors: KAZE_GATEWAY_KEY_REFUSED for one that is revoked or over. */
export function checkVirtualKey(key: VirtualKey, now: number): void {
  const over = key.revokedAt !== null ? 'revoked' : key.expiresAt !== null && key.expiresAt <= now ? 'expired' : null;
  if (over === null) return;
  throw httpError('KAZE_GATEWAY_KEY_REFUSED', `the key ${key.hint}… is ${over}; ask whoever gave it for a new one`, {
    fields: { key: key.id, why: over },
  });
}
