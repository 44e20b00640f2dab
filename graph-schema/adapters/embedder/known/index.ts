/**
 * Spares an embedder the texts whose vectors are known beforehand: those of the shipped knowledge, which every fresh
 * cell would otherwise make anew, some 15 s of one core during which people wait for their first answers.
 */
import { readFile } from 'node:fs/promises';
import type { Embedder } from '../../../ports/embedder.ts';
import { decodeKnownVectors, type KnownVectors } from './format.ts';

export { encodeKnownVectors } from './format.ts';

/**
 * `embedder` with the vectors of `file` at hand. A file of another model or size is of no use and is left aside.
 * Errors: KAZE_EMBEDDER_FAILED when the file is there and broken; those of the file system when it cannot be read.
 */
export async function withKnownVectors(embedder: Embedder, file: string): Promise<Embedder> {
  const known = decodeKnownVectors(await readFile(file), file);
  if (known.model !== embedder.model || known.dimensions !== embedder.dimensions) return embedder;
  const { model, dimensions, languages } = embedder;
  return {
    model,
    dimensions,
    languages,
    embed: (texts, signal) => embed({ embedder, known }, texts, signal),
    close: () => embedder.close(),
  };
}

async function embed(
  { embedder, known }: { embedder: Embedder; known: KnownVectors },
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Float32Array[]> {
  const found = texts.map((text) => known.find(text));
  const unknown = texts.filter((_, at) => found[at] === undefined);
  const made = (await embedder.embed(unknown, signal))[Symbol.iterator]();
  return found.map((vector) => vector ?? (made.next().value as Float32Array));
}
