import { readFileSync } from 'node:fs';

// Not an import: Node 20 warns about imported JSON.
const packageFile = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

/** Version of this Kaze. */
export const VERSION = (JSON.parse(packageFile) as { version: string }).version;
