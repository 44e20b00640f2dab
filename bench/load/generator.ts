/**
 * Asks one address again and again over kept connections, in a process of its own, so that the server's time is not
 * shared with the client's. It reads no more of an answer than its status and where it ends: a client that parses would
 * be the slowest part of the measurement. Takes its orders and gives its times over IPC.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface LoadOrder {
  readonly port: number;
  readonly path: string;
  readonly token?: string;
  /** JSON, sent by POST. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly forMs: number;
  /** Ends earlier when so many were answered. */
  readonly requests?: number;
}

export interface LoadAnswer {
  /** One per answered request. */
  readonly timesMs: readonly number[];
  /** Until the first byte of each body: the first event of a stream. */
  readonly firstTimesMs: readonly number[];
  readonly wallMs: number;
  /** Processor time of this process in that while. */
  readonly cpuMs: number;
  /** Bytes of the last body. */
  readonly bodyBytes: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

function requestOf({ path, token, body, headers = {} }: LoadOrder): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'accept: application/json',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Resolves with the number of bytes of the body, once it is complete, and when the first of them came. */
function ask(socket: Socket, request: Buffer): Promise<{ bytes: number; firstAt: number }> {
  return new Promise((resolve, reject) => {
    let got = 0;
    let firstAt = 0;
    let expected = -1;
    let chunked = false;
    let head: Buffer | undefined;
    const end = (error?: Error) => {
      socket.off('data', onData).off('error', end).off('close', onClose);
      if (error) reject(error);
      else resolve({ bytes: got, firstAt });
    };
    const onClose = () => end(new Error('the server closed the connection'));
    const onData = (chunk: Buffer) => {
      let rest = chunk;
      if (expected < 0 && !chunked) {
        head = head ? Buffer.concat([head, chunk]) : chunk;
        const at = head.indexOf(HEAD_END);
        if (at < 0) return;
        const text = head.toString('latin1', 0, at);
        if (!text.startsWith('HTTP/1.1 200')) return end(new Error(head.toString('utf8').slice(0, 600)));
        const length = /\r\ncontent-length: *(\d+)/i.exec(text);
        if (length) expected = Number(length[1]);
        else chunked = true;
        rest = head.subarray(at + HEAD_END.length);
      }
      if (got === 0 && rest.length > 0) firstAt = performance.now();
      got += rest.length;
      if (chunked ? rest.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) : got >= expected) end();
    };
    socket.on('data', onData).on('error', end).on('close', onClose);
    socket.write(request);
  });
}

async function run(order: LoadOrder): Promise<LoadAnswer> {
  const request = requestOf(order);
  const sockets = await Promise.all(
    Array.from({ length: order.connections }, async () => {
      const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
      await once(socket, 'connect');
      return socket;
    }),
  );
  const timesMs: number[] = [];
  const firstTimesMs: number[] = [];
  const most = order.requests ?? Number.POSITIVE_INFINITY;
  let sentSoFar = 0;
  let bodyBytes = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const end = began + order.forMs;
  await Promise.all(
    sockets.map(async (socket) => {
      while (performance.now() < end && sentSoFar < most) {
        sentSoFar += 1;
        const sent = performance.now();
        const { bytes, firstAt } = await ask(socket, request);
        bodyBytes = bytes;
        firstTimesMs.push(firstAt - sent);
        timesMs.push(performance.now() - sent);
      }
    }),
  );
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  for (const socket of sockets) socket.destroy();
  return { timesMs, firstTimesMs, wallMs, cpuMs: (user + system) / 1_000, bodyBytes };
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
