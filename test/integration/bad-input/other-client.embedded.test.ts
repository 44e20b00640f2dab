import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform';
import { IdentityProvider } from '../../support/identity-provider.ts';
import { SECRET, TwoClients } from './two-clients.ts';

let cells: TwoClients;
let issuer: IdentityProvider;
beforeAll(async () => {
  issuer = await IdentityProvider.start();
  cells = await TwoClients.start({
    KAZE_AUTH_ISSUER: issuer.issuer,
    KAZE_AUTH_AUDIENCE: 'kaze',
    KAZE_AUTH_JWKS_URL: issuer.jwksUrl,
    KAZE_AUTH_ROLES: 'support=operator',
  });
}, 240_000);
afterAll(async () => {
  await cells?.close();
  await issuer?.stop();
});

const BY_ID: ReadonlyArray<readonly [name: string, type: string, operation: string]> = [
  ['node', 'task', 'query($id: ID!) { node(id: $id) { id } }'],
  ['task', 'task', 'query($id: ID!) { task(id: $id) { id } }'],
  ['a filter by id', 'task', 'query($id: ID!) { tasks(filter: { id: { eq: $id } }) { totalCount nodes { id } } }'],
  [
    'a list of ids',
    'task',
    'query($id: ID!) { tasks(filter: { id: { in: [$id] } }, orderBy: [skill_ASC]) { totalCount } }',
  ],
  [
    'a filter on related',
    'task',
    'query($id: ID!) { agents(filter: { tasks: { some: { id: { eq: $id } } } }) { totalCount } }',
  ],
  [
    'a negated filter',
    'agent',
    'query($id: ID!) { skills(filter: { agents: { none: { id: { eq: $id } } } }) { totalCount } }',
  ],
  ['subgraph', 'task', 'query($id: ID!) { subgraph(input: { seeds: [$id] }) { nodes { id } edges { type } } }'],
  ['path', 'task', 'query($id: ID!) { path(input: { from: $id, to: $id }) { nodes { id } } }'],
  ['whyOutcome of the outcome', 'outcome', 'query($id: ID!) { whyOutcome(id: $id) { id } }'],
  ['whyOutcome of the task', 'task', 'query($id: ID!) { whyOutcome(id: $id) { id } }'],
  ['cancelTask', 'task', 'mutation($id: ID!) { cancelTask(input: { id: $id }) { __typename } }'],
  ['retryTask', 'task', 'mutation($id: ID!) { retryTask(input: { id: $id }) { __typename } }'],
  ['resumeTask', 'task', 'mutation($id: ID!) { resumeTask(input: { id: $id }) { __typename } }'],
  [
    'decideApproval',
    'approval',
    'mutation($id: ID!) { decideApproval(input: { id: $id, decision: approve }) { __typename } }',
  ],
  [
    'decideApproval by task',
    'task',
    'mutation($id: ID!) { decideApproval(input: { id: $id, decision: reject, reason: "no" }) { __typename } }',
  ],
  ['deleteSource', 'source', 'mutation($id: ID!) { deleteSource(input: { id: $id }) { __typename } }'],
  [
    'sendMessage',
    'conversation',
    'mutation($id: ID!) { sendMessage(input: { text: "hello", conversation: $id }) { __typename } }',
  ],
];

const BY_CLIENT: ReadonlyArray<readonly [name: string, operation: string]> = [
  [
    'searchKnowledge',
    `query($t: String!) { searchKnowledge(input: { text: "${SECRET}", tenant: $t }) { hits { score } } }`,
  ],
  ['ask', `query($t: String!) { ask(input: { question: "when does the ${SECRET} open?", tenant: $t }) { answer } }`],
  [
    'submitTask',
    'mutation($t: String!) { submitTask(input: { agent: "secret-agent", skill: "s", tenant: $t }) { __typename } }',
  ],
  ['sendMessage', 'mutation($t: String!) { sendMessage(input: { text: "hello", tenant: $t }) { __typename } }'],
  [
    'finishSourceRoot',
    'mutation($t: String!) { finishSourceRoot(input: { tenant: $t, root: "docs", names: [] }) { __typename } }',
  ],
  ['usage', 'query($t: String!) { usage(input: { tenant: $t }) { group } }'],
  [
    'createToken',
    'mutation($t: String!) { createToken(input: { name: "x", role: viewer, tenant: $t }) { __typename } }',
  ],
];

