/**
 * From what the store gives to what the client asked for. A shape is made once per compiled operation and then only
 * walks values: no resolver and no lookup per field.
 */
import type { ReadConnection, ReadNode } from '#graph-schema';

export type Shaper<T> = (value: T) => unknown;
export type Step = readonly [key: string, get: Shaper<ReadNode>];

/** A value that the definition promises is missing; the nearest nullable field above becomes null. */
export class MissingValue extends Error {
  constructor(readonly field: string) {
    super(`${field} has no value, though its definition says that it always has one`);
  }
}

export function shapeNode(steps: readonly Step[]): Shaper<ReadNode> {
  const count = steps.length;
  return (node) => {
    const out: Record<string, unknown> = {};
    for (let at = 0; at < count; at++) {
      const step = steps[at]!;
      out[step[0]] = step[1](node);
    }
    return out;
  };
}

export function shapeProperty(key: string, convert: Shaper<unknown> | undefined, required: string | undefined) {
  return (node: ReadNode): unknown => {
    const value = node[key];
    if (value === null || value === undefined) {
      if (required !== undefined) throw new MissingValue(required);
      return null;
    }
    return convert ? convert(value) : value;
  };
}

export interface ConnectionShape {
  readonly steps: ReadonlyArray<readonly [key: string, get: Shaper<ReadConnection>]>;
}

export function shapeConnection(shape: ConnectionShape): Shaper<ReadConnection> {
  const { steps } = shape;
  return (connection) => {
    const out: Record<string, unknown> = {};
    for (const [key, get] of steps) out[key] = get(connection);
    return out;
  };
}

export const pageInfoFields: Readonly<Record<string, (after: boolean) => Shaper<ReadConnection>>> = {
  __typename: () => () => 'PageInfo',
  hasNextPage: () => (page) => page.hasNextPage,
  hasPreviousPage: (after) => () => after,
  startCursor: () => (page) => page.cursors?.[0] ?? null,
  endCursor: () => (page) => page.cursors?.at(-1) ?? null,
};
