import { formatErrors } from './errors.ts';

/** The first bytes of a stream, and the whole stream again. */
export async function peekBytes(
  bytes: AsyncIterable<Uint8Array>,
  wanted: number,
): Promise<{ head: Uint8Array; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  while (length < wanted) {
    const next = await iterator.next();
    if (next.done) break;
    taken.push(next.value);
    length += next.value.length;
  }
  return { head: Buffer.concat(taken), bytes: resume(taken, iterator) };
}

async function* resume(taken: Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let chunk = taken.shift(); chunk; chunk = taken.shift()) yield chunk;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    // Closes the file or connection behind it when a reader stops early.
    await iterator.return?.();
  }
}

/** Passes bytes through and ends with KAZE_FORMAT_LIMIT once there are more than allowed. */
export async function* limitBytes(
  bytes: AsyncIterable<Uint8Array>,
  limit: { name: string; maxBytes: number },
): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > limit.maxBytes) {
      throw formatErrors(
        'KAZE_FORMAT_LIMIT',
        `${limit.name} has more than ${limit.maxBytes} bytes, the most that is read (maxBytes); split the file or raise the limit`,
        { fields: { name: limit.name, limit: 'maxBytes', allowed: limit.maxBytes } },
      );
    }
    yield chunk;
  }
}

export async function collectBytes(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
