import {
  agentPrincipal,
  type GraphStore,
  Knowledge,
  type NodeOf,
  type Principal,
  type ReadConnection,
  tenantScope,
  type Where,
} from '#graph-schema';
import { matchesKnowledgeGlob, type SkillDefinition } from '../definitions/index.ts';
import type { PassageSearch } from '../ports/passage-search.ts';
import type { KnowledgeItem, Passage, SkillKnowledge } from '../skills/handler.ts';
import type { AgentNode } from './nodes.ts';
import { entitiesOfPassages } from './passage-entities.ts';
import type { TaskRun } from './task-run.ts';

export interface KnowledgeOptions {
  readonly store: GraphStore;
  readonly search: PassageSearch;
  readonly tenant: string;
  readonly agent: AgentNode;
  readonly definition: SkillDefinition;
  readonly run: TaskRun;
}

export interface Place {
  readonly scope: string;
  /** What the paths of its items begin with, besides what the glob says. */
  readonly root: string;
  readonly glob: string;
}

const MAX_ITEMS = 1_000;
const DEFAULT_PASSAGES = 8;
const MAX_PASSAGES = 100;
/** Hits that are looked at to find the nearest of the allowed items: others of the same scopes stand between them. */
const NEAR_HITS = 100;

/** Where a path leads for one client: `seo/*`, `client/acme/business-context`, `platform/*`. */
export function knowledgePlace(path: string, tenant: string): Place | undefined {
  const [first, ...rest] = path.split('/');
  if (!first || rest.length === 0) return undefined;
  if (first === 'platform') return { scope: 'platform', root: 'platform/', glob: rest.join('/') };
  if (first !== 'client') return { scope: `vertical:${first}`, root: `${first}/`, glob: rest.join('/') };
  const [client, ...glob] = rest;
  // A path that names another client leads nowhere.
  if (client !== '{client_id}' && client !== tenant) return undefined;
  return { scope: tenantScope(tenant), root: `client/${tenant}/`, glob: glob.join('/') || '*' };
}

/** What an agent may read at work, read under the agent's own rights; everything it gets is recorded as used. */
export function skillKnowledge(options: KnowledgeOptions): SkillKnowledge {
  const { store, search, tenant, agent, definition, run } = options;
  const principal = agentPrincipal({ id: agent.id, name: agent.name, tenant });
  const paths = [...definition.knowledgeDependencies.map(({ path }) => path), ...agent.knowledge];
  const allowed = placesOf(paths, tenant);
  const taken = (nodes: readonly Item[]): KnowledgeItem[] => {
    const items = nodes.map(({ id, path, title, text }) => ({ id, path, title, text }));
    run.used(
      'knowledge',
      items.map(({ id }) => id),
    );
    return items;
  };
  return {
    async items(wanted) {
      run.signal.throwIfAborted();
      const narrowed = wanted ? placesOf(wanted, tenant) : undefined;
      const nodes = await listItems(store, principal, allowed);
      return taken(nodes.filter((node) => isMeant(node, allowed) && (!narrowed || isMeant(node, narrowed))));
    },
    async nearest(question, { limit }) {
      run.signal.throwIfAborted();
      const nodes = (await listItems(store, principal, allowed)).filter((node) => isMeant(node, allowed));
      if (nodes.length <= limit) return taken(clientFirst(nodes, tenant));
      const scopes = [...new Set(nodes.map(({ scope }) => scope))];
      const query = { text: question, types: ['Knowledge'], limit: NEAR_HITS, scopes, signal: run.signal };
      const places = new Map((await search.search(principal, query)).map(({ id }, at) => [id, at]));
      const place = ({ id }: Item) => places.get(id) ?? NEAR_HITS;
      const sorted = nodes.toSorted((a, b) => place(a) - place(b));
      return taken(clientFirst(sorted, tenant).slice(0, limit));
    },
    async passages(question, { limit = DEFAULT_PASSAGES } = {}) {
      run.signal.throwIfAborted();
      const scopes = [...new Set([tenantScope(tenant), 'platform', ...allowed.map(({ scope }) => scope)])];
      const hits = await search.search(principal, {
        text: question,
        types: ['Chunk'],
        limit: Math.min(Math.max(limit, 1), MAX_PASSAGES),
        scopes,
        signal: run.signal,
      });
      const passages = await readPassages(store, principal, hits);
      run.used(
        'chunks',
        passages.map(({ id }) => id),
      );
      return passages;
    },
    async entities(passages, asked = {}) {
      run.signal.throwIfAborted();
      const scopes = [...new Set([tenantScope(tenant), 'platform', ...allowed.map(({ scope }) => scope)])];
      const entities = await entitiesOfPassages(store, principal, { passages, scopes, ...asked });
      run.used(
        'entities',
        entities.map(({ id }) => id),
      );
      return entities;
    },
  };
}

