import {
  Chunk,
  Entity,
  Knowledge,
  type Principal,
  Proposal,
  type ReadConnection,
  type ReadNode,
  type RelationRead,
  Revision,
  requireWrite,
  Source,
  type UnitOfWork,
  type Where,
} from '#graph-schema';
import { ingestionError } from '../errors.ts';
import { batched, type IngestionContext, type Writer, write, writerFor } from './context.ts';
import { promoteDuplicate } from './duplicates.ts';
import { NOTHING_PENDING } from './publish-source.ts';
import { chunksOf, idsOf, idsRead, nodesOf } from './source-reads.ts';

/** What stands where a name or a text was. */
export const ERASED = 'erased';
/** Relations by which the past rests on a passage, and on a fact. */
const CITES_PASSAGE = ['citedBy', 'citedInMessages', 'usedByTasks'];
const CITES_FACT = ['citedBy', 'usedByTasks'];
const someOf = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, idsRead(field, {}, 1)]));
const isCited = (node: ReadNode, fields: readonly string[]) => fields.some((field) => nodesOf(node[field]).length > 0);

/**
 * Erases a source: its passages, the facts and entities that only it supported, and the contents of their revisions. Of
 * the source itself, and of passages and facts that an outcome cites, an empty node with its date stays, so that the
 * past can say "erased". Done again it changes nothing; interrupted, `resume` ends it.
 * Errors: KAZE_INGESTION_UNKNOWN_SOURCE, KAZE_GRAPH_FORBIDDEN.
 */
export async function eraseSource(
  context: IngestionContext,
  caller: Principal,
  id: string,
  reason: string | undefined,
): Promise<{ readonly source: string }> {
  const { store } = context;
  const source = await store.get(caller, Source, id);
  const tenant = source && /^tenant:(.+)$/.exec(source.scope)?.[1];
  if (!source || tenant === undefined) {
    throw ingestionError('KAZE_INGESTION_UNKNOWN_SOURCE', `there is no source ${id.slice(0, 64)}`, {
      fields: { source: id },
    });
  }
  requireWrite(caller, Source, source.scope);
  const writer = writerFor(tenant, { onBehalfOf: caller.id, why: 'a source was erased' });
  if (source.state !== 'erased') {
    await promoteDuplicate(context, writer, id);
    // Under the caller's own rights and name: this is the decision, the rest only carries it out.
    await store.transact(
      caller,
      { why: reason === undefined ? 'erased' : 'erased for a reason given' },
      async (unit) => {
        await unit.update(Source, id, {
          ...{ name: ERASED, title: null, contentHash: '', language: 'unknown', bytes: 0, chunkCount: 0 },
          ...{ state: 'erased', errorCode: null, errorMessage: null, erasedAt: unit.now, erasedBy: caller.id },
          ...{ ...NOTHING_PENDING, pendingStage: 'erasing' },
        });
        unit.audit({ action: 'source.erased', subject: id, subjectType: 'Source', scope: source.scope });
      },
    );
  }
  await finishErasing(context, writer, id);
  return { source: id };
}

export async function finishErasing(context: IngestionContext, writer: Writer, source: string): Promise<void> {
  const { store, limits } = context;
  for (let erased = 0; ; ) {
    const relations = {
      knowledge: factsRead(),
      entities: idsRead('entities'),
      proposals: idsRead('proposals'),
      ...someOf(CITES_PASSAGE),
    };
    const where = { erasedAt: { isNull: true } };
    const chunks = await chunksOf(store, writer.principal, source, { where, limit: limits.batchPassages, relations });
    if (chunks.length === 0) break;
    await eraseBatch(context, writer, source, chunks);
    erased += chunks.length;
    context.onProgress({ source, stage: 'erasing', passages: erased });
  }
  await eraseFactsOfSource(context, writer, source);
  await write(context, writer, async (unit) => {
    await unit.unrelate(Source, 'duplicateOf', source);
    await unit.update(Source, source, { pendingStage: null }, { expect: { pendingStage: 'erasing' } });
  });
}

const factsRead = (where: Where = {}): RelationRead => ({
  field: 'knowledge',
  select: { properties: { id: 'id' }, relations: someOf(CITES_FACT) },
  page: {
    where: { ...where, erasedAt: { isNull: true } },
    orderBy: [{ property: 'id', direction: 'asc' }],
    first: 500,
  },
});

async function eraseBatch(context: IngestionContext, writer: Writer, source: string, chunks: readonly ReadNode[]) {
  const ids = chunks.map(({ id }) => id as string);
  const facts = new Map(chunks.flatMap(({ knowledge }) => nodesOf(knowledge)).map((fact) => [fact.id as string, fact]));
  const entities = new Set(chunks.flatMap(({ entities: mentioned }) => idsOf(mentioned)));
  const proposals = new Set(chunks.flatMap(({ proposals: supported }) => idsOf(supported)));
  const left = await mentionsLeft(context, writer, [...entities], ids);
  await write(context, writer, async (unit) => {
    const gone = new Set<string>();
    for (const [id, fact] of facts) {
      if (await eraseFact(unit, writer, { id, source, cited: isCited(fact, CITES_FACT) })) gone.add(id);
    }
    for (const id of proposals) await eraseProposal(unit, id, source);
    for (const { id, forms, facts: about } of left) {
      if (forms.length > 0) {
        const own = (await unit.get(Entity, id))?.createdBy === writer.principal.id;
        if (own) await unit.update(Entity, id, { name: forms[0]!, aliases: forms.slice(1) });
      } else if (about.every((fact) => gone.has(fact))) await unit.erase(Entity, id);
    }
    for (const chunk of chunks) {
      if (isCited(chunk, CITES_PASSAGE)) await emptyChunk(unit, chunk.id as string);
      else await unit.remove(Chunk, chunk.id as string);
    }
  });
}

