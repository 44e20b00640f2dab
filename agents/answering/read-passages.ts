import type { CallOptions, GraphStore, Principal, ReadConnection } from '#graph-schema';
import type { AnswerPassage } from './from-passages.ts';

/** A passage as it is cited, with the type of its node. */
export interface FoundPassage extends AnswerPassage {
  readonly type: 'Chunk' | 'Knowledge';
}

interface SourceRead {
  readonly name: string;
  readonly title: string | null;
}

interface ChunkRead {
  readonly id: string;
  readonly text: string;
  readonly headings: readonly string[] | null;
  readonly source: SourceRead | null;
}

interface KnowledgeRead {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly reference: string | null;
  readonly path: string | null;
  readonly chunks: { readonly nodes: readonly ChunkRead[] };
}

const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));
const CHUNK = {
  properties: own('id', 'text', 'headings'),
  relations: { source: { field: 'source', select: { properties: own('name', 'title') } } },
};
const HELD = { retiredAt: { isNull: true } };

/**
 * The passages behind hits, in their order, in one round trip. A fact that was drawn from a passage is answered from that
 * passage, in the words of the source; knowledge that rests on no passage (a vertical's pack) stands for itself.
 */
export async function readPassages(
  store: GraphStore,
  principal: Principal,
  hits: ReadonlyArray<{ readonly id: string; readonly label: string }>,
  options?: CallOptions,
): Promise<FoundPassage[]> {
  const idsOf = (label: string) => hits.filter((hit) => hit.label === label).map(({ id }) => id);
  const page = (ids: readonly string[]) => ({ where: { id: { in: [...ids] } }, first: Math.max(1, ids.length) });
  const knowledge = {
    properties: own('id', 'title', 'text', 'reference', 'path'),
    relations: { chunks: { field: 'chunks', select: CHUNK, page: { where: HELD, first: 3 } } },
  };
  const roots = [
    { key: 'chunks', node: 'Chunk', find: { by: 'page' as const, page: page(idsOf('Chunk')) }, select: CHUNK },
    {
      key: 'items',
      node: 'Knowledge',
      find: { by: 'page' as const, page: page(idsOf('Knowledge')) },
      select: knowledge,
    },
  ];
  const read = await store.read(principal, { roots }, options);
  const nodes = <T>(key: string) => (read[key] as ReadConnection).nodes as unknown as readonly T[];
  const found = new Map<string, FoundPassage[]>();
  for (const chunk of nodes<ChunkRead>('chunks')) found.set(chunk.id, [ofChunk(chunk)]);
  for (const item of nodes<KnowledgeRead>('items')) {
    const passages = item.chunks.nodes.filter(({ text }) => text.trim() !== '');
    found.set(item.id, passages.length > 0 ? passages.map(ofChunk) : [ofKnowledge(item)]);
  }
  const ordered = hits.flatMap(({ id }) => found.get(id) ?? []);
  const seen = new Set<string>();
  // Erased passages keep their place in the graph and say nothing.
  return ordered.filter(({ id, text }) => text.trim() !== '' && !seen.has(id) && seen.add(id));
}

function ofChunk({ id, text, headings, source }: ChunkRead): FoundPassage {
  const title = headings && headings.length > 0 ? headings.join(' › ') : undefined;
  return { type: 'Chunk', id, text, title, source: source?.name ?? source?.title ?? undefined };
}

function ofKnowledge({ id, text, title, reference, path }: KnowledgeRead): FoundPassage {
  return { type: 'Knowledge', id, text, title, source: reference ?? path ?? undefined };
}
