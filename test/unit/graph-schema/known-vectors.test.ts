import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeKnownVectors, withKnownVectors } from '#graph-schema/adapters/embedder/known';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import type { Embedder } from '../../../graph-schema/ports/embedder.ts';

const TEXTS = ['Refunds are paid within two weeks.', 'The office is closed on public holidays.'];

/** An embedder that tells what it was asked. */
function counting(): Embedder & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    ...{ model: 'counting@1', dimensions: 2, languages: ['en'], asked },
    embed: async (texts) => {
      asked.push(...texts);
      return texts.map((text) => Float32Array.from([text.length, -1]));
    },
    close: async () => {},
  };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kaze-known-vectors-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, bytes: string | Buffer): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const entry = (text: string) => ({ text, vector: Float32Array.from([0.6, -0.8]) });

describe('an embedder with vectors that are known beforehand', () => {
  it('asks for the others only, and gives all in the order of the texts', async () => {
    const inner = counting();
    const file = write('a.bin', encodeKnownVectors({ model: 'counting@1', dimensions: 2, entries: [entry('known')] }));
    const embedder = await withKnownVectors(inner, file);
    const vectors = await embedder.embed(['one', 'known', 'three', 'known']);
    expect(inner.asked).toEqual(['one', 'three']);
    expect(vectors.map((vector) => Math.round(vector[0]! * 10) / 10)).toEqual([3, 0.6, 5, 0.6]);
    expect(vectors[1]![1]).toBeCloseTo(-0.8, 4);
    vectors[1]!.fill(0);
    expect((await embedder.embed(['known']))[0]![0]).toBeCloseTo(0.6, 4);
  });

  it('leaves aside what another model made', async () => {
    const inner = counting();
    const file = write('b.bin', encodeKnownVectors({ model: 'counting@2', dimensions: 2, entries: [entry('known')] }));
    await (await withKnownVectors(inner, file)).embed(['known']);
    expect(inner.asked).toEqual(['known']);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['without its header', (bytes: Buffer) => bytes.subarray(10)],
    ['empty', () => Buffer.alloc(0)],
  ])('refuses a file that is %s, and says how to make it again', async (name, damage) => {
    const whole = encodeKnownVectors({ model: 'counting@1', dimensions: 2, entries: [entry('known')] });
    const file = write(name, damage(whole));
    await expect(withKnownVectors(counting(), file)).rejects.toMatchObject({
      code: 'KAZE_EMBEDDER_FAILED',
      message: expect.stringContaining('npm run vectors'),
    });
  });
});

describe('vectors kept in a file', () => {
  it('are those of the model itself', async () => {
    const inner = createUseLiteEmbedder();
    const { model, dimensions } = inner;
    const made = await inner.embed(TEXTS);
    const entries = TEXTS.map((text, at) => ({ text, vector: made[at]! }));
    const file = write('use.bin', encodeKnownVectors({ model, dimensions, entries }));
    expect(readFileSync(file).subarray(0, 1).toString()).toBe('{');
    const embedder = await withKnownVectors(inner, file);
    const kept = await embedder.embed(TEXTS);
    const furthest = made.map((vector, at) => Math.max(...vector.map((value, i) => Math.abs(value - kept[at]![i]!))));
    expect(Math.max(...furthest)).toBeLessThan(1e-4);
    await embedder.close();
    await expect(embedder.embed(['anything'])).rejects.toMatchObject({ code: 'KAZE_EMBEDDER_FAILED' });
  });
});
