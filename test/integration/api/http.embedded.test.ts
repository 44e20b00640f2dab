import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postGraphql, startTestCell, type TestCell, TOKENS } from './cell.ts';

let cell: TestCell;

beforeAll(async () => {
  cell = await startTestCell({ options: { uploadMaxBytes: 50_000 } });
});
afterAll(() => cell?.close());

const bearer = (token: string = TOKENS.acme) => ({ authorization: `Bearer ${token}` });
const json = { 'content-type': 'application/json' };
const body = JSON.stringify({ query: '{ __typename }' });

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(`${cell.url}${path}`, init);
  const text = await response.text();
  let parsed: { errors?: Array<{ message: string; extensions: { code: string } }> } & Record<string, unknown> = {};
  if (response.headers.get('content-type')?.includes('json')) parsed = JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: parsed,
    code: parsed.errors?.[0]?.extensions?.code,
  };
}

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({
    url: () => `${cell.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...bearer() } }),
  });
  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn();
    expect(result.status, JSON.stringify(result)).not.toBe('error');
  });
});

describe('a token', () => {
  it.each([
    ['missing', {}],
    ['unknown', bearer('kaze_unknown')],
    ['in another scheme', { authorization: 'Basic YTpi' }],
    ['empty', { authorization: 'Bearer ' }],
    ['with forbidden characters', { authorization: 'Bearer a b' }],
  ])('that is %s is refused with 401 and how to authenticate', async (_what, headers: Record<string, string>) => {
    const answer = await call('/graphql', { method: 'POST', headers: { ...json, ...headers }, body });
    expect(answer).toMatchObject({ status: 401, code: 'KAZE_API_UNAUTHENTICATED' });
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('that is revoked is refused from then on, with the same words as an unknown one', async () => {
    expect((await cell.graphql('{ me { id } }', { token: TOKENS.viewer })).status).toBe(200);
    cell.revoke(TOKENS.viewer);
    const revoked = await cell.graphql('{ me { id } }', { token: TOKENS.viewer });
    const unknown = await cell.graphql('{ me { id } }', { token: 'kaze_unknown_token' });
    expect(revoked.status).toBe(401);
    expect(revoked.text).toBe(unknown.text);
  });
});

describe('addresses', () => {
  it.each([
    ['GET', '/nothing', 404, 'KAZE_API_ROUTE'],
    ['GET', '/playground/x/y.js', 404, 'KAZE_API_ROUTE'],
    ['DELETE', '/graphql', 405, 'KAZE_API_METHOD'],
    ['POST', '/uploads', 405, 'KAZE_API_METHOD'],
    ['POST', '/healthz', 405, 'KAZE_API_METHOD'],
  ])('%s %s is answered with %i as JSON', async (method, path, status, code) => {
    const answer = await call(path, { method, headers: bearer() });
    expect(answer).toMatchObject({ status, code });
    if (status === 405) expect(answer.headers.get('allow')).toBeTruthy();
  });

  it('take JSON only, and say so', async () => {
    const answer = await call('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'text/csv', ...bearer() },
      body: 'a,b',
    });
    expect(answer).toMatchObject({ status: 415, code: 'KAZE_API_MEDIA_TYPE' });
    const broken = await call('/graphql', { method: 'POST', headers: { ...json, ...bearer() }, body: '{"query":' });
    expect(broken).toMatchObject({ status: 400, code: 'KAZE_API_BAD_REQUEST' });
  });
});

describe('health', () => {
  it('is told apart from readiness, which gives reasons', async () => {
    expect(await call('/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await call('/readyz')).toMatchObject({ status: 200, json: { ready: true } });
    cell.ready = { ready: false, reasons: ['the graph does not answer'] };
    expect(await call('/readyz')).toMatchObject({
      status: 503,
      json: { ready: false, reasons: ['the graph does not answer'] },
    });
    cell.ready = { ready: true, reasons: [] };
  });

  it('metrics are open to this machine and need a token through a proxy', async () => {
    await cell.graphql('{ agents { totalCount } }');
    const open = await call('/metrics');
    expect(open.status).toBe(200);
    expect(open.text).toMatch(/kaze_api_operations_total\{operation="query",result="ok"\} \d+/);
    expect((await call('/metrics', { headers: { 'x-forwarded-for': '10.0.0.1' } })).status).toBe(401);
    expect((await call('/metrics', { headers: bearer('wrong') })).status).toBe(401);
    expect((await call('/metrics', { headers: { 'x-forwarded-for': '10.0.0.1', ...bearer() } })).status).toBe(200);
  });
});

describe('persisted queries', () => {
  it('are known by hash after the first time', async () => {
    const query = '{ agents { totalCount } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    const ask = (payload: object) =>
      call('/graphql', {
        method: 'POST',
        headers: { ...json, ...bearer() },
        body: JSON.stringify({ extensions, ...payload }),
      });
    expect((await ask({})).code).toBe('PERSISTED_QUERY_NOT_FOUND');
    expect((await ask({ query })).json).toMatchObject({ data: { agents: { totalCount: 1 } } });
    expect((await ask({})).json).toMatchObject({ data: { agents: { totalCount: 1 } } });
  });
});

describe('the rate of a token', () => {
  it('is limited with the time to wait, and another token is not affected', async () => {
    const busy = await startTestCell({ tasks: 1, options: { ratePerSecond: 1, rateBurst: 3 } });
    try {
      const answers = await Promise.all(Array.from({ length: 6 }, () => busy.graphql('{ __typename }')));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
      const refused = answers.find(({ status }) => status === 429)!;
      expect(refused.errors![0]!.extensions).toMatchObject({ code: 'KAZE_API_RATE', retryable: true });
      expect((await postGraphql(busy.url, '{ __typename }', { token: TOKENS.admin })).status).toBe(200);
    } finally {
      await busy.close();
    }
  });
});

describe('uploads', () => {
  const put = (
    content: NonNullable<RequestInit['body']>,
    headers: Record<string, string> = bearer(),
    name = 'queries.csv',
  ) =>
    call(`/uploads?name=${encodeURIComponent(name)}`, {
      method: 'PUT',
      headers: { 'content-type': 'text/csv', ...headers },
      body: content,
      ...(content instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit);
  const submit = (upload: string, token: string = TOKENS.acme) =>
    cell.graphql(
      'mutation($u: ID!) { submitTask(input: { agent: "a", skill: "s", tenant: "acme", files: [{ input: "rows", upload: $u }] }) { task { inputs } } }',
      { token, variables: { u: upload } },
    );

  it('are streamed in, hashed, and used by id', async () => {
    const made = await put('a,b\n1,2\n');
    expect(made).toMatchObject({ status: 201, json: { bytes: 8, name: 'queries.csv' } });
    expect(made.json.sha256).toBe(createHash('sha256').update('a,b\n1,2\n').digest('hex'));
    const used = await submit(String(made.json.id));
    expect(used.errors).toBeUndefined();
    expect(used.data.submitTask.task.inputs).toEqual({ rows: 'a,b\n1,2\n' });
  });

  it('are good for their owner only, and for its client', async () => {
    const { json: made } = await put('secret');
    for (const token of [TOKENS.admin, TOKENS.globex]) {
      const { errors } = await submit(String(made.id), token);
      expect(['KAZE_API_UPLOAD_UNKNOWN', 'KAZE_API_FORBIDDEN']).toContain(errors![0]!.extensions.code);
    }
    expect((await submit('../../../etc/passwd')).errors![0]!.extensions.code).toBe('KAZE_API_UPLOAD_UNKNOWN');
    expect((await submit('0'.repeat(32))).errors![0]!.extensions.code).toBe('KAZE_API_UPLOAD_UNKNOWN');
  });

  it('need a token before a byte is read', async () => {
    expect(await put('x', {})).toMatchObject({ status: 401, code: 'KAZE_API_UNAUTHENTICATED' });
  });

  it('above the limit are refused while they stream, and nothing is kept', async () => {
    const stream = Readable.toWeb(
      Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(10_000))),
    ) as ReadableStream;
    const answer = await put(stream).catch((error: Error) => error);
    if (!(answer instanceof Error)) {
      expect(answer).toMatchObject({ status: 413, code: 'KAZE_API_UPLOAD_TOO_LARGE' });
    }
    expect((await put('still works')).status).toBe(201);
  });
});

describe('a shutdown', () => {
  it('lets running requests end and takes no new ones', async () => {
    let release: (() => void) | undefined;
    let entered: (() => void) | undefined;
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const busy = await startTestCell({
      tasks: 1,
      services: {
        cell: {
          info: async () => {
            entered!();
            await gate;
            return { name: 'test', version: '1', startedAt: 1 };
          },
          doctor: async () => [],
        },
      },
    });
    const running = busy.graphql('{ cellInfo { name } }');
    await inside;
    const closed = busy.api.close();
    await expect(fetch(`${busy.url}/healthz`)).rejects.toThrow();
    release!();
    expect((await running).data).toEqual({ cellInfo: { name: 'test' } });
    await closed;
    await busy.close();
  });
});
