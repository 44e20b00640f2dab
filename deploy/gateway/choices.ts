import { type ChoiceReport, readChoiceReports } from '#gateway';
import { createLogger, KazeError } from '#platform';
import { gatewayAddress } from './address.ts';
import type { GatewayConfig } from './config.ts';
import { answers } from './keys.ts';
import { gatewayFolder, lockFolder, openStores } from './stores.ts';

export interface ChoicesFilter {
  readonly tenant?: string;
  readonly taskType?: string;
  /** Epoch milliseconds. */
  readonly from?: number;
}

const ANSWER_MS = 30_000;

/**
 * Which models a gateway alone chose for what: asked of the one that runs on the folder, else read from its database.
 * Errors: KAZE_GRAPH_LOCKED and those of the engines.
 */
export async function readChoices(config: GatewayConfig, filter: ChoicesFilter): Promise<readonly ChoiceReport[]> {
  const folder = gatewayFolder(config);
  const address = await gatewayAddress.read(folder);
  if (address && (await answers(address.url))) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, String(value));
    const answer = await fetch(`${address.url}/kaze/choices?${query}`, {
      headers: { authorization: `Bearer ${address.token}` },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body = (await answer.json()) as { nodes: ChoiceReport[]; error?: { code: string; message: string } };
    if (body.error) throw new KazeError(body.error.code, body.error.message);
    return body.nodes;
  }
  const unlock = config.ledger.engine === 'postgres' ? async () => {} : await lockFolder(folder);
  try {
    const { ledger, close } = await openStores(config, createLogger({ level: config.log.level }));
    try {
      return await readChoiceReports(ledger, filter);
    } finally {
      await close();
    }
  } finally {
    await unlock();
  }
}
