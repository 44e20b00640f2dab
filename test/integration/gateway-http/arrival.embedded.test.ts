import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { completion, forever, post, type Served, says, serve } from './setup.ts';

const CHAT = '/v1/chat/completions';
const ask = (content = 'x') => ({ model: 'actor', messages: [{ role: 'user' as const, content }] });
const LARGE = ask('x'.repeat(100_000));

/** A gate that a test opens. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

function dial(served: Served): Socket {
  const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
  socket.on('error', () => {});
  return socket;
}

/** All that the server says until it hangs up. */
async function heard(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('many large bodies', () => {
  it('are not held all at once: one that does not fit in time is told to come again, a small one passes', async () => {
    const served = await serve({ bodiesMaxBytes: 150_000, bodyWaitMs: 30 });
    const { open, opened } = gate();
    served.provider.play = async function* () {
      await opened;
      yield* says('done');
    };
    const first = post(served, CHAT, LARGE);
    await expect.poll(() => served.provider.calls.length).toBe(1);
    const second = await post(served, CHAT, LARGE);
    expect(second.status).toBe(429);
    expect([second.headers.get('retry-after'), second.headers.get('x-should-retry')]).toEqual(['1', 'true']);
    expect(await second.json()).toMatchObject({ error: { code: 'KAZE_GATEWAY_BODIES_FULL' } });
    const small = post(served, CHAT, ask());
    await expect.poll(() => served.provider.calls.length).toBe(2);
    open();
    expect([(await first).status, (await small).status]).toEqual([200, 200]);
    // What was held is free again.
    for (let times = 0; times < 3; times += 1) expect((await post(served, CHAT, LARGE)).status).toBe(200);
  });

  it('wait in line while others are under way, however many, and all pass', async () => {
    const served = await serve({ bodiesMaxBytes: 150_000, bodyWaitMs: 60_000 });
    let together = 0;
    let most = 0;
    served.provider.play = async function* () {
      together += 1;
      most = Math.max(most, together);
      await new Promise(setImmediate);
      together -= 1;
      yield* says('done');
    };
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(served, CHAT, LARGE)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    // Each takes more than half of what may be held.
    expect(most).toBe(1);
  });
});

it('gives up a body that stops coming, says so, and hangs up', async () => {
  const served = await serve({ bodyIdleMs: 40 });
  const socket = dial(served);
  const head = `POST ${CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${served.secret}\r\ncontent-length: 500\r\n\r\n`;
  socket.write(`${head}{"model":`);
  const text = await heard(socket);
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(text).toContain('KAZE_GATEWAY_BODY_SLOW');
  expect(served.provider.calls).toHaveLength(0);
  expect(served.logged).toEqual([]);
});

it('gives up a head that stops coming, and a request that drips', async () => {
  const served = await serve({ arrivalTimeoutMs: 300 });
  const silent = dial(served);
  silent.write('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-slow: ');
  const dripping = dial(served);
  const head = `POST ${CHAT} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${served.secret}\r\ncontent-length: 5000\r\n\r\n`;
  dripping.write(head);
  const drip = setInterval(() => dripping.write(' '), 20);
  const texts = await Promise.all([heard(silent), heard(dripping)]);
  clearInterval(drip);
  for (const text of texts) expect(text).toMatch(/^HTTP\/1\.1 408 /);
});

describe('a gateway that ends', () => {
  const stream = ({ url, secret }: Served) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0 }).chat.completions.create({
      ...ask(),
      stream: true,
    });

  it('lets streams under way come to their end', async () => {
    const served = await serve({ drainMs: 60_000 });
    const { open, opened } = gate();
    served.provider.play = async function* () {
      yield { type: 'text', text: 'first ' };
      await opened;
      yield { type: 'text', text: 'last' };
      yield { type: 'finish', completion: completion({ text: 'first last' }) };
    };
    let text = '';
    let finish: string | null | undefined;
    let closed: Promise<void> | undefined;
    for await (const chunk of await stream(served)) {
      text += chunk.choices[0]?.delta.content ?? '';
      finish = chunk.choices[0]?.finish_reason;
      if (text === 'first ' && !closed) {
        closed = served.close();
        open();
      }
    }
    await closed;
    expect([text, finish]).toEqual(['first last', 'stop']);
    expect(served.rows).toMatchObject([{ outcome: 'ok' }]);
  });

  it('tells streams that do not end in time why, and never as if they were whole', async () => {
    const served = await serve({ drainMs: 30 });
    served.provider.play = async function* (_call, signal) {
      yield { type: 'text', text: 'first ' };
      await forever(signal);
    };
    let text = '';
    let closed: Promise<void> | undefined;
    const read = async () => {
      for await (const chunk of await stream(served)) {
        text += chunk.choices[0]?.delta.content ?? '';
        closed ??= served.close();
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'KAZE_GATEWAY_STOPPING' });
    await closed;
    expect(text).toBe('first ');
    expect(served.provider.aborted).toBe(1);
    expect(served.rows).toMatchObject([{ outcome: 'cancelled' }]);
  });
});
