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

/** The same for the HTTP edge. */
export const nestedQuery = `query Nested {
  tasks(first: 50, orderBy: createdAt_DESC) { nodes {
    id state skill createdAt
    agent { id name role skills(first: 10) { nodes { id name } } }
    outcomes(first: 10, orderBy: createdAt_DESC) { nodes {
      id summary state knowledge(first: 10) { nodes { id title confidence } }
    } }
  } }
}`;
