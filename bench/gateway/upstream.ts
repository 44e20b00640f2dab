/**
 * A model server that costs as little as it can: fixed bytes, in OpenAI's and Anthropic's shape, whole and streamed. A
 * stream whose request says `paced` begins after a while and goes on in steps, as a model does; any other comes at once.
 * Of calls that say `leaver` and a number it tells over IPC when they came and when their caller left.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANTHROPIC_EVENTS, ANTHROPIC_WHOLE, MODELS, OPENAI_EVENTS, OPENAI_WHOLE } from './answers.ts';

const FIRST_AFTER_MS = 20;
const STEP_MS = 5;
const JSON_HEAD = { 'content-type': 'application/json' };
const STREAM_HEAD = { 'content-type': 'text/event-stream; charset=utf-8' };
const STREAM = '"stream":true';
const PACED = 'paced';
/** Never answered before its caller goes. */
const HELD = 'held';
/** Answered after a while, so that many are under way at once. */
const SLOW = 'slow';
const SLOW_MS = 50;
/** Of a stream: stops after so many events and never ends. */
const STALLED = 'stalled';
const STALLED_EVENTS = 3;
const LEAVER = /leaver (\d+)/;
const held = new Set<ServerResponse>();

function whole(response: ServerResponse, bytes: Buffer): void {
  response.writeHead(200, { ...JSON_HEAD, 'content-length': bytes.length }).end(bytes);
}

function streamed(response: ServerResponse, events: readonly Buffer[], paced: boolean): void {
  response.writeHead(200, STREAM_HEAD);
  if (!paced) {
    for (const event of events) response.write(event);
    response.end();
    return;
  }
  let at = 0;
  const step = () => {
    if (response.destroyed) return;
    response.write(events[at]!);
    at += 1;
    if (at === events.length) response.end();
    else setTimeout(step, STEP_MS);
  };
  setTimeout(step, FIRST_AFTER_MS);
}

/** The first event at once, the others one after another; then nothing more. */
function stalled(response: ServerResponse, events: readonly Buffer[]): void {
  response.writeHead(200, STREAM_HEAD);
  for (let at = 0; at < STALLED_EVENTS; at++) setTimeout(() => response.write(events[at]!), at * STEP_MS);
}

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const leaver = LEAVER.exec(body)?.[1];
  if (leaver) {
    // At the end of the bench nobody listens any more.
    const tell = (word: string) => process.connected && process.send?.({ leaver: `${leaver} ${word}` }, () => {});
    tell('came');
    response.once('close', () => tell('left'));
  }
  if (body.includes(HELD)) {
    held.add(response);
    response.once('close', () => held.delete(response));
    return;
  }
  const anthropic = request.url === '/v1/messages';
  const events = anthropic ? ANTHROPIC_EVENTS : OPENAI_EVENTS;
  if (request.url === '/v1/models') whole(response, MODELS);
  else if (body.includes(STALLED)) stalled(response, events);
  else if (body.includes(SLOW)) setTimeout(() => whole(response, OPENAI_WHOLE), SLOW_MS);
  else if (!body.includes(STREAM)) whole(response, anthropic ? ANTHROPIC_WHOLE : OPENAI_WHOLE);
  else streamed(response, events, body.includes(PACED));
}

const server = createServer({ noDelay: true, keepAliveTimeout: 600_000 }, (request, response) => {
  let body = '';
  request.setEncoding('latin1');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => answer(request, response, body));
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', (word) => {
  if (word === 'count') process.send?.({ held: held.size });
  if (word !== 'release') return;
  for (const response of held) whole(response, OPENAI_WHOLE);
  held.clear();
  process.send?.({ released: true });
});
process.once('disconnect', () => process.exit(0));
