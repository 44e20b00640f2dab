import { addVirtualKey, httpError, type NewVirtualKey, revokeVirtualKey, type VirtualKey } from '#gateway';
import { createLogger, KazeError, systemClock } from '#platform';
import { gatewayAddress } from './address.ts';
import type { GatewayConfig } from './config.ts';
import { gatewayFolder, lockFolder, openStores } from './stores.ts';

/** Virtual keys as a person looks after them. Errors: KAZE_GATEWAY_KEY_*, KAZE_GRAPH_LOCKED and those of the engines. */
export interface KeyAccess {
  create(wanted: NewVirtualKey): Promise<{ readonly secret: string; readonly key: VirtualKey }>;
  list(): Promise<readonly VirtualKey[]>;
  revoke(id: string): Promise<VirtualKey>;
  close(): Promise<void>;
}

const ANSWER_MS = 10_000;

/** Through the gateway that runs on the folder; else straight from the database. */
export async function openKeyAccess(config: GatewayConfig): Promise<KeyAccess> {
  const folder = gatewayFolder(config);
  const address = await gatewayAddress.read(folder);
  if (address && (await answers(address.url))) return remote(address.url, address.token);
  const logger = createLogger({ level: config.log.level });
  const unlock = config.ledger.engine === 'postgres' ? async () => {} : await lockFolder(folder);
  try {
    const { keys, close } = await openStores(config, logger);
    return {
      create: (wanted) => addVirtualKey(keys, wanted, systemClock.now()),
      list: () => keys.list(),
      revoke: (id) => revokeVirtualKey(keys, id, systemClock.now()),
      close: () => close().finally(unlock),
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

export async function answers(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => undefined);
  return answer?.ok ?? false;
}

function remote(url: string, token: string): KeyAccess {
  async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = { authorization: `Bearer ${token}` };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(`${url}/kaze/keys${path}`, { ...init, headers, signal }).catch((cause: unknown) => {
      throw httpError('KAZE_GATEWAY_KEYS_UNAVAILABLE', 'the running gateway does not answer', { cause });
    });
    const body = (await answer.json()) as T & { error?: { code: string; message: string } };
    if (body.error) throw new KazeError(body.error.code, body.error.message);
    return body;
  }
  return {
    create: (wanted) => ask('', { method: 'POST', body: JSON.stringify(wanted) }),
    list: async () => (await ask<{ nodes: VirtualKey[] }>('')).nodes,
    revoke: async (id) => (await ask<{ key: VirtualKey }>(`/${encodeURIComponent(id)}`, { method: 'DELETE' })).key,
    close: async () => {},
  };
}
