import type { GraphStore, Principal, ReadConnection, ReadPlan } from '#graph-schema';
import type { KnownEntity } from '../skills/handler.ts';

const MOST_PASSAGES = 100;
const MOST_A_PASSAGE = 40;
const DEFAULT_ENTITIES = 50;
const MOST_ENTITIES = 200;

export interface EntitiesAsked {
  /** Ids of Chunks. */
  readonly passages: readonly string[];
  /** Of the entities; the principal's own limits hold besides. */
  readonly scopes: readonly string[];
  readonly limit?: number;
  readonly kinds?: ReadonlyArray<KnownEntity['kind']>;
}

/** What passages speak of, those of most passages first, then by name: one read, of at most 40 entities a passage. */
export async function entitiesOfPassages(
  store: GraphStore,
  principal: Principal,
  { passages, scopes, limit = DEFAULT_ENTITIES, kinds }: EntitiesAsked,
): Promise<KnownEntity[]> {
  const ids = [...new Set(passages)].slice(0, MOST_PASSAGES);
  if (ids.length === 0 || kinds?.length === 0) return [];
  const where = { scope: { in: scopes }, ...(kinds ? { kind: { in: kinds } } : {}) };
  const names = ['id', 'name', 'kind', 'aliases', 'confidence'];
  const entities = {
    field: 'entities',
    select: { properties: Object.fromEntries(names.map((name) => [name, name])) },
    page: { where, first: MOST_A_PASSAGE },
  };
  const page = { where: { id: { in: ids } }, first: ids.length };
  const select = { properties: { id: 'id' }, relations: { entities } };
  const plan: ReadPlan = { roots: [{ key: 'chunks', node: 'Chunk', find: { by: 'page', page }, select }] };
  const { nodes } = (await store.read(principal, plan)).chunks as ReadConnection;
  const found = new Map<string, KnownEntity & { passages: string[] }>();
  for (const chunk of nodes) {
    const spokenOf = (chunk.entities as ReadConnection).nodes as unknown as ReadonlyArray<
      Omit<KnownEntity, 'aliases' | 'passages'> & { readonly aliases: readonly string[] | null }
    >;
    for (const { id, name, kind, aliases, confidence } of spokenOf) {
      const known = found.get(id) ?? { id, name, kind, aliases: aliases ?? [], confidence, passages: [] };
      known.passages.push(chunk.id as string);
      found.set(id, known);
    }
  }
  const order = (left: KnownEntity, right: KnownEntity) =>
    right.passages.length - left.passages.length ||
    (left.name < right.name ? -1 : left.name > right.name ? 1 : left.id < right.id ? -1 : 1);
  return [...found.values()].sort(order).slice(0, Math.min(Math.max(limit, 1), MOST_ENTITIES));
}
