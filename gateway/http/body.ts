import type { IncomingMessage } from 'node:http';
import type { BodyPlace } from './body-room.ts';
import { httpError } from './errors.ts';
import { type Fields, isFields } from './fields.ts';
import type { IdleWatch, Watched } from './idle-watch.ts';

/** Whether the head alone already says that the body is too large. */
export function declaresTooMuch(request: IncomingMessage, maxBytes: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > maxBytes;
}

export function tooLarge(maxBytes: number): Error {
  return httpError('KAZE_GATEWAY_BODY_TOO_LARGE', `the body is larger than the ${maxBytes} bytes that are taken`, {
    fields: { allowed: maxBytes },
  });
}

/** What the body will take: as declared, else as much as it may. Errors: KAZE_GATEWAY_BODY_TOO_LARGE. */
export function expectedBytes(request: IncomingMessage, maxBytes: number): number {
  if (declaresTooMuch(request, maxBytes)) throw tooLarge(maxBytes);
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(declared) ? declared : maxBytes;
}

/**
 * All of a body, or KAZE_GATEWAY_BODY_TOO_LARGE as soon as it is known: nothing of it is parsed then. Rejects when the
 * caller leaves in the middle, and with KAZE_GATEWAY_BODY_SLOW when nothing comes for as long as `idle` allows. Its place
 * keeps no more than what came.
 */
export function readBody(
  request: IncomingMessage,
  { maxBytes, idle, place }: { readonly maxBytes: number; readonly idle: IdleWatch; readonly place?: BodyPlace },
): Promise<Buffer> {
  if (declaresTooMuch(request, maxBytes)) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let over = false;
    const end = () => {
      over = true;
      idle.leave(watched);
    };
    const giveUp = (error: Error) => {
      if (over) return;
      end();
      request.off('data', onData);
      chunks.length = 0;
      reject(error);
    };
    const slow = () =>
      giveUp(httpError('KAZE_GATEWAY_BODY_SLOW', `nothing more of the body came within ${idle.idleMs} ms`));
    const broken = () => giveUp(httpError('KAZE_GATEWAY_BODY', 'the body broke off before its end'));
    const watched: Watched = { place: -1, heardAtMs: performance.now(), tooLong: slow };
    const onData = (chunk: Buffer) => {
      watched.heardAtMs = performance.now();
      bytes += chunk.length;
      if (bytes > maxBytes) giveUp(tooLarge(maxBytes));
      else chunks.push(chunk);
    };
    idle.enter(watched);
    request.on('data', onData);
    request.on('end', () => {
      if (over) return;
      end();
      // A request closes after every call; an error costs its stack.
      request.off('close', broken);
      place?.keep(bytes);
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
    });
    request.on('error', broken);
    request.on('close', broken);
  });
}

/** Errors: KAZE_GATEWAY_BODY. Its sentence quotes nothing of the body. */
export function parseBody(body: Buffer): Fields {
  if (body.length === 0) throw httpError('KAZE_GATEWAY_BODY', 'the body is empty; send one JSON object');
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw httpError('KAZE_GATEWAY_BODY', 'the body is no JSON, or broken off; send one JSON object');
  }
  if (isFields(value)) return value;
  const kind = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  throw httpError('KAZE_GATEWAY_BODY', `the body is ${kind}; send one JSON object`);
}
