import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/cell/cell-process.ts';
import { TwoClients } from './two-clients.ts';

let cells: TwoClients;
beforeAll(async () => {
  cells = await TwoClients.start();
}, 240_000);
afterAll(() => cells?.close());

const queries = readFileSync(new URL('../../../examples/acme/queries.csv', import.meta.url), 'utf8');
const submit = 'mutation($i: SubmitTaskInput!) { submitTask(input: $i) { task { id inputs } } }';
const keyword = { agent: 'seo-strategist', skill: 'keyword-research', tenant: 'acme' };
const slips: ReadonlyArray<readonly [what: string, query: string, variables: object, code: string, message: string]> = [
  ['list', '{ agentz { totalCount } }', {}, 'GRAPHQL_VALIDATION_FAILED', 'Did you mean "agent" or "agents"?'],
  ['property', '{ agents { nodes { nam } } }', {}, 'GRAPHQL_VALIDATION_FAILED', 'Did you mean "name"'],
  [
    'value of an enum',
    '{ tasks(filter: { state: { eq: qeued } }) { totalCount } }',
    {},
    'GRAPHQL_VALIDATION_FAILED',
    '"queued"?',
  ],
  [
    'value of an enum in a variable',
    'query($f: TaskFilter) { tasks(filter: $f) { totalCount } }',
    { f: { state: { eq: 'qeued' } } },
    'BAD_USER_INPUT',
    'at "f.state.eq"',
  ],
  [
    'agent',
    submit,
    { i: { ...keyword, agent: 'seo-strategst' } },
    'KAZE_AGENT_UNKNOWN',
    'did you mean seo-strategist?',
  ],
  [
    'skill',
    submit,
    { i: { ...keyword, skill: 'keyword-reserch' } },
    'KAZE_SKILL_UNKNOWN',
    'did you mean keyword-research?',
  ],
  ['client', submit, { i: { ...keyword, tenant: 'acmee' } }, 'KAZE_API_FORBIDDEN', 'acme'],
  [
    'input',
    submit,
    { i: { ...keyword, inputs: { curent_rankings: 'x' } } },
    'KAZE_TASK_INPUT',
    'did you mean current_rankings?',
  ],
  [
    'upload',
    submit,
    { i: { ...keyword, files: [{ input: 'current_rankings', upload: 'nope' }] } },
    'KAZE_API_UPLOAD_UNKNOWN',
    'PUT /uploads',
  ],
];

