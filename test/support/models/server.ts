/** A server that speaks one vendor's wire protocol: checks requests as the vendor does, answers scenes, and breaks. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, Scene, Wire, WireReply, WireRequest } from './scene.ts';

/** What happens to the next request that asks for an answer. */
export type Script =
  | { readonly kind: 'scene'; readonly scene: Scene }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly headers?: Readonly<Record<string, string>> }
  /** Takes the request and says nothing. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'not-json' }
  /** Streams so many pieces, then: ends as if all was said, cuts the connection, stalls, says garbage, or an error. */
  | {
      readonly kind: 'broken-stream';
      readonly scene: Scene;
      readonly after: number;
      readonly ends: 'end' | 'cut' | 'stall' | 'garbage' | 'error';
    };

export interface Seen extends WireRequest {
  /** `performance.now()` when the client closed the connection before the answer was whole. */
  closedAtMs: number | null;
}

export interface ModelServer {
  readonly url: string;
  readonly wire: Wire;
  /** Requests for an answer, in order; counts, lists and embeddings are not among them. */
  readonly seen: readonly Seen[];
  /** In the order in which requests come; without any the answer is `hello`. */
  next(...scripts: Script[]): void;
  close(): Promise<void>;
}

export async function startModelServer(wire: Wire): Promise<ModelServer> {
  const scripts: Script[] = [];
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const request: Seen = {
      method: incoming.method ?? 'GET',
      path: incoming.url ?? '/',
      headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
      body: text === '' ? {} : JSON.parse(text),
      closedAtMs: null,
    };
    const listed = wire.refuse(request) === undefined ? wire.other(request) : undefined;
    if (listed) {
      send(response, listed);
      return;
    }
    seen.push(request);
    response.on('close', () => {
      if (!response.writableFinished) request.closedAtMs = performance.now();
    });
    const refused = wire.refuse(request);
    if (refused) {
      send(response, refused);
      return;
    }
    play(scripts.shift() ?? { kind: 'scene', scene: { text: ['hello'] } }, request, response);
  }

  function play(script: Script, request: Seen, response: ServerResponse): void {
    switch (script.kind) {
      case 'scene':
        if (!wire.wantsStream(request)) {
          send(response, wire.whole(script.scene, request));
          return;
        }
        begin(response);
        for (const frame of wire.frames(script.scene, request)) response.write(frame);
        response.end();
        return;
      case 'fault': {
        const reply = wire.fault(script.fault);
        // A refusal that comes as a success (Google's) is streamed where a stream was asked for.
        if (reply.status === 200 && wire.wantsStream(request)) {
          begin(response);
          response.end(`data: ${reply.body}\r\n\r\n`);
          return;
        }
        send(response, { ...reply, headers: { ...reply.headers, ...script.headers } });
        return;
      }
      case 'silent':
        return;
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'not-json':
        send(response, { status: 200, headers: { 'content-type': 'application/json' }, body: '<html>oops' });
        return;
      case 'broken-stream': {
        begin(response);
        for (const frame of wire.frames(script.scene, request).slice(0, script.after)) response.write(frame);
        if (script.ends === 'end') response.end();
        // Let what was written arrive before the connection goes.
        if (script.ends === 'cut') setImmediate(() => setTimeout(() => response.destroy(), 20));
        if (script.ends === 'garbage')
          response.end(wire.streamType.includes('ndjson') ? '{"garbled\n' : 'data: {"garbled\n\n');
        if (script.ends === 'error') response.end(wire.errorFrame());
      }
    }
  }

  function begin(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': wire.streamType });
  }

  function send(response: ServerResponse, { status, headers, body }: WireReply): void {
    response.writeHead(status, headers).end(body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${wire.basePath}`,
    wire,
    seen,
    next: (...more) => void scripts.push(...more),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
