import { graphError } from '../errors.ts';
import type { CypherScalar } from '../ports/graph-engine.ts';
import type { OrderBy } from './plan.ts';

const signature = (order: readonly OrderBy[]) =>
  order.map(({ property, direction }) => `${property}:${direction}`).join();

/** Opaque to clients: the order it belongs to, and the sort values and id of one item. */
export function encodeCursor(order: readonly OrderBy[], values: readonly CypherScalar[]): string {
  return Buffer.from(JSON.stringify([signature(order), ...values])).toString('base64url');
}

/** The sort values, the id last. Errors: KAZE_GRAPH_BAD_CURSOR. */
export function decodeCursor(cursor: string, order: readonly OrderBy[]): readonly CypherScalar[] {
  const refuse = (why: string) => graphError('KAZE_GRAPH_BAD_CURSOR', `this cursor cannot be used: ${why}`);
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw refuse('it is not one that this list gave');
  }
  if (!Array.isArray(parts)) throw refuse('it is not one that this list gave');
  const [madeFor, ...values] = parts as unknown[];
  if (madeFor !== signature(order)) throw refuse('it belongs to another order');
  if (
    values.length !== order.length ||
    typeof values.at(-1) !== 'string' ||
    values.some((v) => typeof v === 'object' && v !== null)
  ) {
    throw refuse('it is not one that this list gave');
  }
  return values as CypherScalar[];
}
