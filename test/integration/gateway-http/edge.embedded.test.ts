import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { ADMINISTRATOR, completion, forever, post, says, serve } from './setup.ts';

const CHAT = '/v1/chat/completions';
const ASK = { model: 'actor', messages: [{ role: 'user', content: 'x' }] };
const MIB = 2 ** 20;

it('refuses a body of 100 MiB before it is parsed, and its sender reads why', async () => {
  const served = await serve();
  const declared = await post(served, CHAT, Buffer.alloc(100 * MIB, 32).toString());
  expect(declared.status).toBe(413);
  expect(await declared.json()).toMatchObject({ error: { code: 'KAZE_GATEWAY_BODY_TOO_LARGE' } });
  async function* endless() {
    for (let sent = 0; sent < 100; sent += 1) yield Buffer.alloc(MIB, 32);
  }
  const chunked = await fetch(served.url + CHAT, {
    method: 'POST',
    body: ReadableStream.from(endless()),
    headers: { authorization: `Bearer ${served.secret}` },
    duplex: 'half',
  } as RequestInit);
  expect(chunked.status).toBe(413);
  expect(served.provider.calls).toHaveLength(0);
  expect((await post(served, CHAT, ASK)).status).toBe(200);
});

it('tells a caller who waits for leave to send that its body is too large', async () => {
  const served = await serve({ bodyMaxBytes: 1_000 });
  const headers = { authorization: `Bearer ${served.secret}`, expect: '100-continue', 'content-length': 2_000 };
  const asking = request(served.url + CHAT, { method: 'POST', headers });
  asking.flushHeaders();
  const [response] = await once(asking, 'response');
  expect(response.statusCode).toBe(413);
  asking.destroy();
});

