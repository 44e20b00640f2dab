import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphStore } from '#graph-schema';
import { startTestCell, type TestCell } from './cell.ts';

let cell: TestCell;
let slow = false;

beforeAll(async () => {
  cell = await startTestCell({
    options: {
      maxDepth: 4,
      maxCost: 2_000,
      maxFields: 100,
      maxRootFields: 5,
      maxPage: 200,
      readTimeoutMs: 300,
      verbTimeoutMs: 300,
      bodyMaxBytes: 20_000,
      maxDocumentTokens: 1_000,
    },
    wrapStore: (store): GraphStore =>
      new Proxy(store, {
        get(target, key, receiver) {
          if (key === 'read' && slow) {
            return (...given: Parameters<GraphStore['read']>) => {
              expect(given[2]!.timeoutMs).toBeLessThanOrEqual(300);
              expect(given[2]!.signal).toBeInstanceOf(AbortSignal);
              return new Promise(() => {});
            };
          }
          const value = Reflect.get(target, key, receiver);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  });
});
afterAll(() => cell?.close());

const code = async (query: string, variables?: Record<string, unknown>) => {
  const { errors, status, data } = await cell.graphql(query, { variables });
  expect(data).toBeUndefined();
  return { status, ...errors![0]!, code: errors![0]!.extensions.code, fields: errors![0]!.extensions.fields };
};

describe('an operation', () => {
  it('too deep is refused with its depth and the limit', async () => {
    const query =
      '{ agents(first: 1) { nodes { tasks(first: 1) { nodes { agent { tasks(first: 1) { nodes { agent { name } } } } } } } } }';
    const found = await code(query);
    expect(found).toMatchObject({ status: 400, code: 'KAZE_API_DEPTH', fields: { depth: 5, allowed: 4 } });
    expect(found.message).toContain('nests 5 levels');
  });

  it('too deep is refused through fragments too', async () => {
    const { fields } = await code(`
      { agents(first: 1) { nodes { ...a } } }
      fragment a on Agent { tasks(first: 1) { nodes { ...b } } }
      fragment b on Task { agent { tasks(first: 1) { nodes { agent { id } } } } }`);
    expect(fields).toMatchObject({ depth: 5 });
  });

  it('too costly is refused with its cost and the limit, page sizes in variables included', async () => {
    const query = 'query($n: Int!) { tasks(first: $n) { nodes { outcomes(first: $n) { nodes { id } } } } }';
    const found = await code(query, { n: 100 });
    expect(found).toMatchObject({ status: 400, code: 'KAZE_API_COST', fields: { cost: 10_100, allowed: 2_000 } });
    expect((await cell.graphql(query, { variables: { n: 10 } })).errors).toBeUndefined();
  });

  it('too costly below a verb is refused before the verb runs', async () => {
    const query = `mutation { submitTask(input: { agent: "a", skill: "s" }) { task { agent { tasks(first: 200) { nodes { outcomes(first: 200) { nodes { id } } } } } } } }`;
    expect(await code(query)).toMatchObject({ code: 'KAZE_API_COST' });
    expect(cell.calls).toEqual([]);
  });

  it('costs a mixed selection on Node as its dearest type at least', async () => {
    const query = `{ node(id: "x") { ... on Agent { tasks(first: 200) { nodes { outcomes(first: 50) { nodes { id } } } } } ... on Task { id } } }`;
    expect(await code(query)).toMatchObject({ code: 'KAZE_API_COST' });
  });

  it.each([0, -1, 201])('with a page of %i is refused', async (first) => {
    const found = await code(`{ tasks(first: ${first}) { totalCount } }`);
    expect(found).toMatchObject({ code: 'KAZE_API_PAGE', fields: { first, allowed: 200, field: 'tasks' } });
  });

  it('with too many root fields or aliases is refused', async () => {
    const roots = Array.from({ length: 6 }, (_, at) => `a${at}: agents { totalCount }`).join(' ');
    expect(await code(`{ ${roots} }`)).toMatchObject({
      code: 'KAZE_API_FIELDS',
      fields: { rootFields: 6, allowed: 5 },
    });
    const aliases = Array.from({ length: 120 }, (_, at) => `a${at}: id`).join(' ');
    expect(await code(`{ tasks { nodes { ${aliases} } } }`)).toMatchObject({ code: 'KAZE_API_FIELDS' });
  });

  it('that unfolds in fragments is refused while it is still small', async () => {
    const fragments = Array.from(
      { length: 25 },
      (_, at) =>
        `fragment f${at} on Agent { a: tasks { nodes { agent { ...f${at + 1} } } } b: tasks { nodes { agent { ...f${at + 1} } } } }`,
    );
    const started = performance.now();
    const found = await cell.graphql(
      `{ agents { nodes { ...f0 } } } ${fragments.join('\n')} fragment f25 on Agent { id }`,
    );
    expect(found.status).toBe(400);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('with too many tokens is refused by the parser', async () => {
    const { errors, status } = await cell.graphql(`{ ${'__typename '.repeat(1_100)} }`);
    expect(status).toBe(400);
    expect(errors![0]!.extensions.code).toBe('GRAPHQL_PARSE_FAILED');
  });

  it('with too large a body is refused as JSON', async () => {
    const { errors, status } = await cell.graphql(`{ agents { totalCount } } #${'x'.repeat(30_000)}`);
    expect(status).toBe(413);
    expect(errors![0]!.extensions).toMatchObject({ code: 'KAZE_API_BODY', fields: { allowed: 20_000 } });
  });

  it('in a batch is refused', async () => {
    const response = await fetch(`${cell.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer kaze_test_acme_00000000000000000' },
      body: JSON.stringify([{ query: '{ agents { totalCount } }' }]),
    });
    expect(response.status).toBe(400);
  });

  it('of a verb that overruns its time is answered on time', async () => {
    slow = true;
    try {
      const started = performance.now();
      const { errors, status } = await cell.graphql('{ whyOutcome(id: "x") { id } }');
      expect(errors![0]!.extensions).toMatchObject({ code: 'KAZE_API_TIMEOUT', fields: { timeoutMs: 300 } });
      expect(status).toBe(504);
      expect(performance.now() - started).toBeLessThan(1_500);
    } finally {
      slow = false;
    }
  });

  it('of reads that overruns its time is answered on time, whatever the store does', async () => {
    slow = true;
    try {
      const started = performance.now();
      const { errors } = await cell.graphql('{ agents { totalCount } }');
      expect(errors![0]!.extensions.code).toBe('KAZE_API_TIMEOUT');
      expect(performance.now() - started).toBeLessThan(1_500);
    } finally {
      slow = false;
    }
  });
});
