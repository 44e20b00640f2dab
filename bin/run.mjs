// Runs a module of this repository as the product runs: `node bin/run.mjs bench/gateway/kaze.ts ARGUMENTS`. For
// measurements, which a loader would falsify.
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSource } from './import-source.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [node, , file, ...rest] = process.argv;
process.argv = [node, file, ...rest];
await importSource(root, relative(root, resolve(file)).split(sep).join('/'), ['bench', 'test/support']);