interface MentionsLeft {
  readonly id: string;
  /** Words that other passages use for it. */
  readonly forms: readonly string[];
  /** Facts about it. */
  readonly facts: readonly string[];
}

async function mentionsLeft(
  { store }: IngestionContext,
  writer: Writer,
  entities: readonly string[],
  leaving: readonly string[],
): Promise<MentionsLeft[]> {
  const left: MentionsLeft[] = [];
  for (const ids of batched(entities, 200)) {
    const result = await store.read(writer.principal, {
      roots: [
        {
          key: 'entities',
          node: 'Entity',
          find: { by: 'page', page: { where: { id: { in: ids } }, first: ids.length } },
          select: {
            properties: { id: 'id' },
            relations: {
              chunks: {
                field: 'chunks',
                select: { properties: { id: 'id' } },
                edgeProperties: { form: 'form' },
                page: { where: { not: { id: { in: leaving } } }, first: 50 },
              },
              facts: idsRead('knowledge', { erasedAt: { isNull: true } }),
            },
          },
        },
      ],
    });
    for (const entity of nodesOf(result.entities)) {
      const { nodes, edges = [] } = entity.chunks as ReadConnection;
      const forms = nodes.map((_, at) => (edges[at]?.form as string | null) ?? '').filter((form) => form !== '');
      const known = nodes.length > 0 && forms.length === 0 ? [ERASED] : forms;
      left.push({ id: entity.id as string, forms: [...new Set(known)], facts: idsOf(entity.facts) });
    }
  }
  return left;
}

/** Whether nothing of the fact is left; a fact that another source states too stays. */
async function eraseFact(
  unit: UnitOfWork,
  writer: Writer,
  { id, source, cited }: { id: string; source: string; cited: boolean },
): Promise<boolean> {
  const fact = await unit.update(Knowledge, id, {});
  if (!fact || fact.scope !== writer.scope) return false;
  if (await isSupportedElsewhere(unit, id, source)) {
    await unit.unrelate(Knowledge, 'sources', id, source);
    return false;
  }
  if (!cited) return unit.erase(Knowledge, id);
  await unit.update(Knowledge, id, {
    ...{ title: ERASED, text: '', subject: null, predicate: null, value: null, factKey: null, path: null },
    ...{ reference: null, refutation: null, retiredAt: fact.retiredAt ?? unit.now, erasedAt: unit.now },
  });
  await unit.unrelate(Knowledge, 'entities', id);
  for (const revision of await unit.list(Revision, { where: { subject: { eq: id } }, limit: 10_000 })) {
    await unit.update(Revision, revision.id, { before: null, after: null, erased: true });
  }
  return true;
}

async function isSupportedElsewhere(unit: UnitOfWork, fact: string, source: string): Promise<boolean> {
  const sources = await unit.related(Knowledge, 'sources', fact);
  if (sources.some((id) => id !== source)) return true;
  for (const chunk of await unit.related(Knowledge, 'chunks', fact)) {
    if (!(await unit.related(Chunk, 'source', chunk)).includes(source)) return true;
  }
  return false;
}

/** A proposal quotes its evidence: with no other evidence it goes too. */
async function eraseProposal(unit: UnitOfWork, id: string, source: string): Promise<void> {
  for (const chunk of await unit.related(Proposal, 'evidence', id)) {
    if (!(await unit.related(Chunk, 'source', chunk)).includes(source)) return;
  }
  await unit.erase(Proposal, id);
}

async function emptyChunk(unit: UnitOfWork, id: string): Promise<void> {
  await unit.update(Chunk, id, (chunk) => ({
    ...{ text: '', headings: [], contentHash: '', language: 'unknown', startOffset: 0, endOffset: 0 },
    ...{ band0: null, band1: null, band2: null, band3: null },
    ...{ retiredAt: chunk.retiredAt ?? unit.now, erasedAt: unit.now },
  }));
  await unit.unrelate(Chunk, 'entities', id);
  await unit.unrelate(Chunk, 'nearDuplicates', id);
}

/** Facts that name the source without one of its passages. */
async function eraseFactsOfSource(context: IngestionContext, writer: Writer, source: string): Promise<void> {
  for (let after = ''; ; ) {
    const result = await context.store.read(writer.principal, {
      roots: [
        {
          key: 'source',
          node: 'Source',
          find: { by: 'id', id: source },
          select: { properties: { id: 'id' }, relations: { facts: factsRead({ id: { gt: after } }) } },
        },
      ],
    });
    const facts = nodesOf((result.source as ReadNode | null)?.facts);
    if (facts.length === 0) return;
    await write(context, writer, async (unit) => {
      for (const fact of facts) {
        await eraseFact(unit, writer, { id: fact.id as string, source, cited: isCited(fact, CITES_FACT) });
      }
    });
    after = facts.at(-1)!.id as string;
  }
}
