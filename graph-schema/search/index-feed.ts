import { systemPrincipal } from '../access/principal.ts';
import { scopeToken } from '../access/scope.ts';
import type { NodeDefinition } from '../domain/definition.ts';
import type { GraphSchema } from '../domain/schema.ts';
import type { OutboxEntry } from '../outbox/feeder.ts';
import type { GraphStore } from '../ports/graph-store.ts';
import type { SearchDocument, SearchIndex } from '../ports/search-index.ts';

export interface IndexFeedOptions {
  readonly store: GraphStore;
  readonly index: SearchIndex;
  readonly schema: GraphSchema;
}

type SearchableNode = { readonly id: string; readonly scope: string } & Record<string, unknown>;

/** The texts of a node that are searched, but for the headings above a passage. */
export function searchableText({ searchable = [] }: NodeDefinition, node: object): string {
  return textOf(
    node,
    searchable.filter((name) => name !== 'headings'),
  );
}

/** What of a node is indexed: nothing once it is retired. */
export function searchDocument(definition: NodeDefinition, node: SearchableNode): SearchDocument | undefined {
  if (typeof node.retiredAt === 'number') return undefined;
  const text = textOf(node, definition.searchable ?? []);
  if (text === '') return undefined;
  const language = typeof node.language === 'string' ? node.language : undefined;
  return { id: node.id, label: definition.name, scopeToken: scopeToken(node.scope), text, language };
}

function textOf(node: object, names: readonly string[]): string {
  return names
    .map((name) => (node as Record<string, unknown>)[name])
    .map((value) => (Array.isArray(value) ? value.join(' \u203a ') : value))
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .join('\n');
}

/** Brings the index to the present state of the nodes that entries name, whatever the entries' order. */
export function createIndexFeed({ store, index, schema }: IndexFeedOptions) {
  const principal = systemPrincipal('feeder');
  return async (entries: readonly OutboxEntry[]): Promise<void> => {
    const byType = new Map<string, Set<string>>();
    for (const { subjectType, subject } of entries) {
      byType.set(subjectType, (byType.get(subjectType) ?? new Set()).add(subject));
    }
    const documents: SearchDocument[] = [];
    const gone: string[] = [];
    for (const [type, ids] of byType) {
      const { definition } = schema.type(type);
      const nodes = await store.list(principal, definition, { where: { id: { in: [...ids] } }, limit: ids.size });
      const found = new Map(nodes.map((node) => [node.id, searchDocument(definition, node as SearchableNode)]));
      for (const id of ids) {
        const document = found.get(id);
        if (document) documents.push(document);
        else gone.push(id);
      }
    }
    if (gone.length > 0) await index.remove(gone);
    if (documents.length > 0) await index.upsert(documents);
  };
}

const PAGE = 1_000;

/** Fills an empty index with everything searchable in the graph; pages by id, so that writes meanwhile do no harm. */
export async function rebuildIndex(
  { store, index, schema }: IndexFeedOptions,
  onProgress: (documents: number) => void = () => {},
): Promise<number> {
  const principal = systemPrincipal('feeder');
  let written = 0;
  for (const { definition } of schema.types.values()) {
    if (!definition.searchable) continue;
    let after = '';
    for (;;) {
      const nodes = await store.list(principal, definition, {
        where: { id: { gt: after } },
        orderBy: [{ property: 'id', direction: 'asc' }],
        limit: PAGE,
      });
      const documents = nodes.flatMap((node) => searchDocument(definition, node as SearchableNode) ?? []);
      if (documents.length > 0) await index.upsert(documents);
      written += documents.length;
      onProgress(written);
      if (nodes.length < PAGE) break;
      after = nodes.at(-1)!.id;
    }
  }
  return written;
}
