import { newId } from '#platform';
import { graphError } from '../../../errors.ts';
import type { CypherRow, WriteHold } from '../../../ports/graph-engine.ts';
import { fromNeo4j } from './errors.ts';
import type { Neo4jEngineParts } from './parts.ts';
import { fromNative, toNative } from './values.ts';

/**
 * Sent ahead of the first statement of every transaction, in the same journey. The server's clock alone counts. These
 * nodes are not `Node`s: they are in no dump.
 */
export const HELD = 'MATCH (h:WriteHold) WHERE h.until > timestamp() RETURN max(h.until - timestamp()) AS heldMs';

const TAKE =
  'CREATE (h:WriteHold) SET h.holder = $holder, h.until = timestamp() + $leaseMs WITH h MATCH (old:WriteHold) WHERE old.until < timestamp() DELETE old';
const RENEW =
  'MATCH (h:WriteHold) WHERE h.holder = $holder AND h.until > timestamp() SET h.until = timestamp() + $leaseMs RETURN count(h) AS held';
const END =
  'MATCH (h:WriteHold) WHERE h.holder = $holder WITH h, h.until > timestamp() AS inTime DELETE h RETURN count(CASE WHEN inTime THEN 1 END) AS held';
const OPEN = 'SHOW TRANSACTIONS YIELD transactionId RETURN transactionId AS id';

/** A holder that died keeps writers waiting no longer than this. */
const LEASE_MS = 30_000;
const RENEW_EVERY_MS = 5_000;
const POLL_MS = 20;
/** Transactions end by their own time limits, 30 s unless the caller asked for another one. */
const SETTLE_LIMIT_MS = 120_000;

/** @throws KAZE_GRAPH_HELD while another process reads the whole graph out */
export function checkHeld(rows: readonly CypherRow[]): void {
  const heldMs = rows[0]?.heldMs;
  if (typeof heldMs !== 'number') return;
  throw graphError('KAZE_GRAPH_HELD', 'Another process holds writes back for a backup.', { fields: { heldMs } });
}

/**
 * Keeps back the transactions of all processes. One that begins once the hold is committed sees it and is refused; the
 * ones that began before are waited for by their numbers. So nothing is written from the moment this resolves.
 */
export async function takeWriteHold(
  parts: Neo4jEngineParts,
  { leaseMs = LEASE_MS, renewEveryMs = RENEW_EVERY_MS }: { leaseMs?: number; renewEveryMs?: number } = {},
): Promise<WriteHold> {
  const { clock, logger } = parts;
  const holder = newId();
  await call(parts, TAKE, { holder, leaseMs });
  let last: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    last = call(parts, RENEW, { holder, leaseMs }).catch((err: unknown) => {
      logger.warn({ err }, 'the hold on writes could not be made longer');
    });
  }, renewEveryMs);
  timer.unref();
  const end = async () => {
    clearInterval(timer);
    await last;
    const [row] = await call(parts, END, { holder });
    return row?.held === 1;
  };
  try {
    const before = await openTransactions(parts);
    const giveUpAt = performance.now() + SETTLE_LIMIT_MS;
    for (let open = before; open.size > 0; ) {
      const now = await openTransactions(parts);
      open = new Set([...open].filter((id) => now.has(id)));
      if (open.size === 0) break;
      if (performance.now() > giveUpAt) {
        const text = `${open.size} transactions did not end within ${SETTLE_LIMIT_MS} ms, so writes could not be held back.`;
        throw graphError('KAZE_GRAPH_TIMEOUT', text, { fields: { open: open.size, limitMs: SETTLE_LIMIT_MS } });
      }
      await clock.sleep(POLL_MS);
    }
  } catch (error) {
    await end().catch(() => undefined);
    throw error;
  }
  return {
    async release() {
      if (await end()) return;
      throw graphError(
        'KAZE_GRAPH_HOLD_LOST',
        `Writes were let through ${leaseMs} ms after the hold was last renewed.`,
      );
    },
  };
}

async function openTransactions(parts: Neo4jEngineParts): Promise<ReadonlySet<string>> {
  return new Set((await call(parts, OPEN, {})).map(({ id }) => id as string));
}

async function call(
  { connection }: Neo4jEngineParts,
  text: string,
  parameters: Record<string, string | number>,
): Promise<readonly CypherRow[]> {
  const session = connection.session('WRITE');
  try {
    return fromNative((await session.run(text, toNative(parameters, connection.int), { timeout: 10_000 })).records);
  } catch (error) {
    throw fromNeo4j(error);
  } finally {
    connection.release(session);
  }
}
