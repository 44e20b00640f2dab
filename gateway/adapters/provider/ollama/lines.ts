/**
 * The body of a streamed answer, one JSON value a line. A line that is none fails the stream, behind the good ones: the
 * SDK would print it and go on as if it had not been there.
 */
export function checkedLines(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const lines = linesOf(body);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await lines.next();
        if (done) return controller.close();
        controller.enqueue(encoder.encode(`${value}\n`));
      },
      async cancel(reason) {
        await lines.return(undefined);
        await body.cancel(reason).catch(() => {});
      },
    },
    // Nothing is read ahead, so that an error does not overtake what came before it.
    { highWaterMark: 0 },
  );
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = done ? '' : (lines.pop() ?? '');
      for (const line of lines.filter((one) => one.trim() !== '')) {
        JSON.parse(line);
        yield line;
      }
      if (done) return undefined;
    }
  } finally {
    reader.releaseLock();
  }
}
