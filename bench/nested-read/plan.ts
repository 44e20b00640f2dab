import type { ReadPlan } from '#graph-schema';

const newest = { orderBy: [{ property: 'createdAt', direction: 'desc' as const }] };

/** 50 tasks, newest first, with agent and its skills, outcomes and the knowledge they cite: 750 objects. */
export const nestedRead: ReadPlan = {
  roots: [
    {
      key: 'tasks',
      node: 'Task',
      find: { by: 'page', page: { ...newest, first: 50 } },
      select: {
        properties: { id: 'id', state: 'state', skill: 'skill', createdAt: 'createdAt' },
        relations: {
          agent: {
            field: 'agent',
            select: {
              properties: { id: 'id', name: 'name', role: 'role' },
              relations: {
                skills: { field: 'skills', page: { first: 10 }, select: { properties: { id: 'id', name: 'name' } } },
              },
            },
          },
          outcomes: {
            field: 'outcomes',
            page: { ...newest, first: 10 },
            select: {
              properties: { id: 'id', summary: 'summary', state: 'state' },
              relations: {
                knowledge: {
                  field: 'knowledge',
                  page: { first: 10 },
                  select: { properties: { id: 'id', title: 'title', confidence: 'confidence' } },
                },
              },
            },
          },
        },
      },
    },
  ],
};

/** The same for the HTTP edge: `createdAt` is an ISO text there, and lists stand below `nodes`. */
export const nestedQuery = `query Nested {
  tasks(first: 50, orderBy: createdAt_DESC) { nodes {
    id state skill createdAt
    agent { id name role skills(first: 10) { nodes { id name } } }
    outcomes(first: 10, orderBy: createdAt_DESC) { nodes {
      id summary state knowledge(first: 10) { nodes { id title confidence } }
    } }
  } }
}`;

/** The same for @neo4j/graphql, in its plainest form: lists, to-one as a list of one, no page around them. */
export const peerQuery = `query Nested {
  tasks(limit: 50, sort: [{ createdAt: DESC }]) {
    id state skill createdAt
    agent(limit: 1) { id name role skills(limit: 10, sort: [{ createdAt: DESC }]) { id name } }
    outcomes(limit: 10, sort: [{ createdAt: DESC }]) {
      id summary state knowledge(limit: 10, sort: [{ createdAt: DESC }]) { id title confidence }
    }
  }
}`;

const ONE = 'bench-task-000000';

/** One task by its id, with the same below it, in each of the ways. */
export const oneRead: ReadPlan = { roots: [{ ...nestedRead.roots[0]!, find: { by: 'id', id: ONE } }] };
export const oneQuery = nestedQuery
  .replace(/tasks\(.*?\) \{ nodes \{/, `task(id: "${ONE}") {`)
  .replace(/\} \}\n\}$/, '}\n}');
export const onePeerQuery = peerQuery.replace(/tasks\(.*?\]\)/, `tasks(where: { id: { eq: "${ONE}" } })`);

type Tree = { readonly [key: string]: unknown };

/**
 * An answer of any of the ways as the same plain tree: no `nodes`, no list around the agent, times as numbers, lists by
 * id (equal sort keys may come in another order).
 */
export function plainTree(value: unknown, key = ''): unknown {
  if (key === 'createdAt' && typeof value === 'string') return Date.parse(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => plainTree(item)) as Tree[];
    if (key === 'agent') return items[0];
    return items.sort((a, b) => String(a.id).localeCompare(String(b.id)));
  }
  if (value === null || typeof value !== 'object') return value;
  const { nodes } = value as Tree;
  if (nodes !== undefined) return plainTree(nodes);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainTree(item, name)]));
}

/** Nodes with an id in a tree. */
export function countObjects(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  const below = Object.values(value).reduce((sum: number, item) => sum + countObjects(item), 0);
  return below + (Object.hasOwn(value, 'id') ? 1 : 0);
}
