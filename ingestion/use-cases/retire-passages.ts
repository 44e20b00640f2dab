import { Chunk, Knowledge, type NodeOf, type UnitOfWork } from '#graph-schema';
import type { IngestionContext, Writer } from './context.ts';
import { batched } from './context.ts';
import { chunksOf, idsOf, idsRead } from './source-reads.ts';

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
  const leaving = new Set(gone.chunks);
  for (const id of gone.facts) {
    // The lock first: a file elsewhere that states the fact just now takes the same one.
    const fact = await unit.update(Knowledge, id, {});
    if (!fact || fact.retiredAt !== null || fact.scope !== scope || fact.createdBy !== unit.principal.id) continue;
    if (await isHeld(unit, id, leaving)) continue;
    const successor = await successorOf(unit, fact, source);
    await unit.update(Knowledge, id, { retiredAt: unit.now, ...(successor ? { validTo: unit.now } : {}) });
    if (successor) unit.relate(Knowledge, 'supersedes', successor, id);
  }
}

async function isHeld(unit: UnitOfWork, fact: string, leaving: ReadonlySet<string>): Promise<boolean> {
  const stating = (await unit.related(Knowledge, 'chunks', fact)).filter((id) => !leaving.has(id));
  for (const ids of batched(stating)) {
    const held = await unit.list(Chunk, { where: { id: { in: ids }, retiredAt: { isNull: true } }, limit: 1 });
    if (held.length > 0) return true;
  }
  return false;
}

/** The one fact of the same source about the same thing; undefined when there is none, or when several could be meant. */
async function successorOf(
  unit: UnitOfWork,
  fact: NodeOf<typeof Knowledge>,
  source: string,
): Promise<string | undefined> {
  if (fact.factKey === null) return undefined;
  const where = { factKey: { eq: fact.factKey }, retiredAt: { isNull: true } };
  const others = (await unit.list(Knowledge, { where, limit: 20 })).filter(({ id }) => id !== fact.id);
  const own: string[] = [];
  for (const { id } of others) {
    if ((await unit.related(Knowledge, 'sources', id)).includes(source)) own.push(id);
  }
  return own.length === 1 ? own[0] : undefined;
}