/** What was written for this client is worth more than what holds for all; the order within each stays. */
function clientFirst<T extends { readonly scope: string }>(items: readonly T[], tenant: string): T[] {
  const own = tenantScope(tenant);
  return [...items.filter(({ scope }) => scope === own), ...items.filter(({ scope }) => scope !== own)];
}

export function placesOf(paths: readonly string[], tenant: string): Place[] {
  return paths.map((path) => knowledgePlace(path, tenant)).filter((place) => place !== undefined);
}

type Item = NodeOf<typeof Knowledge>;

async function listItems(store: GraphStore, principal: Principal, places: readonly Place[]): Promise<Item[]> {
  const scopes = [...new Set(places.map(({ scope }) => scope))];
  if (scopes.length === 0) return [];
  // Facts drawn from a client's sources have no path: they are found by question, not by place.
  const where: Where = { scope: { in: scopes }, path: { isNull: false }, retiredAt: { isNull: true } };
  const nodes = await store.list(principal, Knowledge, { where, limit: MAX_ITEMS });
  return nodes.sort((a, b) => (a.path! < b.path! ? -1 : 1));
}

/** Whether an item stands at one of the places. */
export function isMeant(
  node: { readonly scope: string; readonly path: string | null },
  places: readonly Place[],
): boolean {
  return places.some(({ scope, root, glob }) => {
    if (node.scope !== scope || node.path === null) return false;
    const within = node.path.startsWith(root) ? node.path.slice(root.length) : node.path;
    return matchesKnowledgeGlob(glob, within);
  });
}

interface ChunkRead {
  readonly id: string;
  readonly text: string;
  readonly headings: readonly string[] | null;
  readonly page: number | null;
  readonly line: number | null;
  readonly source: { readonly id: string; readonly name: string } | null;
}

async function readPassages(
  store: GraphStore,
  principal: Principal,
  hits: ReadonlyArray<{ readonly id: string; readonly score: number }>,
): Promise<Passage[]> {
  if (hits.length === 0) return [];
  const names = ['id', 'text', 'headings', 'page', 'line'];
  const source = { field: 'source', select: { properties: { id: 'id', name: 'name' } } };
  const page = { where: { id: { in: hits.map(({ id }) => id) } }, first: hits.length };
  const select = { properties: Object.fromEntries(names.map((name) => [name, name])), relations: { source } };
  const plan = { roots: [{ key: 'chunks', node: 'Chunk', find: { by: 'page' as const, page }, select }] };
  const { nodes } = (await store.read(principal, plan)).chunks as ReadConnection;
  const byId = new Map((nodes as unknown as ChunkRead[]).map((node) => [node.id, node]));
  return hits.flatMap(({ id, score }) => {
    const chunk = byId.get(id);
    if (!chunk?.source) return [];
    const { text, page: pageNumber, line } = chunk;
    const { id: sourceId, name: sourceName } = chunk.source;
    return [{ id, text, headings: chunk.headings ?? [], sourceId, sourceName, page: pageNumber, line, score }];
  });
}
