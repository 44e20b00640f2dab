import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { ReadPlan } from '#graph-schema';
import { buildSchema, defineNode, schema as graph } from '#graph-schema';
import { analyse, prepareRoots } from '../../../api/execution/analysis.ts';
import { OperationMeter } from '../../../api/execution/limits.ts';
import { compileReads, runReads } from '../../../api/execution/reads.ts';
import { type BuiltSchema, buildApiSchema } from '../../../api/schema/build.ts';

const built = buildApiSchema(graph);
const limits = {
  maxDepth: 10,
  maxCost: 100_000,
  maxFields: 500,
  maxRootFields: 20,
  maxPage: 1_000,
  readTimeoutMs: 1_000,
  verbTimeoutMs: 1_000,
};

function compile(query: string, variables: Record<string, unknown> = {}, from: BuiltSchema = built) {
  const { schema, model } = from;
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  const { operations, fragments } = analyse(document);
  const meter = new OperationMeter(limits);
  const roots = prepareRoots(operations[0]!, { schema, model, fragments, variables, meter });
  if (!('reads' in roots)) throw roots[0];
  return compileReads(roots.reads, { schema, model, fragments, variables: roots.variables, meter });
}

const plan = (query: string, variables?: Record<string, unknown>): ReadPlan => compile(query, variables).plan;

describe('an operation of generated reads', () => {
  it('becomes one plan with a root per field, keyed by alias', () => {
    expect(plan('{ a: task(id: "1") { id } b: tasks { totalCount } }').roots).toEqual([
      { key: 'a', node: 'Task', find: { by: 'id', id: '1' }, select: { properties: { id: 'id' } } },
      {
        key: 'b',
        node: 'Task',
        find: { by: 'page', page: { first: 50, totalCount: true } },
        select: { properties: { id: 'id' } },
      },
    ]);
  });

  it('asks for cursors only where they are shown', () => {
    const page = (query: string) => {
      const [root] = plan(query).roots;
      return root!.find.by === 'page' ? root!.find.page : undefined;
    };
    expect(page('{ tasks { nodes { id } pageInfo { hasNextPage } } }')).toEqual({ first: 50 });
    expect(page('{ tasks { pageInfo { endCursor } } }')).toEqual({ first: 50, cursors: true });
    expect(page('{ tasks { edges { cursor } } }')).toEqual({ first: 50, cursors: true });
  });

  it('reads nodes once that are shown twice, and counts them once', () => {
    const twice = compile('{ tasks(first: 10) { nodes { id } edges { node { state } } } }');
    expect(twice.plan.roots[0]!.select).toEqual({ properties: { id: 'id', state: 'state' } });
    expect(twice.cost).toBe(10);
  });

  it('translates filters, order, dates and relationship properties', () => {
    const [root] = plan(
      `query($since: DateTime!) { agents(
        first: 3, orderBy: [name_ASC, createdAt_DESC],
        filter: { or: [{ name: { startsWith: "a" } }, { not: { state: { eq: paused } } }], createdAt: { gte: $since },
                  tasks: { none: { outcomes: { some: { costMicros: { gt: 5 } } } } } }
      ) { edges { node { skills(first: 2) { edges { level node { name } } } } } } }`,
      { since: '2026-01-01T00:00:00+01:00' },
    ).roots;
    expect(root!.find).toEqual({
      by: 'page',
      page: {
        first: 3,
        orderBy: [
          { property: 'name', direction: 'asc' },
          { property: 'createdAt', direction: 'desc' },
        ],
        where: {
          or: [{ name: { startsWith: 'a' } }, { not: { state: { eq: 'paused' } } }],
          createdAt: { gte: Date.UTC(2025, 11, 31, 23) },
          tasks: { none: { outcomes: { some: { costMicros: { gt: 5 } } } } },
        },
      },
    });
    const [skills] = Object.values(root!.select.relations!);
    expect(skills).toMatchObject({ field: 'skills', edgeProperties: { level: 'level' }, page: { first: 2 } });
  });

  it('keeps apart one relation that is asked for twice with other arguments', () => {
    const { relations } = plan(
      '{ task(id: "1") { a: outcomes(first: 1) { nodes { id } } b: outcomes(first: 2) { nodes { id } } } }',
    ).roots[0]!.select;
    expect(Object.values(relations!).map((relation) => relation.page!.first)).toEqual([1, 2]);
  });

  it('costs what its pages multiply to', () => {
    expect(compile('{ tasks(first: 5) { nodes { agent { name } outcomes(first: 3) { nodes { id } } } } }').cost).toBe(
      5 + 5 + 15,
    );
  });

  it('shows dates as ISO 8601 and JSON as values, under the keys asked for', async () => {
    const reads = compile('{ t: task(id: "1") { when: createdAt kind: __typename inputs ended: finishedAt } }');
    const store = {
      read: async () => ({ t: { createdAt: 1_700_000_000_123, inputs: '{"a":[1]}', finishedAt: null } }),
    } as unknown as Parameters<typeof runReads>[1]['store'];
    const at = { store, principal: undefined as never, model: built.model };
    expect((await runReads(reads, at, {})).data).toEqual({
      t: { when: '2023-11-14T22:13:20.123Z', kind: 'Task', inputs: { a: [1] }, ended: null },
    });
  });

  it('nulls the nearest nullable field when a promised value is missing, and says which', async () => {
    const reads = compile('{ task(id: "1") { skill } tasks { nodes { skill } } }');
    const store = (tasks: object) =>
      ({ read: async () => ({ task: { skill: null }, tasks }) }) as unknown as Parameters<typeof runReads>[1]['store'];
    const at = (tasks: object) => ({ store: store(tasks), principal: undefined as never, model: built.model });
    const partly = await runReads(reads, at({ nodes: [{ skill: 's' }], hasNextPage: false }), {});
    expect(partly.data).toEqual({ task: null, tasks: { nodes: [{ skill: 's' }] } });
    expect(partly.missing.map(({ key, error }) => [key, error.field])).toEqual([['task', 'Task.skill']]);
    const whole = await runReads(reads, at({ nodes: [{ skill: null }], hasNextPage: false }), {});
    expect(whole.data).toBeNull();
  });
});

describe('a new definition', () => {
  it('has its type, filters, order, connection and root fields without any other change', () => {
    const Ship = defineNode({
      name: 'Ship',
      plural: 'ships',
      family: 'knowledge',
      describe: 'A ship.',
      properties: {
        name: { kind: 'string', describe: 'Its name.' },
        hull: { kind: 'enum', describe: 'Of what it is.', values: ['steel', 'wood'] },
        secret: { kind: 'string', describe: 'Kept inside.', internal: true },
      },
      edges: {
        chunks: {
          type: 'NAMED_IN',
          to: 'Chunk',
          many: true,
          inverse: { field: 'ships', many: true },
          describe: 'Where it is named.',
          properties: { weight: { kind: 'float', describe: 'How much.' } },
        },
      },
    });
    const grown = buildApiSchema(buildSchema([...[...graph.types.values()].map((type) => type.definition), Ship]));
    const query = `{ ship(id: "1") { hull } ships(filter: { hull: { eq: wood }, chunks: { some: { ships: { none: {} } } } }, orderBy: name_ASC) {
      nodes { name chunks { edges { weight node { ships { totalCount } } } } } } }`;
    expect(compile(query, {}, grown).plan.roots.map((root) => root.node)).toEqual(['Ship', 'Ship']);
    expect(validate(grown.schema, parse('{ ships { nodes { secret } } }'))).toHaveLength(1);
    expect(built.schema.getType('Ship')).toBeUndefined();
  });
});
