import { Chunk, Knowledge, type NodeOf, type UnitOfWork } from '#graph-schema';
import type { IngestionContext, Writer } from './context.ts';
import { batched } from './context.ts';
import { chunksOf, idsOf, idsRead } from './source-reads.ts';

/** Subjects asked for at once: a subject has few facts, but nothing says how many. */
const KEYS = 100;

type Fact = NodeOf<typeof Knowledge>;

/** Passages with the facts that they state. */
export interface GonePassages {
  readonly chunks: readonly string[];
  readonly facts: readonly string[];
}

/** Passages of a source that its revision `before` and older ones said and no later one. */
export async function findGone(
  { store }: Pick<IngestionContext, 'store'>,
  writer: Writer,
  { source, before, limit }: { source: string; before: number; limit: number },
): Promise<GonePassages> {
  const where = { sourceRevision: { lt: before }, retiredAt: { isNull: true } };
  const relations = { knowledge: idsRead('knowledge', { retiredAt: { isNull: true } }) };
  const gone = await chunksOf(store, writer.principal, source, { where, limit, relations });
  const facts = new Set(gone.flatMap(({ knowledge }) => idsOf(knowledge)));
  return { chunks: gone.map(({ id }) => id as string), facts: [...facts] };
}

/**
 * Retires passages, and of the facts that ingestion wrote those that no held passage states any more. A fact whose
 * source now gives another value for the same thing is superseded by that one and was true until now.
 */
export async function retirePassages(
  unit: UnitOfWork,
  { source, scope }: { source: string; scope: string },
  gone: GonePassages,
): Promise<void> {
  await unit.updateAll(Chunk, gone.chunks, { retiredAt: unit.now }, { expect: { retiredAt: null } });
  // The locks first, in one text: a file elsewhere that states one of these just now takes the same ones.
  const locked = await unit.updateAll(Knowledge, gone.facts, {});
  const own = locked.filter(
    (fact) => fact.retiredAt === null && fact.scope === scope && fact.createdBy === unit.principal.id,
  );
  if (own.length === 0) return;
  const held = await heldOf(unit, own, new Set(gone.chunks));
  const leaving = own.filter(({ id }) => !held.has(id));
  const successors = await successorsOf(unit, leaving, source);
  await unit.updateAll(
    Knowledge,
    leaving.map(({ id }) => id),
    ({ id }) => ({ retiredAt: unit.now, ...(successors.has(id) ? { validTo: unit.now } : {}) }),
  );
  for (const [fact, successor] of successors) unit.relate(Knowledge, 'supersedes', successor, fact);
}

/** Those of the facts that a passage states which is held and does not leave. */
async function heldOf(
  unit: UnitOfWork,
  facts: readonly Fact[],
  leaving: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  // Begun in one go: they share a journey.
  const stating = await Promise.all(facts.map(({ id }) => unit.related(Knowledge, 'chunks', id)));
  const asked = new Set(stating.flat().filter((id) => !leaving.has(id)));
  const held = new Set<string>();
  for (const ids of batched([...asked])) {
    const where = { id: { in: ids }, retiredAt: { isNull: true } };
    for (const { id } of await unit.list(Chunk, { where, limit: ids.length })) held.add(id);
  }
  return new Set(facts.filter((_fact, at) => stating[at]!.some((id) => held.has(id))).map(({ id }) => id));
}

/**
 * By the id of a fact that leaves, the one fact of the same source about the same thing that stays; nothing where there
 * is none, or where several could be meant.
 */
async function successorsOf(
  unit: UnitOfWork,
  leaving: readonly Fact[],
  source: string,
): Promise<ReadonlyMap<string, string>> {
  const gone = new Set(leaving.map(({ id }) => id));
  const keys = new Set(leaving.flatMap(({ factKey }) => factKey ?? []));
  const ofSource = new Map<string, string[]>();
  for (const some of batched([...keys], KEYS)) {
    const where = { factKey: { in: some }, retiredAt: { isNull: true }, sources: { some: { id: { eq: source } } } };
    for (const { id, factKey } of await unit.list(Knowledge, { where, limit: 10_000 })) {
      if (!gone.has(id)) ofSource.set(factKey!, [...(ofSource.get(factKey!) ?? []), id]);
    }
  }
  return new Map(
    leaving.flatMap(({ id, factKey }) => {
      const [only, ...more] = (factKey !== null && ofSource.get(factKey)) || [];
      return only && more.length === 0 ? [[id, only] as const] : [];
    }),
  );
}
