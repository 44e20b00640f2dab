import { fileURLToPath } from 'node:url';

/** The verticals that come with Kaze: agents, skills and knowledge. */
export const VERTICALS = fileURLToPath(new URL('../../agents/verticals/', import.meta.url));

/** Vectors of all that is searched for in them; `npm run vectors` makes the file. */
export const SHIPPED_VECTORS = `${VERTICALS}vectors.bin`;
