import type { GraphStore, Principal, ReadConnection, ReadNode, RelationRead, Where } from '#graph-schema';

export interface ChunkRead {
  readonly where: Where;
  readonly limit: number;
  /** Properties under their own names, besides the id. */
  readonly properties?: readonly string[];
  readonly relations?: Readonly<Record<string, RelationRead>>;
}

/** Passages of one source, first positions first; starts at the source, so that other sources cost nothing. */
export async function chunksOf(
  store: GraphStore,
  principal: Principal,
  source: string,
  { where, limit, properties = [], relations }: ChunkRead,
): Promise<readonly ReadNode[]> {
  const selected = Object.fromEntries(['id', ...properties].map((name) => [name, name]));
  const result = await store.read(principal, {
    roots: [
      {
        key: 'source',
        node: 'Source',
        find: { by: 'id', id: source },
        select: {
          properties: { id: 'id' },
          relations: {
            chunks: {
              field: 'chunks',
              select: { properties: selected, ...(relations ? { relations } : {}) },
              page: { where, orderBy: [{ property: 'position', direction: 'asc' }], first: limit },
            },
          },
        },
      },
    ],
  });
  return nodesOf((result.source as ReadNode | null)?.chunks);
}

export const nodesOf = (connection: unknown): readonly ReadNode[] =>
  (connection as ReadConnection | undefined)?.nodes ?? [];
export const idsOf = (connection: unknown): string[] => nodesOf(connection).map(({ id }) => id as string);

/** A relation to many of which only the ids are wanted. */
export const idsRead = (field: string, where: Where = {}, first = 1_000): RelationRead => ({
  field,
  select: { properties: { id: 'id' } },
  page: { where, first },
});

/** Sources that say the same in the same bytes and leave the passages to this one. */
export async function duplicatesOf(store: GraphStore, principal: Principal, source: string): Promise<string[]> {
  const result = await store.read(principal, {
    roots: [
      {
        key: 'source',
        node: 'Source',
        find: { by: 'id', id: source },
        select: {
          properties: { id: 'id' },
          relations: { duplicates: idsRead('duplicates', { state: { eq: 'active' } }) },
        },
      },
    ],
  });
  return idsOf((result.source as ReadNode | null)?.duplicates).sort();
}
