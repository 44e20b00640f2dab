import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphStore, ReadPlan } from '#graph-schema';
import { startTestCell, type TestCell, TOKENS } from './cell.ts';

let cell: TestCell;
const plans: ReadPlan[] = [];

beforeAll(async () => {
  cell = await startTestCell({
    tasks: 5,
    wrapStore: (store): GraphStore =>
      new Proxy(store, {
        get(target, key, receiver) {
          if (key === 'read') {
            return (...given: Parameters<GraphStore['read']>) => {
              plans.push(given[1]);
              return target.read(...given);
            };
          }
          const value = Reflect.get(target, key, receiver);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  });
});
afterAll(() => cell?.close());

describe('generated reads over HTTP', () => {
  it('answer a nested operation with several roots by one read plan', async () => {
    plans.length = 0;
    const { data, errors } = await cell.graphql(
      `
      query All($n: Int!) {
        first: tasks(first: $n, orderBy: [createdAt_ASC]) {
          totalCount
          pageInfo { hasNextPage endCursor hasPreviousPage }
          nodes { ...bits agent { name skills { edges { level cursor node { name } } } } }
        }
        agents { nodes { name } totalCount }
        task(id: "${cell.ids.tasks[0]}") { kind: __typename outcomes(first: 1) { nodes { output metrics notes costMicros } } }
      }
      fragment bits on Node { __typename identity: id createdAt ... on Task { state costMicros } }`,
      { variables: { n: 2 } },
    );
    expect(errors).toBeUndefined();
    expect(plans).toHaveLength(1);
    expect(plans[0]!.roots).toHaveLength(3);
    expect(data.first.totalCount).toBe(5);
    expect(data.first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(data.first.nodes).toHaveLength(2);
    expect(data.first.nodes[0]).toMatchObject({
      __typename: 'Task',
      state: expect.stringMatching(/queued|delivered/),
      costMicros: 3_000_000_000,
      agent: {
        name: 'seo-strategist',
        skills: { edges: [{ level: 'supervised', node: { name: 'keyword-research' } }] },
      },
    });
    expect(new Date(data.first.nodes[0].createdAt).toISOString()).toBe(data.first.nodes[0].createdAt);
    expect(data.agents).toEqual({ nodes: [{ name: 'seo-strategist' }], totalCount: 1 });
    expect(data.task.kind).toBe('Task');
    expect(data.task.outcomes.nodes[0]).toEqual({
      output: { rank: 0, words: ['a', 'b'] },
      metrics: { relevance_score: 0.9 },
      notes: ['no search volume'],
      costMicros: 0,
    });
  });

  it('page through everything once, also when many share a sort key', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 10; page++) {
      const { data, errors } = await cell.graphql(
        'query Page($after: String) { tasks(first: 2, after: $after, orderBy: [skill_ASC]) { nodes { id } pageInfo { hasNextPage endCursor } } }',
        { variables: { after } },
      );
      expect(errors).toBeUndefined();
      seen.push(...data.tasks.nodes.map((node: { id: string }) => node.id));
      after = data.tasks.pageInfo.endCursor;
      if (!data.tasks.pageInfo.hasNextPage) break;
    }
    expect([...seen].sort()).toEqual([...cell.ids.tasks].sort());
  });

  it('filter by properties, relations, and, or, not', async () => {
    const { data, errors } = await cell.graphql(`{
      queued: tasks(filter: { state: { eq: queued } }) { totalCount }
      either: tasks(filter: { or: [{ state: { eq: queued } }, { state: { in: [delivered] } }] }) { totalCount }
      neither: tasks(filter: { not: { state: { in: [queued, delivered] } } }) { totalCount }
      byAgent: tasks(filter: { agent: { some: { name: { startsWith: "seo-" } } } }) { totalCount }
      none: tasks(filter: { agent: { none: { name: { eq: "seo-strategist" } } } }) { totalCount }
      every: agents(filter: { skills: { every: { name: { eq: "keyword-research" } } } }) { totalCount }
      old: tasks(filter: { createdAt: { lt: "2020-01-01T00:00:00Z" } }) { totalCount }
      listed: outcomes(filter: { notes: { has: "no search volume" } }) { totalCount }
      unset: tasks(filter: { startedAt: { isNull: true } }) { totalCount }
    }`);
    expect(errors).toBeUndefined();
    const counts = Object.fromEntries(
      Object.entries(data as Record<string, { totalCount: number }>).map(([key, value]) => [key, value.totalCount]),
    );
    expect(counts).toEqual({
      queued: 3,
      either: 5,
      neither: 0,
      byAgent: 5,
      none: 0,
      every: 1,
      old: 0,
      listed: 5,
      unset: 5,
    });
  });

  it('obey @skip and @include, default values and operation names', async () => {
    const query = `
      query One($id: ID!, $with: Boolean = false) { task(id: $id) { id skill @skip(if: $with) agent @include(if: $with) { name } } }
      query Two { agents { totalCount } }`;
    const id = cell.ids.tasks[0]!;
    const plain = await cell.graphql(query, { operationName: 'One', variables: { id } });
    expect(plain.data.task).toEqual({ id, skill: 'keyword-research' });
    const more = await cell.graphql(query, { operationName: 'One', variables: { id, with: true } });
    expect(more.data.task).toEqual({ id, agent: { name: 'seo-strategist' } });
    const two = await cell.graphql(query, { operationName: 'Two' });
    expect(two.data).toEqual({ agents: { totalCount: 1 } });
  });

  it('find any node by id with inline fragments', async () => {
    const { data } = await cell.graphql(`{
      a: node(id: "${cell.ids.tasks[0]}") { __typename id ... on Task { skill } ... on Agent { name } }
      b: node(id: "${cell.ids.agent}") { __typename scope ... on Agent { name tasks(first: 1) { totalCount } } }
      c: node(id: "nothing") { id }
    }`);
    expect(data.a).toEqual({ __typename: 'Task', id: cell.ids.tasks[0], skill: 'keyword-research' });
    expect(data.b).toEqual({
      __typename: 'Agent',
      scope: 'tenant:acme',
      name: 'seo-strategist',
      tasks: { totalCount: 5 },
    });
    expect(data.c).toBeNull();
  });

  it('mix generated reads, introspection and verbs in one operation, in the order asked for', async () => {
    const { data, errors, text } = await cell.graphql(
      '{ me { name tenant } __typename tasks { totalCount } __type(name: "Task") { name } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      me: { name: 'Ada', tenant: 'acme' },
      __typename: 'Query',
      tasks: { totalCount: 5 },
      __type: { name: 'Task' },
    });
    expect(Object.keys(JSON.parse(text).data)).toEqual(['me', '__typename', 'tasks', '__type']);
  });

  it('read knowledge as of a moment', async () => {
    const { data, errors } = await cell.graphql(
      '{ before: knowledgeItems(asOf: "2020-01-01") { nodes { id } } now: knowledgeItems { nodes { id } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.before.nodes).toHaveLength(0);
    expect(data.now.nodes).toHaveLength(4);
  });
});

describe('another client', () => {
  it('cannot be told from nothing: by id, nested, by count, by filter, by search, by path', async () => {
    const ask = (id: string) =>
      cell.graphql(
        `query Probe($id: ID!, $filter: TaskFilter, $input: SubgraphInput!) {
          node(id: $id) { id }
          task(id: $id) { id }
          agent(id: $id) { id }
          tasks(filter: { id: { eq: $id } }) { totalCount nodes { id } }
          filtered: tasks(filter: $filter) { totalCount }
          skills(filter: { agents: { some: { id: { eq: $id } } } }) { totalCount }
          whyOutcome(id: $id) { id }
          subgraph(input: $input) { nodes { id } edges { type } }
        }`,
        { variables: { id, filter: { agent: { some: { id: { eq: id } } } }, input: { seeds: [id] } } },
      );
    const absent = (await ask('00000000-0000-7000-8000-000000000000')).text;
    expect(JSON.parse(absent).errors, cell.logged.join('\n')).toBeUndefined();
    expect((await ask(cell.ids.otherTask)).text).toBe(absent);
    expect((await ask(cell.ids.otherAgent)).text).toBe(absent);
    expect(JSON.parse(absent).data.tasks).toEqual({ totalCount: 0, nodes: [] });
  });

  it('is invisible through a shared node that both relate to', async () => {
    const query = `{ skill(id: "${cell.ids.skill}") { name agents { totalCount nodes { name } edges { level } } versions { nodes { tasks { totalCount } } } } }`;
    const acme = await cell.graphql(query);
    expect(acme.errors).toBeUndefined();
    expect(acme.data.skill.agents.nodes).toEqual([{ name: 'seo-strategist' }]);
    expect(acme.data.skill.agents.totalCount).toBe(1);
    expect(acme.data.skill.versions.nodes[0].tasks.totalCount).toBe(5);
    const globex = await cell.graphql(query, { token: TOKENS.globex });
    expect(globex.data.skill.agents.nodes).toEqual([{ name: 'globex-agent' }]);
    const admin = await cell.graphql(query, { token: TOKENS.admin });
    expect(admin.data.skill.agents.totalCount).toBe(2);
  });
});

describe('hostile values', () => {
  it.each([
    ['a quote', `' OR 1=1 --`],
    ['an end of the operation', `") { id } }`],
    ['a backtick and a statement', '`}) MATCH (n) DETACH DELETE n //'],
    ['an escape', '\\u0000'],
    ['a parameter', '$id'],
    ['a number', '1'],
    ['a very long text', 'x'.repeat(100_000)],
  ])('are only values: %s', async (_name, value) => {
    const { data, errors } = await cell.graphql(
      `query Q($s: String!, $id: ID!) {
        task(id: $id) { id }
        a: tasks(filter: { skill: { eq: $s } }) { totalCount }
        b: tasks(filter: { skill: { contains: $s } }) { totalCount }
        c: agents(filter: { or: [{ name: { in: [$s] } }, { role: { startsWith: $s } }] }) { totalCount }
      }`,
      { variables: { s: value, id: value } },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ task: null, a: { totalCount: 0 }, b: { totalCount: 0 }, c: { totalCount: 0 } });
    expect((await cell.graphql('{ tasks { totalCount } }')).data.tasks.totalCount).toBe(5);
  });

  it('in a condition without a value are refused instead of widening the filter', async () => {
    const forgotten = await cell.graphql('query Q($id: ID) { tasks(filter: { id: { eq: $id } }) { totalCount } }');
    expect(forgotten.status).toBe(400);
    expect(forgotten.errors![0]).toMatchObject({ extensions: { code: 'KAZE_API_INPUT' } });
    const nothing = await cell.graphql('{ tasks(filter: { skill: { eq: null } }) { totalCount } }');
    expect(nothing.errors![0]!.message).toContain('isNull');
  });

  it('are refused as cursors', async () => {
    const { errors } = await cell.graphql('{ tasks(after: "not a cursor") { totalCount } }');
    expect(errors![0]!.extensions.code).toBe('KAZE_GRAPH_BAD_CURSOR');
  });
});
