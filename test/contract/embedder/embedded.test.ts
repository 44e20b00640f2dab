import { expect, it } from 'vitest';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import { embedderContract } from './suite.ts';

embedderContract('use-lite', () => createUseLiteEmbedder());

it('refuses more texts than may wait, retryable, and takes them once there is room', async () => {
  const embedder = createUseLiteEmbedder({ maxWaiting: 10 });
  const first = embedder.embed(Array.from({ length: 8 }, (_, i) => `text ${i}`));
  await expect(embedder.embed(['a', 'b', 'c'])).rejects.toMatchObject({
    code: 'KAZE_EMBEDDER_FAILED',
    retryable: true,
  });
  await first;
  expect(await embedder.embed(['a', 'b', 'c'])).toHaveLength(3);
  await embedder.close();
});
