/** Reads that were let through before go past Apollo: nothing of their answers may tell. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphStore, ReadResult } from '#graph-schema';
import { startTestCell, type TestCell, TOKENS } from './cell.ts';

let cell: TestCell;
/** Of each read since it was emptied: whether bytes were asked for, and whether they were made. */
const reads: Array<'objects' | 'bytes' | 'objects instead of bytes'> = [];
let spoil: ((result: ReadResult) => void) | undefined;

beforeAll(async () => {
  cell = await startTestCell({
    tasks: 3,
    wrapStore: (store): GraphStore =>
      new Proxy(store, {
        get(target, key, receiver) {
          const value = Reflect.get(target, key, receiver);
          if (key !== 'read') return typeof value === 'function' ? value.bind(target) : value;
          return async (...[principal, plan, options]: Parameters<GraphStore['read']>) => {
            const result = await target.read(principal, plan, spoil ? { ...options, takeRow: undefined } : options);
            const asked = options?.takeRow !== undefined;
            reads.push(asked ? (Object.keys(result).length > 0 ? 'objects instead of bytes' : 'bytes') : 'objects');
            spoil?.(result);
            return result;
          };
        },
      }),
  });
});
afterAll(() => cell?.close());

/** Apollo understands this as plain JSON too, but it is no way of saying so that is answered past it. */
const UNUSUAL = 'application/json, application/json';

async function ask(body: unknown, { accept = 'application/json', token = TOKENS.acme as string } = {}) {
  const response = await fetch(`${cell.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const { date: _date, ...headers } = Object.fromEntries(response.headers);
  // Each error has a reference of its own.
  const text = (await response.text()).replaceAll(/(reference\W+)[\w-]+/g, '$1…');
  return { status: response.status, headers, text };
}

const NESTED = `query Nested($first: Int = 2) {
  mine: tasks(first: $first, orderBy: createdAt_DESC) { __typename nodes {
    __typename id createdAt state costMicros
    agent { name skills(first: 3) { nodes { id name } } }
    outcomes { nodes { output metrics notes ...words knowledge { nodes { title confidence } } } }
  } }
  agents { nodes { name } }
}
fragment words on Outcome { summary }`;

describe('a read that is asked again', () => {
  it.each([
    ['of plain pages and related nodes', { query: NESTED }, 'bytes'],
    ['with variables and a name', { query: NESTED, operationName: 'Nested', variables: { first: 1 } }, 'bytes'],
    ['of a page without nodes', { query: '{ tasks(filter: { state: { eq: failed } }) { nodes { id } } }' }, 'bytes'],
    ['of a node that is not there', { query: '{ task(id: "nobody") { id } }', extensions: null }, 'bytes'],
    [
      'with totals, cursors, edges and their properties',
      {
        query:
          '{ tasks(first: 1) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } } } agents { nodes { skills { edges { level } } } } }',
      },
      'objects instead of bytes',
    ],
  ])('%s is answered alike, past Apollo and through it', async (_what, body, made) => {
    const first = await ask(body);
    reads.length = 0;
    const again = await ask(body);
    const unusual = await ask(body, { accept: UNUSUAL });
    const any = await ask(body, { accept: '*/*' });
    expect(first.status).toBe(200);
    expect(again).toEqual(first);
    expect(unusual).toEqual(first);
    expect(any).toEqual(first);
    expect(reads).toEqual([made, 'objects', made]);
  });

  it('of a node whose type is looked up is answered alike', async () => {
    const body = { query: `{ node(id: "${cell.ids.tasks[0]}") { id ... on Task { state } } }` };
    const answers = [await ask(body), await ask(body), await ask(body, { accept: UNUSUAL })];
    expect(answers[0]!.text).toContain(cell.ids.tasks[0]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('shows each who asks no more than theirs', async () => {
    const body = { query: '{ tasks(first: 50) { nodes { id } } }' };
    const [acme, globex] = [await ask(body), await ask(body, { token: TOKENS.globex })];
    expect(acme.text).toContain(cell.ids.tasks[0]);
    expect(acme.text).not.toContain(cell.ids.otherTask);
    expect(globex.text).toContain(cell.ids.otherTask);
    expect(await ask(body, { token: TOKENS.globex })).toEqual(globex);
    expect(await ask(body)).toEqual(acme);
  });

  it('is refused without a valid token as the first time', async () => {
    const body = { query: '{ tasks(first: 50) { nodes { id } } }' };
    await ask(body);
    expect((await ask(body, { token: 'kaze_unknown' })).status).toBe(401);
  });

  it('is counted', async () => {
    const body = { query: '{ tasks(first: 7) { nodes { id } } }' };
    const total = async () => {
      const text = await (await fetch(`${cell.url}/metrics`)).text();
      return Number(/kaze_api_operations_total\{operation="query",result="ok"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    await ask(body);
    const before = await total();
    await ask(body);
    expect(await total()).toBe(before + 1);
  });

  it.each([
    ['variables as a list', { variables: [] }],
    ['variables as a text', { variables: '{}' }],
    ['an operation name that is no text', { operationName: 5 }],
    ['an operation name that is not there', { operationName: 'Other' }],
    ['extensions as a text', { extensions: 'x' }],
    ['a hash that is not its own', { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }],
  ])('with %s is left to Apollo', async (_what, more) => {
    const query = 'query Known { tasks(first: 1) { nodes { id } } }';
    await ask({ query });
    const answer = await ask({ query, ...more });
    expect(answer).toEqual(await ask({ query, ...more }, { accept: UNUSUAL }));
  });

  it('in which a value is missing that must not be has the same errors', async () => {
    const body = { query: '{ agents { nodes { name } } task: tasks(first: 1) { nodes { id state } } }' };
    await ask(body);
    spoil = (result) => {
      const [node] = (result.task as unknown as { nodes: Array<Record<string, unknown>> }).nodes;
      node!.state = null;
    };
    try {
      const [again, unusual] = [await ask(body), await ask(body, { accept: UNUSUAL })];
      expect(JSON.parse(again.text).errors[0].path).toEqual(['task']);
      expect(again).toEqual(unusual);
    } finally {
      spoil = undefined;
    }
  });
});
