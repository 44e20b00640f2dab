import { Knowledge, type NodeOf, type UnitOfWork, verticalScope } from '#graph-schema';
import { derivedId } from '#platform';
import { type KnowledgeItem, type LoadedDefinitions, packsOfFiles, SHARED_PACK } from '../definitions/index.ts';
import { type SyncContext, verticalId } from './sync-context.ts';

/** Where a pack's items stand: the vertical's scope, or `platform` for what belongs to all verticals. */
export const packScope = (pack: string): string => (pack === SHARED_PACK ? SHARED_PACK : verticalScope(pack));

export const knowledgeId = (pack: string, path: string): string => derivedId(packScope(pack), 'knowledge-pack', path);

const EDGES = {
  requires: 'requires',
  contradicts: 'contradicts',
  supersedes: 'supersedes',
  applies_to: 'appliesTo',
} as const;
const IMPORTANCE = 0.5;
const BATCH = 50;

type Known = NodeOf<typeof Knowledge>;

/** Items of the verticals' packs: a changed text is a revision, one that is gone is retired, both with their history. */
export async function syncKnowledge(
  context: SyncContext,
  { knowledge, unreadableFiles }: LoadedDefinitions,
): Promise<{ written: number; retired: number }> {
  const { store, principal } = context;
  const where = { packHash: { isNull: false }, retiredAt: { isNull: true } };
  const known = new Map(
    (await store.list(principal, Knowledge, { where, limit: 10_000 })).map((node) => [node.id, node]),
  );
  const changed = knowledge.filter((item) => known.get(idOf(item))?.packHash !== item.hash);
  // Relations last: an item may point to one that is new as well.
  for (const batch of batches(changed)) {
    await store.transact(principal, { why: 'knowledge pack loaded' }, async (unit) => {
      for (const item of batch) await writeItem(unit, item);
    });
  }
  for (const batch of batches(changed)) {
    await store.transact(principal, { why: 'knowledge pack loaded' }, async (unit) => {
      for (const item of batch) await writeRelations(unit, item, known.get(idOf(item)));
      // The hash comes with the relations: a load that was cut short between them is repeated.
      for (const item of batch) await unit.update(Knowledge, idOf(item), { packHash: item.hash });
    });
  }
  const present = new Set(knowledge.map(idOf));
  const broken = new Set(packsOfFiles(unreadableFiles).map(packScope));
  const gone = [...known.values()].filter(({ id, scope }) => !present.has(id) && !broken.has(scope));
  for (const batch of batches(gone)) {
    await store.transact(principal, { why: 'gone from its pack' }, async (unit) => {
      for (const { id } of batch) await unit.update(Knowledge, id, { retiredAt: unit.now });
    });
  }
  return { written: changed.length, retired: gone.length };
}

const idOf = ({ vertical, path }: KnowledgeItem): string => knowledgeId(vertical, path);

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}

async function writeItem(unit: UnitOfWork, item: KnowledgeItem): Promise<void> {
  const { kind, title, text, path, confidence, source } = item;
  const reference = [source.title, source.url, source.date]
    .filter((part) => part !== undefined)
    .join(', ')
    .slice(0, 1_000);
  const refutation = item.refutation ?? null;
  const said = { kind, title, text, path, confidence, reference, refutation, retiredAt: null };
  const id = idOf(item);
  if (await unit.update(Knowledge, id, said)) return;
  unit.create(Knowledge, {
    id,
    scope: packScope(item.vertical),
    ...said,
    importance: IMPORTANCE,
    language: 'en',
    recordedAt: unit.now,
    packHash: '',
  });
  if (item.vertical !== SHARED_PACK) unit.relate(Knowledge, 'vertical', id, verticalId(item.vertical));
}

async function writeRelations(unit: UnitOfWork, item: KnowledgeItem, before: Known | undefined): Promise<void> {
  const id = idOf(item);
  for (const [type, edge] of Object.entries(EDGES) as Array<[keyof typeof EDGES, (typeof EDGES)[keyof typeof EDGES]]>) {
    const wanted = item.relations
      .filter((relation) => relation.type === type)
      .map(({ to }) => knowledgeId(to.split('/')[0]!, to));
    const held = before ? await unit.related(Knowledge, edge, id) : [];
    for (const other of held) if (!wanted.includes(other)) await unit.unrelate(Knowledge, edge, id, other);
    const fresh = wanted.filter((other) => !held.includes(other));
    if (fresh.length > 0) unit.relate(Knowledge, edge, id, fresh);
  }
}
