import { createLogger, KazeError, type Ledger } from '#platform';
import { gatewayAddress } from './address.ts';
import type { GatewayConfig } from './config.ts';
import { answers } from './keys.ts';
import { gatewayFolder, lockFolder, openStores } from './stores.ts';

const ANSWER_MS = 30_000;

export interface Look<T> {
  /** Where the running gateway shows it to its administrator, as `nodes`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** The same without one that runs. */
  read(ledger: Ledger): Promise<readonly T[]>;
}

/**
 * What a gateway alone keeps: asked of the one that runs on the folder, else read from its database. Errors:
 * KAZE_GRAPH_LOCKED and those of the engines.
 */
export async function lookInto<T>(config: GatewayConfig, look: Look<T>): Promise<readonly T[]> {
  const folder = gatewayFolder(config);
  const address = await gatewayAddress.read(folder);
  if (address && (await answers(address.url))) {
    const given = Object.entries(look.query).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    );
    const answer = await fetch(`${address.url}${look.path}?${new URLSearchParams(given)}`, {
      headers: { authorization: `Bearer ${address.token}` },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body = (await answer.json()) as { nodes: readonly T[]; error?: { code: string; message: string } };
    if (body.error) throw new KazeError(body.error.code, body.error.message);
    return body.nodes;
  }
  const unlock = config.ledger.engine === 'postgres' ? async () => {} : await lockFolder(folder);
  try {
    const { ledger, close } = await openStores(config, createLogger({ level: config.log.level }));
    try {
      return await look.read(ledger);
    } finally {
      await close();
    }
  } finally {
    await unlock();
  }
}
