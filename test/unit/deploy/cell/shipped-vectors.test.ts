import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { searchedTexts } from '../../../../deploy/cell/searched-texts.ts';
import { SHIPPED_VECTORS, VERTICALS } from '../../../../deploy/cell/shipped.ts';
import { decodeKnownVectors } from '../../../../graph-schema/adapters/embedder/known/format.ts';

it('ships a vector of every text that a fresh cell searches, and of no other (npm run vectors writes them)', async () => {
  const texts = await searchedTexts(VERTICALS);
  const known = decodeKnownVectors(readFileSync(SHIPPED_VECTORS), SHIPPED_VECTORS);
  const without = texts.filter((text) => !known.find(text));
  expect(without.map((text) => text.slice(0, 60))).toEqual([]);
  expect(known.count).toBe(texts.length);
});