it.each([
  ['nothing', '', 400],
  ['no JSON', '{"model":', 400],
  ['a list', '[]', 400],
  ['a word', '"hello"', 400],
  ['null', 'null', 400],
  ['an empty object', '{}', 400],
  ['an unknown model', JSON.stringify({ ...ASK, model: 'nobody' }), 404],
  ['no messages', JSON.stringify({ ...ASK, messages: [] }), 400],
  [
    'arguments that are no JSON',
    JSON.stringify({
      ...ASK,
      messages: [
        { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{' } }] },
      ],
    }),
    400,
  ],
  [
    'a result of no call',
    JSON.stringify({ ...ASK, messages: [{ role: 'tool', tool_call_id: 'a', content: 'x' }] }),
    400,
  ],
  [
    'a schema without a bottom',
    `{"model":"actor","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}}]}`,
    400,
  ],
])('answers %s with a code, and no model is asked', async (_, body, status) => {
  const served = await serve();
  for (const path of [CHAT, '/v1/messages', '/v1/embeddings']) {
    const answer = await post(served, path, body);
    const { error } = (await answer.json()) as { error: { code: string; message: string } };
    expect(error.code, path).toMatch(/^KAZE_/);
    if (path === CHAT) expect(answer.status).toBe(status);
    else expect(answer.status).toBeLessThan(500);
  }
  expect(served.provider.calls).toHaveLength(0);
});

it('asks for a key, in the caller’s shape, before it reads a body', async () => {
  const served = await serve();
  const bare = await fetch(served.url + CHAT, { method: 'POST', body: 'x' });
  expect([bare.status, bare.headers.get('www-authenticate'), bare.headers.get('x-should-retry')]).toEqual([
    401,
    'Bearer realm="kaze"',
    'false',
  ]);
  expect(await bare.json()).toMatchObject({
    error: { code: 'KAZE_GATEWAY_KEY_MISSING', type: 'authentication_error' },
  });
  const anthropic = await fetch(`${served.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'sk-ant-xyz' },
  });
  expect(await anthropic.json()).toMatchObject({
    type: 'error',
    error: { type: 'authentication_error', code: 'KAZE_GATEWAY_KEY_REFUSED' },
  });
});

it('takes a key no more once it is revoked or over, and an agent’s key for no other agent', async () => {
  const served = await serve();
  const { secret, id } = await served.newKey();
  expect((await post({ ...served, secret }, CHAT, ASK)).status).toBe(200);
  const revoked = await fetch(`${served.url}/kaze/keys/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${ADMINISTRATOR}` },
  });
  expect(await revoked.json()).toMatchObject({ key: { id, revokedAt: expect.any(Number) } });
  expect((await post({ ...served, secret }, CHAT, ASK)).status).toBe(401);
  const short = await served.newKey({ expiresAt: Date.now() + 40 });
  await expect.poll(async () => (await post({ ...served, secret: short.secret }, CHAT, ASK)).status).toBe(401);
  const other = await post(served, CHAT, ASK, { headers: { 'x-kaze-agent': 'sales' } });
  expect(other.status).toBe(403);
  const free = await served.newKey({ agent: null });
  await post({ ...served, secret: free.secret }, CHAT, ASK, { headers: { 'x-kaze-agent': 'sales' } });
  expect(served.rows.at(-1)).toMatchObject({ agent: 'sales', virtualKeyId: free.id });
  expect((await post(served, CHAT, ASK, { headers: { 'x-kaze-task': 'a\tb' } })).status).toBe(400);
});

it('takes a key no more within a moment of its revocation by another process, whether it is busy or was not used', async () => {
  const served = await serve({ keyCacheMs: 200 });
  const busy = await served.newKey();
  const quiet = await served.newKey();
  const status = async (secret: string) => (await post({ ...served, secret }, CHAT, ASK)).status;
  expect([await status(busy.secret), await status(quiet.secret)]).toEqual([200, 200]);
  for (const { id } of [busy, quiet]) await served.keys.revoke(id, Date.now());
  const since = performance.now();
  while (performance.now() - since < 250) await status(busy.secret);
  expect([await status(busy.secret), await status(quiet.secret)]).toEqual([401, 401]);
});

it('keeps keys over HTTP for the administrator alone, and shows each once', async () => {
  const served = await serve();
  const keys = (more: RequestInit, token = ADMINISTRATOR) =>
    fetch(`${served.url}/kaze/keys`, { ...more, headers: { authorization: `Bearer ${token}` } });
  const made = await keys({
    method: 'POST',
    body: JSON.stringify({ name: 'ci', tenant: 'acme', models: ['offline/*'] }),
  });
  const { secret, key } = (await made.json()) as { secret: string; key: { id: string } };
  expect(secret).toMatch(/^kz-[\w-]{43}$/);
  expect((await post({ ...served, secret }, CHAT, { ...ASK, model: 'offline/extractive' })).status).toBe(200);
  const listed = await (await keys({})).text();
  expect(listed).toContain(key.id);
  expect(listed).not.toContain(secret);
  expect((await keys({}, served.secret)).status).toBe(401);
  expect((await keys({ method: 'POST', body: '{"name":"x","tenant":"Not A Name"}' })).status).toBe(400);
});

it('answers 404 and 405 with a code, and what is no HTTP with 400', async () => {
  const served = await serve();
  expect((await fetch(`${served.url}/v2/x`)).status).toBe(404);
  const wrong = await fetch(served.url + CHAT);
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
  socket.write('nonsense\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400/);
});

it('says that it lives, that it is ready, and what it counted', async () => {
  const served = await serve();
  await post(served, CHAT, ASK);
  expect(await (await fetch(`${served.url}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${served.url}/readyz`)).json()).toEqual({ ready: true, reasons: [] });
  const counted = async () => (await fetch(`${served.url}/metrics`)).text();
  await expect.poll(counted).toContain(`kaze_gateway_requests_total{route="${CHAT}",status="200"} 1`);
});

it.each([
  ['before the first token', false, 0],
  ['at the first token of a stream', true, 1],
  ['in the middle of a stream', true, 2],
])('stops the provider when the caller leaves %s, with one row', async (_, stream, after) => {
  const served = await serve();
  served.provider.play = async function* (_call, signal) {
    for (let index = 0; index < after; index += 1) yield { type: 'text', text: 'word ' };
    await forever(signal);
  };
  const leaving = new AbortController();
  const asked = post(served, CHAT, { ...ASK, stream }, { signal: leaving.signal }).catch(() => undefined);
  await expect.poll(() => served.provider.calls.length).toBe(1);
  if (after > 0) {
    const reader = (await asked)!.body!.getReader();
    let text = '';
    while (text.split('word ').length <= after) text += new TextDecoder().decode((await reader.read()).value);
  }
  leaving.abort();
  await expect.poll(() => served.provider.aborted).toBe(1);
  await expect.poll(() => served.rows.length).toBe(1);
  expect(served.rows).toMatchObject([{ outcome: 'cancelled', errorCode: 'KAZE_MODEL_CANCELLED' }]);
});

it('shows a defect of its own as a reference, and logs nothing of what was said', async () => {
  const served = await serve({
    gateway: {
      complete: async () => {
        throw new TypeError('cannot read "my secret words"');
      },
    },
  });
  const answer = await post(served, CHAT, ASK);
  const text = await answer.text();
  expect([answer.status, text.includes(answer.headers.get('x-request-id')!)]).toEqual([500, true]);
  expect(text + served.logged.join()).not.toContain('secret words');
  expect(served.logged).toHaveLength(1);
});

it('lets calls under way end when it is closed, and takes no more', async () => {
  const served = await serve();
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  served.provider.play = async function* () {
    await gate;
    yield { type: 'finish', completion: completion({ text: 'late' }) };
  };
  const asked = post(served, CHAT, ASK);
  await expect.poll(() => served.provider.calls.length).toBe(1);
  const closed = served.close();
  await expect(post(served, CHAT, ASK)).rejects.toThrow();
  go();
  expect((await asked).status).toBe(200);
  await closed;
});

it('gives up calls that do not end in time when it is closed', async () => {
  const served = await serve({ drainMs: 30 });
  served.provider.play = async function* (_call, signal) {
    await forever(signal);
    yield* says('never');
  };
  const asked = post(served, CHAT, ASK);
  await expect.poll(() => served.provider.calls.length).toBe(1);
  await served.close();
  const told = await asked;
  expect([told.status, told.headers.get('connection')]).toEqual([503, 'close']);
  expect(await told.json()).toMatchObject({ error: { code: 'KAZE_GATEWAY_STOPPING' } });
  expect(served.rows).toMatchObject([{ outcome: 'cancelled' }]);
});
