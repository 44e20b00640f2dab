import {
  createIndexFeed,
  type Embedder,
  type GraphSchema,
  type GraphStore,
  type OutboxFeeder,
  rebuildIndex,
  type SearchFingerprint,
  type SearchIndex,
  startOutboxFeeder,
  startVectorFeed,
  type VectorFeed,
} from '#graph-schema';
import type { Clock, Logger } from '#platform';

export interface SearchUpkeepOptions {
  readonly store: GraphStore;
  readonly index: SearchIndex;
  readonly embedder: Embedder;
  readonly schema: GraphSchema;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The graph that the index must be of. */
  readonly graph: { readonly storeId: string; readonly generation: number };
}

export interface SearchUpkeep {
  readonly feeder: OutboxFeeder;
  readonly vectors: VectorFeed;
  stop(): Promise<void>;
}

/** Keeps the index equal to the graph: rebuilt when it is of another graph or model, then fed from the outbox. */
export async function startSearchUpkeep(options: SearchUpkeepOptions): Promise<SearchUpkeep> {
  const { store, index, embedder, schema, clock, logger, graph } = options;
  const wanted: SearchFingerprint = { ...graph, model: embedder.model };
  const found = await index.fingerprint();
  if (!found || !sameFingerprint(found, wanted)) {
    logger.info({ found, wanted }, 'the search index is built from the graph');
    await index.reset();
    await rebuildIndex({ store, index, schema }, (documents) => logger.debug({ documents }, 'search index'));
    await index.seal(wanted);
  }
  const vectors = startVectorFeed({ index, embedder, clock, logger });
  const deliver = createIndexFeed({ store, index, schema });
  const feeder = startOutboxFeeder({
    store,
    kind: 'index',
    clock,
    logger,
    deliver: async (entries) => {
      await deliver(entries);
      vectors.nudge();
    },
  });
  return {
    feeder,
    vectors,
    async stop() {
      await feeder.stop();
      await vectors.stop();
    },
  };
}

function sameFingerprint(a: SearchFingerprint, b: SearchFingerprint): boolean {
  return a.storeId === b.storeId && a.generation === b.generation && a.model === b.model;
}
