import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Embedder } from '../../../graph-schema/ports/embedder.ts';

export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}

/** What every embedder keeps, whatever model is behind it. */
export function embedderContract(name: string, create: () => Embedder): void {
  describe(`embedder ${name}`, () => {
    let embedder: Embedder;

    beforeAll(() => {
      embedder = create();
    });

    afterAll(async () => {
      await embedder.close();
    });

    it('gives one vector of unit length a text, in order, in one call or in many', async () => {
      const texts = Array.from(
        { length: 20 },
        (_, i) => `Passage number ${i} about ${i % 2 ? 'invoices' : 'holidays'}.`,
      );
      const together = await embedder.embed(texts);
      expect(together).toHaveLength(20);
      for (const vector of together) {
        expect(vector).toBeInstanceOf(Float32Array);
        expect(vector).toHaveLength(embedder.dimensions);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
      }
      for (const at of [0, 7, 19]) {
        const [alone] = await embedder.embed([texts[at]!]);
        expect(cosine(alone!, together[at]!)).toBeGreaterThan(0.999);
      }
    });

    it('puts texts that mean the same nearer to each other than to others', async () => {
      const [question, same, other] = await embedder.embed([
        'How do I get my money back?',
        'Refunds are paid to the customer within two weeks.',
        'The office is closed on public holidays.',
      ]);
      expect(cosine(question!, same!)).toBeGreaterThan(cosine(question!, other!));
    });

    it('takes no texts, empty texts, emoji, broken characters and very long texts', async () => {
      expect(await embedder.embed([])).toEqual([]);
      const vectors = await embedder.embed(['', '   ', '🎉', '\uD800', '\u0000', 'word '.repeat(40_000)]);
      expect(vectors).toHaveLength(6);
      for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 3);
    });

    it('rejects with the reason of a signal, before and during the work, and goes on with other calls', async () => {
      await expect(embedder.embed(['x'], AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
      const controller = new AbortController();
      const many = embedder.embed(
        Array.from({ length: 400 }, (_, i) => `A passage to be given up, number ${i}, with some more words in it.`),
        controller.signal,
      );
      const other = embedder.embed(['a call that stays', 'another', 'and a third']);
      controller.abort(new Error('given up'));
      await expect(many).rejects.toThrow('given up');
      expect(await other).toHaveLength(3);
    });

    it('answers a question while many passages wait', async () => {
      let done = false;
      const passages = embedder.embed(Array.from({ length: 120 }, (_, i) => `Passage ${i} about the order of things.`));
      const ended = passages.then(() => {
        done = true;
      });
      await embedder.embed(['A short question?']);
      expect(done).toBe(false);
      await ended;
    });

    it('leaves the event loop free while it works', async () => {
      const work = embedder.embed(Array.from({ length: 20 }, (_, i) => `Passage ${i} ${'of many words '.repeat(40)}`));
      let longest = 0;
      let last = performance.now();
      const timer = setInterval(() => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }, 5);
      await work;
      clearInterval(timer);
      expect(longest).toBeLessThan(250);
    });

    it('rejects what waits when it is closed, and every call after it', async () => {
      const other = create();
      const waiting = other.embed(['never answered', 'a', 'b']);
      const rejected = expect(waiting).rejects.toMatchObject({ code: 'KAZE_EMBEDDER_FAILED' });
      await other.close();
      await rejected;
      await other.close();
      await expect(other.embed(['x'])).rejects.toMatchObject({ code: 'KAZE_EMBEDDER_FAILED' });
    });
  });
}