describe('a slip', { timeout: 120_000 }, () => {
  it.each(slips)(
    'in the name of a %s is told with what would be right',
    async (_what, query, variables, code, message) => {
      const { errors } = await cells.ask(query, variables);
      expect(errors[0]?.extensions.code).toBe(code);
      expect(errors[0]?.message).toContain(message);
    },
  );

  it.each([
    '{ tasks { nodes { leaseOwne } } }',
    '{ tasks { nodes { leaseOwner } } }',
    '{ tasks(filter: { leaseUntl: { gt: "2026-01-01" } }) { totalCount } }',
    '{ tasks(orderBy: [leaseOwner_ASC]) { totalCount } }',
    '{ node(id: "x") { ... on Outbo { id } } }',
    '{ outboxs { totalCount } }',
    '{ taskStep(id: "x") { id } }',
  ])('near what is internal suggests nothing of it: %s', async (query) => {
    const { status, errors } = await cells.ask(query);
    expect(status).toBe(400);
    const said = errors.map(({ message }) => message.replace(/"[^"]*"/, '')).join(' ');
    expect(said).not.toMatch(/lease|outbox\b|taskStep/i);
  });
});

describe('what is too much', { timeout: 120_000 }, () => {
  const filter = 'query($f: TaskFilter) { tasks(filter: $f) { totalCount } }';
  const nest = (levels: number) =>
    Array.from({ length: levels }).reduce<object>((inner) => ({ not: inner }), { skill: { eq: 'x' } });

  it.each<[string, string, object, string, string]>([
    [
      'an operation of 25 levels',
      `{ agents(first: 1) { nodes ${'{ tasks(first: 1) { nodes { agent '.repeat(12)} { id } ${'} } }'.repeat(12)} } }`,
      {},
      'KAZE_API_DEPTH',
      'nests 25 levels of nodes, allowed are 10',
    ],
    [
      'an operation of 4,000 brackets',
      `{ a ${'{ a '.repeat(3_999)}${'}'.repeat(4_000)}`,
      {},
      'KAZE_API_DEPTH',
      'nests 4000 brackets, allowed are 200',
    ],
    [
      'an operation that may hold a million nodes',
      '{ tasks(first: 1000) { nodes { outcomes(first: 1000) { nodes { id } } } } }',
      {},
      'KAZE_API_COST',
      'costs 1001000 (nodes that its pages can hold), allowed is 50000',
    ],
    ['a filter of nine levels', filter, { f: nest(9) }, 'KAZE_GRAPH_BAD_FILTER', 'nests 9 levels, allowed are 8'],
    ['a filter of 3,000 levels', filter, { f: nest(3_000) }, 'KAZE_API_DEPTH', 'allowed are 100'],
    [
      'a filter of 5,000 conditions',
      filter,
      { f: { or: Array.from({ length: 5_000 }, () => ({ skill: { eq: 'x' } })) } },
      'KAZE_GRAPH_BAD_FILTER',
      'has 5001 conditions, allowed are 500',
    ],
  ])('%s is refused with its figure and the limit', async (_name, query, variables, code, message) => {
    const { status, errors } = await cells.ask(query, variables);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(errors[0]?.message).toContain(message);
    expect(status).toBe(400);
  });

  it('a million characters are a value where they fit, and are never sent back where they do not', async () => {
    const long = 'q'.repeat(1_000_000);
    expect(
      (await cells.ask('query($s: String) { tasks(filter: { skill: { eq: $s } }) { totalCount } }', { s: long })).data,
    ).toEqual({
      tasks: { totalCount: 0 },
    });
    for (const [query, variables] of [
      [filter, { f: { state: { eq: long } } }],
      [filter, { f: { createdAt: { gt: long } } }],
      ['mutation($s: ID!) { cancelTask(input: { id: $s }) { __typename } }', { s: long }],
      ['mutation($s: ID!) { deleteSource(input: { id: $s }) { __typename } }', { s: long }],
      [
        'mutation($s: String!) { submitTask(input: { agent: $s, skill: "s", tenant: "acme" }) { __typename } }',
        { s: long },
      ],
      ['mutation($s: String!) { sendMessage(input: { text: $s }) { __typename } }', { s: long }],
      [`{ ${long} }`, {}],
    ] as const) {
      const { errors, text } = await cells.ask(query, variables);
      expect(errors[0]?.extensions.code).toMatch(/^(KAZE_|GRAPHQL_|BAD_USER_INPUT)/);
      expect(text.length, query.slice(0, 60)).toBeLessThan(6_000);
    }
    expect(
      (await cells.ask(filter, { f: { skill: { eq: `${long}${'q'.repeat(60_000)}` } } })).errors[0]?.extensions,
    ).toMatchObject({
      code: 'KAZE_API_BODY',
      fields: { allowed: 1_048_576 },
    });
  });

  it.each([
    '{"query":"{ me { id } }"',
    '[]',
    '"x"',
    '{"query":"{ me { id } }","variables":{"__proto__":{}}}',
    '\u0000',
  ])('and what is no request: %j is refused in our words', async (body) => {
    const { status, errors, text } = await cells.post(body);
    expect(status).toBe(400);
    expect(errors[0]?.extensions.code).toMatch(/^(KAZE_API_BAD_REQUEST|BAD_REQUEST)$/);
    expect(text).not.toMatch(/at .*\.ts|node_modules|FST_/);
  });
});

describe('a value', { timeout: 120_000 }, () => {
  it('that begins with @ is text, and no file is opened', async () => {
    const inputs = { current_rankings: queries, business_context: '@/etc/passwd' };
    const { data, errors } = await cells.ask(submit, { i: { ...keyword, inputs } });
    expect(errors).toEqual([]);
    expect(data.submitTask.task.inputs.business_context).toEqual({ kind: 'text', text: '@/etc/passwd' });
    const asFile = await cells.ask(submit, {
      i: { ...keyword, inputs: { ...inputs, current_rankings: '@/etc/passwd' } },
    });
    expect(asFile.errors[0]?.extensions.code).toBe('KAZE_FORMAT_SEARCH_CONSOLE_COLUMNS');
    expect(asFile.text).not.toContain('root:');
  });

  it('with quotes and operators is a value in every filter of every type', async () => {
    const types = (
      await cells.ask(
        '{ __schema { types { name kind inputFields { name type { name } } } queryType { fields { name args { name type { name } } } } } }',
      )
    ).data.__schema;
    type Input = { name: string; inputFields: ReadonlyArray<{ name: string; type: { name: string | null } }> | null };
    const inputs = new Map((types.types as Input[]).map((type) => [type.name, type.inputFields ?? []]));
    const roots: Record<'String' | 'ID', string[]> = { String: [], ID: [] };
    for (const field of types.queryType.fields as Array<{
      name: string;
      args: Array<{ name: string; type: { name: string } }>;
    }>) {
      const filter = field.args.find(({ name }) => name === 'filter')?.type.name;
      for (const property of filter ? (inputs.get(filter) ?? []) : []) {
        const named = property.type.name ?? '';
        if (!/^(String|ID|Strings|StringList)\w*Filter$/.test(named)) continue;
        const kind = named.startsWith('ID') ? 'ID' : 'String';
        for (const { name: operator } of inputs.get(named) ?? []) {
          if (operator === 'isNull') continue;
          const value = operator === 'in' ? '[$s]' : '$s';
          const condition = `${property.name}: { ${operator}: ${value} }`;
          roots[kind].push(`r${roots[kind].length}: ${field.name}(filter: { ${condition} }) { nodes { id } }`);
        }
      }
    }
    expect(roots.String.length).toBeGreaterThan(300);
    expect(roots.ID.length).toBeGreaterThan(60);
    for (const s of [`x' OR n.id <> "" OR \`a\` = '`, '$p0}) DETACH DELETE n //']) {
      for (const [kind, all] of Object.entries(roots)) {
        for (let at = 0; at < all.length; at += 20) {
          const { data, errors } = await cells.ask(`query($s: ${kind}!) { ${all.slice(at, at + 20).join(' ')} }`, {
            s,
          });
          expect(errors.map(({ message }) => message)).toEqual([]);
          for (const [key, { nodes }] of Object.entries<{ nodes: unknown[] }>(data)) {
            const root = all[Number(key.slice(1))]!;
            if (!/\{ (ne|lte?|gte?):/.test(root)) expect(nodes, root).toEqual([]);
          }
        }
      }
    }
  });

  it('that is a date in the future is a date; what is no date is told how one is written', async () => {
    const by = (date: string) => `{ tasks(filter: { createdAt: { gt: "${date}" } }) { totalCount } }`;
    expect((await cells.ask(by('2999-01-01T00:00:00Z'))).data).toEqual({ tasks: { totalCount: 0 } });
    expect((await cells.ask(by('+275760-09-13T00:00:00Z'))).errors[0]?.message).toContain('is written as 2026-03-01');
  });
});

describe('a token', { timeout: 120_000 }, () => {
  it('that has expired is refused with the words for an unknown one, and a missing one says what is needed', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const made = await cells.ask(
      'mutation($at: DateTime) { createToken(input: { name: "short", role: viewer, tenant: "acme", expiresAt: $at }) { token } }',
      { at: expiresAt },
      cells.cell.token,
    );
    const { token } = made.data.createToken;
    const me = '{ me { name } }';
    const gone = await until(
      () => cells.ask(me, {}, token),
      ({ status }) => status === 401,
      30_000,
    );
    expect(gone.text).toBe((await cells.ask(me, {}, 'kaze_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).text);
    expect(gone.errors[0]).toMatchObject({ message: 'the token is not valid: unknown, expired or revoked' });
    const none = await cells.ask(me, {}, '');
    expect(none).toMatchObject({ status: 401 });
    expect(none.errors[0]?.message).toContain('Authorization: Bearer <token>');
  });
});
