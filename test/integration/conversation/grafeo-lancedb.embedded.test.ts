import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { createGrafeoEngine } from '#graph-schema/adapters/graph-engine/grafeo';
import { createLanceSearchIndex } from '#graph-schema/adapters/search-index/lancedb';
import { silentLogger, systemClock } from '#platform';
import { conversationSuite } from './suite.ts';

describe('conversations on Grafeo and LanceDB', () => {
  conversationSuite(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kaze-conversation-'));
    return {
      engine: await createGrafeoEngine({ memory: true, logger: silentLogger, clock: systemClock }),
      openIndex: (dimensions) => createLanceSearchIndex({ folder: join(folder, 'index'), dimensions }),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  });
});