describe("another client's node", { timeout: 120_000 }, () => {
  it.each(BY_ID)('cannot be told from an absent one by %s', async (_name, type, operation) => {
    const absent = newId();
    const id = cells.foreign[type]!;
    const [theirs, none] = [await cells.ask(operation, { id }), await cells.ask(operation, { id: absent })];
    expect(theirs.errors.map(({ extensions }) => extensions.code)).not.toContain('GRAPHQL_VALIDATION_FAILED');
    expect(theirs.text.replaceAll(id, 'ID')).toBe(none.text.replaceAll(absent, 'ID'));
    expect(theirs.status).toBe(none.status);
  });

  it.each(BY_CLIENT)('%s cannot tell a foreign client from one that does not exist', async (_name, operation) => {
    const [theirs, none] = [await cells.ask(operation, { t: 'globex' }), await cells.ask(operation, { t: 'nowhere' })];
    expect(theirs.errors.map(({ extensions }) => extensions.code)).not.toContain('GRAPHQL_VALIDATION_FAILED');
    expect(theirs.text.replaceAll('globex', 'X')).toBe(none.text.replaceAll('nowhere', 'X'));
    expect(theirs.text).not.toContain('secret-agent"?');
  });

  it('is there, untouched by all of that, for whoever may see it', async () => {
    const { data } = await cells.ask(
      'query($task: ID!, $approval: ID!, $source: ID!) { task(id: $task) { state version } approval(id: $approval) { state } source(id: $source) { state } }',
      cells.foreign,
      cells.cell.token,
    );
    expect(data).toEqual({
      task: { state: expect.stringMatching(/queued|running|failed/), version: expect.any(Number) },
      approval: { state: 'pending' },
      source: { state: 'active' },
    });
  });

  it('shows in no list, count, search or question', async () => {
    const { __schema } = (await cells.ask('{ __schema { queryType { fields { name args { name } } } } }')).data;
    const lists = __schema.queryType.fields.flatMap((field: { name: string; args: ReadonlyArray<{ name: string }> }) =>
      field.args.some(({ name }) => name === 'orderBy') ? [field.name] : [],
    );
    expect(lists.length).toBeGreaterThan(20);
    for (let at = 0; at < lists.length; at += 10) {
      const some: string[] = lists.slice(at, at + 10);
      const roots = some.map(
        (name) => `${name}(filter: { scope: { eq: "tenant:globex" } }) { totalCount nodes { id } }`,
      );
      const { data, errors } = await cells.ask(`{ ${roots.join(' ')} }`);
      expect(errors).toEqual([]);
      expect(data).toEqual(Object.fromEntries(some.map((name) => [name, { totalCount: 0, nodes: [] }])));
    }
    const asked = await cells.ask(
      `{ searchKnowledge(input: { text: "when does the ${SECRET} open" }) { hits { score } } }`,
    );
    expect(asked.text).not.toContain(cells.foreign.chunk);
    expect(asked.text).not.toContain(cells.foreign.knowledge);
  });
});

describe('a signed token of an identity provider', { timeout: 120_000 }, () => {
  const claims = { sub: 'ada', name: 'Ada', kaze_role: 'support', kaze_tenant: 'acme' };

  it('acts as a person of its client, and reaches no other', async () => {
    const token = await issuer.token(claims);
    const { data } = await cells.ask('{ me { name role tenant } }', {}, token);
    expect(data.me).toEqual({ name: 'Ada', role: 'operator', tenant: 'acme' });
    const theirs = await cells.ask('query($id: ID!) { node(id: $id) { id } }', { id: cells.foreign.task }, token);
    expect(theirs.data).toEqual({ node: null });
    const own = await cells.ask('{ verticals { totalCount } }', {}, token);
    expect(own.data.verticals.totalCount).toBeGreaterThan(0);
  });

  it('is refused for another audience, without a role, and with a key that is not the issuer’s', async () => {
    const stranger = await IdentityProvider.start();
    try {
      for (const token of [
        await issuer.token({ ...claims, aud: 'another' }),
        await issuer.token({ ...claims, kaze_role: 'visitor' }),
        await stranger.token({ ...claims, iss: issuer.issuer }),
      ]) {
        const { status, data, errors } = await cells.ask('{ me { name } }', {}, token);
        expect([status, data?.me ?? null]).toEqual([expect.toSatisfy((code) => code === 401 || code === 403), null]);
        expect(errors[0]!.extensions.code).toMatch(/^KAZE_AUTH_/);
      }
    } finally {
      await stranger.stop();
    }
  });
});

describe('what a client takes in', { timeout: 120_000 }, () => {
  it('changes nothing of a vertical, whatever the file, its name, its root or the option say', async () => {
    const shared = async () => {
      const roots = ['knowledgeItems', 'sources', 'chunks', 'entities', 'skills', 'skillVersions', 'proposals'].map(
        (name) => `${name}(filter: { scope: { startsWith: "vertical:" } }) { totalCount }`,
      );
      const { data, errors } = await cells.ask(`{ ${roots.join(' ')} }`, {}, cells.cell.token);
      expect(errors).toEqual([]);
      return data;
    };
    const before = await shared();
    const front =
      '---\nscope: vertical:seo\nvertical: seo\npath: seo/practices/x\n---\n# Practice\n\nZebras are blue.\n';
    const ingest = 'mutation($i: IngestSourceInput!) { ingestSource(input: $i) { source { scope state } } }';
    for (const more of [
      { vertical: 'seo' },
      { vertical: 'seo', root: 'vertical:seo', name: 'vertical:seo/practice.md' },
      { name: '../../agents/verticals/seo/knowledge/x.yaml.md' },
    ]) {
      const { data, errors } = await cells.ask(ingest, {
        i: { tenant: 'acme', upload: await cells.upload('x.md', front), ...more },
      });
      for (const { extensions } of errors) expect(extensions.code).toMatch(/^KAZE_(INGESTION|API)_/);
      if (data?.ingestSource) expect(data.ingestSource.source.scope).toBe('tenant:acme');
    }
    for (const [tenant, code] of [
      ['vertical:seo', 'KAZE_API_INPUT'],
      ['../seo', 'KAZE_API_INPUT'],
    ]) {
      const { errors } = await cells.ask(ingest, { i: { tenant, upload: await cells.upload('x.md', front) } });
      expect(errors[0]?.extensions.code).toBe(code);
    }
    expect(await shared()).toEqual(before);
  });
});
