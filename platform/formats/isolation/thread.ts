/** The working thread of the parser process: parses one document at a time and knows nothing else. */
import { parentPort } from 'node:worker_threads';
import { isKazeError } from '../../errors.ts';
import { readHtmlBlocks } from '../html-blocks.ts';
import { readPdfBlocks } from '../pdf-blocks.ts';
import type { ParseFailure, ParseReply, ParseRequest } from './protocol.ts';

const port = parentPort!;

port.on('message', async (request: ParseRequest) => {
  const { id, limits } = request;
  let reply: ParseReply;
  try {
    const document =
      request.kind === 'pdf'
        ? await readPdfBlocks(request.bytes, { ...limits, layout: request.layout })
        : readHtmlBlocks(request.text, limits);
    reply = { id, ok: true, json: JSON.stringify(document) };
  } catch (error) {
    reply = { id, ok: false, failure: describeFailure(error) };
  }
  port.postMessage(reply);
});

function describeFailure(error: unknown): ParseFailure {
  if (isKazeError(error)) {
    const fields = Object.fromEntries(Object.entries(error.fields).filter(([, value]) => value !== undefined));
    return {
      kind: 'coded',
      code: error.code,
      message: error.message,
      fields: fields as Record<string, string | number>,
    };
  }
  if (error instanceof RangeError && /allocation|array length|string length/i.test(error.message))
    return { kind: 'memory' };
  return { kind: 'crash', message: error instanceof Error ? error.message : String(error) };
}
