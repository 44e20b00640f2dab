/** Writes the vectors of the shipped verticals, so that no cell has to make them: npm run vectors */
import { writeFileSync } from 'node:fs';
import { encodeKnownVectors } from '#graph-schema/adapters/embedder/known';
import { createUseLiteEmbedder } from '#graph-schema/adapters/embedder/use-lite';
import { searchedTexts } from '../deploy/cell/searched-texts.ts';
import { SHIPPED_VECTORS, VERTICALS } from '../deploy/cell/shipped.ts';

const texts = await searchedTexts(VERTICALS);
const embedder = createUseLiteEmbedder();
const vectors = await embedder.embed(texts);
const { model, dimensions } = embedder;
await embedder.close();
const entries = texts.map((text, at) => ({ text, vector: vectors[at]! }));
writeFileSync(SHIPPED_VECTORS, encodeKnownVectors({ model, dimensions, entries }));
console.log(`${SHIPPED_VECTORS}: ${texts.length} texts`);
