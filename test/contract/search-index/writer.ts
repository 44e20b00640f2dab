/** A process that writes to a search index until it is killed, and says what was acknowledged. */
import { createLanceSearchIndex } from '#graph-schema/adapters/search-index/lancedb';
import { DIMENSIONS, FINGERPRINT, tokenOf } from './shape.ts';

const [folder, round] = process.argv.slice(2);
const index = await createLanceSearchIndex({ folder: folder!, dimensions: DIMENSIONS, unindexedRows: 5 });
if (!(await index.fingerprint())) await index.seal(FINGERPRINT);

process.on('disconnect', () => process.exit(0));
for (let i = 0; ; i += 1) {
  const id = `r${round}n${i}`;
  const text = `unique${id} passage`;
  await index.upsert([{ id, label: 'Chunk', scopeToken: tokenOf('tenant:acme'), text }]);
  const vector = Float32Array.from({ length: DIMENSIONS }, (_, at) => Math.cos(i * (at + 1)));
  await index.setVectors([{ id, model: FINGERPRINT.model, vector, text }]);
  process.send!(id);
}
