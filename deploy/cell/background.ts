import { type GraphStore, type OpenedGraph, schema, startOutboxFeeder } from '#graph-schema';
import type { Clock, Logger } from '#platform';
import type { Closers } from './closers.ts';
import { startCommunities } from './communities.ts';
import type { Engines } from './engines.ts';
import { createEventFeed } from './event-feed.ts';
import { startHousekeeping } from './housekeeping.ts';
import { startSearchUpkeep } from './search-upkeep.ts';

export interface BackgroundOptions {
  readonly opened: OpenedGraph;
  readonly engines: Engines;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** What goes on by itself over the graph: search index and bus are fed, communities computed, leftovers swept. */
export async function startBackground({ opened, engines, clock, logger, closers }: BackgroundOptions): Promise<void> {
  const store: GraphStore = opened.store;
  const { search: index, embedder, bus, queue } = engines;
  const graph = { storeId: opened.storeId, generation: opened.generation };
  const upkeep = await startSearchUpkeep({ store, index, embedder, schema, clock, logger, graph });
  closers.add('search upkeep', () => upkeep.stop());
  const events = startOutboxFeeder({ store, kind: 'event', deliver: createEventFeed(bus), clock, logger });
  closers.add('event feed', () => events.stop());
  const housekeeping = await startHousekeeping({ store, queue, clock });
  closers.add('housekeeping', () => housekeeping.stop());
  const communities = await startCommunities({ store, queue, logger });
  closers.add('communities', () => communities.stop());
}
